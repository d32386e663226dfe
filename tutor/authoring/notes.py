"""Notes: questions with answers as other programs store them, and the result of reading a file."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from tutor.errors import TutorError
from tutor.formatting import printable

MAX_NOTES = 50_000
"""A file with more notes is refused; nobody learns so many."""
MAX_CHARACTERS = 8_000
"""Characters in the longest prompt or answer that the bank accepts."""

_NUMBER = re.compile(r"[1-9][0-9]{0,14}(\.[0-9]{1,4})?")
_HASH_BITS = 48
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\ud800-\udfff\ufeff\ufffe\uffff"
    "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]"
)
"""Control characters, surrogates, and invisible characters that change the text's direction."""
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Note:
    """A question and its answer from a file, in plain text."""

    key: str
    """What follows the deck's id in the question's id: a number, or two with a dot.

    It comes from the note's id in the file, so it stays the same when the texts change; in a file
    without ids it comes from the prompt.
    """
    prompt: str
    answer: str
    place: str
    """Its place in the file, for people: `line 12`, `note 1700000000000`."""
    tags: tuple[str, ...] = ()
    asked_for: str = ""
    """The part of the answer that is asked for, such as a cloze's gap; empty if all of it is."""
    section: str = ""
    """The title of its section, from the file."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A note that cannot become a question."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadNotes:
    """Everything read from a file."""

    notes: tuple[Note, ...]
    unusable: tuple[Unusable, ...]
    media: tuple[str, ...]
    """The names of the skipped pictures and sounds, one for each place in a note."""
    name: str
    """The name that the deck's id is made from, the same in each import: that of the Anki deck that
    contains everything, else the file's."""
    title: str
    """The deck's title: the heading of the whole file, else `name`."""


class NotesUnreadable(TutorError):
    """A file of notes cannot be read at all."""


def key_of_id(id_: str) -> str:
    """The key of a note that has an id in its file: the id if it is a number, else a digest."""
    return id_ if _NUMBER.fullmatch(id_) else _digest(f"id:{id_}")


def key_of_prompt(prompt: str) -> str:
    """The key of a note without an id: a digest of its prompt, however that is spaced."""
    return _digest(f"prompt:{' '.join(unicodedata.normalize('NFKC', prompt).casefold().split())}")


def _digest(text: str) -> str:
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=_HASH_BITS // 8).digest()
    return str(int.from_bytes(digest))


def cleaned(text: str) -> str:
    """`text` as the bank accepts it: no control characters, tabs or spaces at the ends of lines."""
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)).replace("\xa0", " ").expandtabs(4)
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines).strip()


class Collector:
    """Collects a file's notes one by one, and the reasons why others cannot be used."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._notes: dict[str, Note] = {}
        self._unusable: list[Unusable] = []
        self._media: list[str] = []

    def add(self, note: Note, media: Sequence[str] = ()) -> None:
        """Add a note that had these media; one that cannot be used is refused.

        Raises NotesUnreadable if the file has too many notes.
        """
        self._media += media
        reason = _flaw(note, has_media=bool(media)) or self._repetition(note)
        if reason:
            self.refuse(note.place, reason)
            return
        self._notes[note.key] = note
        self._check_count()

    def refuse(self, place: str, reason: str) -> None:
        """Skip what is at `place`. Raises NotesUnreadable if the file has too many notes."""
        self._unusable.append(Unusable(place, reason))
        self._check_count()

    def _check_count(self) -> None:
        if len(self._notes) + len(self._unusable) > MAX_NOTES:
            raise NotesUnreadable(
                f"{printable(self._file.name)} has more than {MAX_NOTES:,} notes.",
                remedy="Split it, and import each part into a deck of its own.",
            )

    def _repetition(self, note: Note) -> str:
        first = self._notes.get(note.key)
        if first is None:
            return ""
        same_prompt = key_of_prompt(first.prompt) == key_of_prompt(note.prompt)
        same = "question" if same_prompt else "id"
        return f"has the same {same} as {first.place}"

    def result(self, name: str = "") -> ReadNotes:
        """Everything collected. The default `name` is the file's."""
        notes, unusable = tuple(self._notes.values()), tuple(self._unusable)
        name = name or self._file.stem
        return ReadNotes(notes, unusable, tuple(self._media), name, name)


def _flaw(note: Note, *, has_media: bool) -> str:
    """Why a note cannot become a question; empty if it can."""
    for name, text in (("question", note.prompt), ("answer", note.answer)):
        if not text:
            return f"the {name} has only pictures or sounds" if has_media else f"it has no {name}"
        if len(text) > MAX_CHARACTERS:
            return f"the {name} is longer than {MAX_CHARACTERS:,} characters"
    if not any(map(str.isalnum, note.asked_for or note.answer)):
        return "the answer has no letter or digit, so nothing in it can be graded"
    return ""
