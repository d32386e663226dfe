"""Copies of built-in decks, and other decks in the profile: making, comparing, removing them."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from datetime import datetime
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tutor.authoring.deck_text import DeckText, UnusualLayout, entry_text
from tutor.bank import Bank, DeckInfo, Question
from tutor.bank.outline import parse_section
from tutor.bank.source_files import deck_files, section_files
from tutor.errors import TutorError
from tutor.files import aside_name, sync_folder, write_safely
from tutor.paths import Paths, private_folder
from tutor.progress.errors import writing

_ORIGIN = ".origin.json"
"""A copy's file with digests of its questions as they were when it was made."""


class DeckRefused(TutorError):
    """A deck cannot be compared, reverted or removed: it is the wrong kind, or has mistakes."""


class _Origin(BaseModel):
    model_config = ConfigDict(frozen=True)
    questions: Mapping[str, str]
    """Digests by question."""


class QuestionChange(BaseModel):
    """How one question of a copy differs from the built-in deck's."""

    model_config = ConfigDict(frozen=True)
    question: str
    kind: str
    """`changed`, `added` or `removed` by the student; `outdated` if only ours has changed."""
    ours_changed: bool | None
    """Whether ours has changed since the copy was made; None if that is not known."""
    diff: tuple[str, ...]
    """The lines of a unified diff from ours to the student's."""


def is_own(deck: DeckInfo, paths: Paths) -> bool:
    """Whether the deck is in the profile, so that the student may change it."""
    return deck.folder.parent == paths.own_questions


def copy_deck(deck: DeckInfo, paths: Paths, changed: Mapping[str, bytes] | None = None) -> Path:
    """Copy a built-in deck into the profile, completely or not at all; return the new folder.

    `changed` has the files that differ from the original, by name; an empty one is omitted. Raises
    OSError and `ProfileNotWritable`.
    """
    folder, target = deck.folder, paths.own_questions / deck.id
    files = {file.name: file.read_bytes() for file in deck_files(folder)}
    files |= changed or {}
    digests = {id_: _digest(question) for id_, question in _questions(folder).items()}
    files[_ORIGIN] = _Origin(questions=digests).model_dump_json().encode()
    put_in_place({name: data for name, data in files.items() if data}, target)
    return target


def put_in_place(files: Mapping[str, bytes], target: Path) -> None:
    """Write a new folder `target` with these files, by name: all of them or none.

    Raises `ProfileNotWritable`, also if the folder already exists.
    """
    with writing(target), ExitStack() as undo:
        private_folder(target.parent)
        partial = Path(tempfile.mkdtemp(".partial", f".{target.name}.", target.parent))
        undo.callback(shutil.rmtree, partial, ignore_errors=True)
        for name, data in files.items():
            write_safely(partial / name, data)
        partial.rename(target)
        sync_folder(target.parent)


def hide_folder(folder: Path, now: datetime, why: str) -> Path:
    """Give the folder a hidden name, under which no deck is read, and return the new path.

    Raises `ProfileNotWritable`.
    """
    hidden = aside_name(folder.with_name(f".{folder.name}"), now, why)
    with writing(folder):
        folder.rename(hidden)
        sync_folder(folder.parent)
    return hidden


def changes_of(deck: DeckInfo) -> tuple[QuestionChange, ...]:
    """How the questions of a copy differ from the built-in deck's.

    Raises `DeckRefused`, also for a copy with mistakes, in which questions would seem removed.
    """
    original = _original(deck)
    for file in section_files(deck.folder):
        for problem in parse_section(file, deck.id).problems:
            raise DeckRefused(
                f"Your copy of {deck.id} has a mistake: {problem}",
                remedy="Fix it first; `tutor bank check` lists all mistakes.",
            )
    mine, ours = _questions(deck.folder), _questions(original)
    origin = _read_origin(deck.folder)
    changes: list[QuestionChange] = []
    for id_ in dict.fromkeys((*ours, *mine)):
        own, built_in = mine.get(id_), ours.get(id_)
        if own == built_in:
            continue
        copied = None if origin is None else origin.get(id_)
        ours_changed = (
            None if origin is None else copied != (_digest(built_in) if built_in else None)
        )
        if own is not None and ours_changed and copied == _digest(own):
            kind = "outdated"
        else:
            kind = "added" if built_in is None else "removed" if own is None else "changed"
        changes.append(
            QuestionChange(
                question=id_, kind=kind, ours_changed=ours_changed, diff=_diff(built_in, own)
            )
        )
    return tuple(changes)


def revert_deck(deck: DeckInfo, now: datetime) -> Path:
    """Return to the built-in deck. The copy is kept under a hidden name, which is returned.

    Raises `DeckRefused`, `ProfileNotWritable`.
    """
    _original(deck)
    return hide_folder(deck.folder, now, "reverted")


def remove_deck(deck: DeckInfo, paths: Paths, now: datetime) -> Path:
    """Remove a student's own deck. It is kept under a hidden name, which is returned.

    Raises `DeckRefused`, `ProfileNotWritable`.
    """
    if deck.replaces is not None:
        message = f"{deck.id} is your copy of a built-in deck."
        raise DeckRefused(message, remedy=f"Remove the copy: tutor bank revert {deck.id}")
    if not is_own(deck, paths):
        message = f"{deck.id} is a built-in deck, which cannot be removed."
        raise DeckRefused(message, remedy="Choose the decks that you study in Settings (,).")
    return hide_folder(deck.folder, now, "removed")


def revert_question(bank: Bank, id_: str) -> Path:
    """Replace the student's question with the built-in one, and return the file.

    Raises `DeckRefused`, `ProfileNotWritable`.
    """
    deck, file = bank.deck_of(id_), bank.info(id_).file
    original = _questions(_original(deck)).get(id_)
    section = parse_section(file, deck.id)
    number = section.number(id_)
    if original is None or number is None:
        raise DeckRefused(
            f"{id_} is not in the built-in deck.", remedy="To remove it, delete it in your editor."
        )
    with writing(file):
        try:
            text = DeckText.of(section)
            text.replace(number, original)
            data = text.written()
        except UnusualLayout as error:
            raise DeckRefused(
                f"{id_} cannot be reverted: the layout of {file} does not allow it.",
                remedy=f"Revert the whole deck: tutor bank revert {deck.id}",
            ) from error
        write_safely(file, data)
    return file


def _original(deck: DeckInfo) -> Path:
    """The folder of the built-in deck that this one is a copy of."""
    if deck.replaces is None:
        raise DeckRefused(
            f"{deck.id} is not a copy of a built-in deck.",
            remedy="`tutor bank list` shows which decks are your copies.",
        )
    return deck.replaces


def _questions(folder: Path) -> dict[str, Question]:
    return {
        question.id: question
        for file in section_files(folder)
        for question in parse_section(file, folder.name).questions
    }


def _digest(question: Question) -> str:
    return sha256(question.model_dump_json(exclude_defaults=True).encode()).hexdigest()[:16]


def _read_origin(folder: Path) -> Mapping[str, str] | None:
    with suppress(OSError, ValidationError):
        return _Origin.model_validate_json((folder / _ORIGIN).read_bytes()).questions
    return None


def _diff(ours: Question | None, mine: Question | None) -> tuple[str, ...]:
    before = entry_text(ours).splitlines() if ours else []
    after = entry_text(mine).splitlines() if mine else []
    return tuple(unified_diff(before, after, "built-in", "yours", lineterm="", n=2))
