"""What other programs keep, a question with its answer, and what comes of reading a file."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from tutor.bank import printable
from tutor.errors import TutorError

MAX_NOTES = 50_000
"""More than anybody learns; a file with more of them is refused."""
MAX_CHARACTERS = 8_000
"""The longest prompt or answer that the bank takes."""

_NUMBER = re.compile(r"[1-9][0-9]{0,14}(\.[0-9]{1,4})?")
_HASH_BITS = 48
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\ud800-\udfff\ufeff\ufffe\uffff"
    "\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]"
)
"""Control characters, halves of characters, and what steers the direction of text unseen."""
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Note:
    """A question and its answer as one file had them, in plain text."""

    key: str
    """Stays the same when the texts change, where the file says what does; else from the prompt.

    A number, or two with a dot: what follows the deck's id in the question's.
    """
    prompt: str
    answer: str
    place: str
    """Where in the file it is, for people: `line 12`, `note 1700000000000`."""
    tags: tuple[str, ...] = ()
    asked_for: str = ""
    """What of the answer is asked for, where that is not all of it: the words in a cloze's gap."""
    section: str = ""
    """The part of its deck that it is in, as the file calls it."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A note that cannot become a question."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadNotes:
    """All that a file holds."""

    notes: tuple[Note, ...]
    unusable: tuple[Unusable, ...]
    media: tuple[str, ...]
    """The names of the pictures and sounds that were left out, one for each place in a note."""
    name: str
    """What the deck's id follows from, alike in each import: the one deck of Anki that all is in,
    else the file's name."""
    title: str
    """What the deck is called: by its name, or by the heading of the whole file."""


class NotesUnreadable(TutorError):
    """A file of notes as a whole cannot be read."""


def key_of_id(id_: str) -> str:
    """The key of a note that has an id in its file: the id if it is a number, else a digest."""
    return id_ if _NUMBER.fullmatch(id_) else _digest(f"id:{id_}")


def key_of_prompt(prompt: str) -> str:
    """The key of a note without an id: a digest of its prompt, alike however that is spaced."""
    return _digest(f"prompt:{' '.join(unicodedata.normalize('NFKC', prompt).casefold().split())}")


def _digest(text: str) -> str:
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=_HASH_BITS // 8).digest()
    return str(int.from_bytes(digest))


def cleaned(text: str) -> str:
    """`text` as the bank takes it: no control characters, no tabs, no space at the line's ends."""
    text = _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)).replace("\xa0", " ").expandtabs(4)
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines).strip()


class Collector:
    """Takes a file's notes one by one, and says of each that cannot be used why not."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._notes: dict[str, Note] = {}
        self._unusable: list[Unusable] = []
        self._media: list[str] = []

    def add(self, note: Note, media: Sequence[str] = ()) -> None:
        """Take a note and the names of the media that were in it. Raises NotesUnreadable."""
        self._media += media
        reason = _flaw(note, has_media=bool(media)) or self._twice(note)
        if reason:
            self.refuse(note.place, reason)
            return
        self._notes[note.key] = note
        self._not_too_many()

    def refuse(self, place: str, reason: str) -> None:
        """Leave out what is at `place`. Raises NotesUnreadable."""
        self._unusable.append(Unusable(place, reason))
        self._not_too_many()

    def _not_too_many(self) -> None:
        if len(self._notes) + len(self._unusable) > MAX_NOTES:
            raise NotesUnreadable(
                f"{printable(self._file.name)} has more than {MAX_NOTES:,} notes.",
                remedy="Split it, and import each part into a deck of its own.",
            )

    def _twice(self, note: Note) -> str:
        first = self._notes.get(note.key)
        if first is None:
            return ""
        what = "question" if first.prompt == note.prompt else "id"
        return f"has the same {what} as {first.place}"

    def result(self, name: str = "") -> ReadNotes:
        """Everything that was taken and refused; without a name of its own, by the file's name."""
        notes, unusable = tuple(self._notes.values()), tuple(self._unusable)
        name = name or self._file.stem
        return ReadNotes(notes, unusable, tuple(self._media), name, name)


def _flaw(note: Note, *, has_media: bool) -> str:
    for name, text in (("question", note.prompt), ("answer", note.answer)):
        if not text:
            return f"the {name} has only pictures or sounds" if has_media else f"it has no {name}"
        if len(text) > MAX_CHARACTERS:
            return f"the {name} is longer than {MAX_CHARACTERS:,} characters"
    if not any(map(str.isalnum, note.asked_for or note.answer)):
        return "the answer has no letter or digit, so nothing in it can be graded"
    return ""


def tags_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The tags in texts that separate them by spaces or commas."""
    return tuple(tag for text in texts for tag in re.split(r"[\s,;]+", text) if tag)
