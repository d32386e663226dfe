"""Finds the files of a bank by names, sizes and times, without opening any."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Literal

from tutor.bank.problems import Problem
from tutor.bank.text import SLUG

Kind = Literal["head", "section", "samples"]

HEAD, TOPICS = "deck.yaml", "topics.yaml"
_SAMPLES = ".samples.yaml"
_DECK_NAME = re.compile(SLUG)
_SECTION_NAME = re.compile(f"[0-9]+-{SLUG}")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One YAML file of a deck, with size and time to notice changes."""

    path: str
    deck: str
    kind: Kind
    section: str
    """The section's key, its file's name without extensions: `10-bert`; empty for the head."""
    mtime_ns: int
    size: int


@dataclass(frozen=True, slots=True)
class FoundDeck:
    """A deck's folder and its files, sections in the order of their numbers."""

    id: str
    folder: Path
    head: SourceFile | None
    sections: tuple[SourceFile, ...]
    samples: tuple[SourceFile, ...]
    replaces: Path | None = None
    """The folder of an earlier deck with the same id, which this one replaces."""

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """All of the deck's files."""
        return (*((self.head,) if self.head else ()), *self.sections, *self.samples)


@dataclass(frozen=True, slots=True)
class Layout:
    """The decks that were found, and what is wrong with the arrangement of their files."""

    decks: tuple[FoundDeck, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def files(self) -> Iterator[SourceFile]:
        """The files of all decks."""
        return (file for deck in self.decks for file in deck.files)


def samples_path(section: Path) -> Path:
    """The file with a section's sample answers: `10-bert.samples.yaml`."""
    return section.with_name(section.name.removesuffix(".yaml") + _SAMPLES)


def find_decks(folders: Sequence[Path]) -> Layout:
    """The decks in all `folders`; if two have the same id, the one in the later folder is read.

    So a student's copy replaces a built-in deck. A folder without a deck.yaml is a mistake and
    replaces nothing.
    """
    decks: dict[str, FoundDeck] = {}
    problems: list[Problem] = []
    for folder in folders:
        for deck in _Finder(folder, problems).decks():
            earlier = decks.setdefault(deck.id, deck)
            if earlier is not deck and deck.head is not None:
                decks[deck.id] = replace(deck, replaces=earlier.folder)
    return Layout(tuple(decks.values()), tuple(problems))


def find_deck(folder: Path) -> Layout:
    """The deck whose folder is `folder`, by itself."""
    problems: list[Problem] = []
    deck = _Finder(folder, problems).deck(folder)
    return Layout((deck,) if deck else (), tuple(problems))


def deck_files(folder: Path) -> tuple[Path, ...]:
    """The files that a deck's folder consists of; no others are read."""
    return tuple(Path(file.path) for file in find_deck(folder).files)


def section_files(folder: Path) -> tuple[Path, ...]:
    """The files of a deck's sections, in the order of their numbers."""
    return tuple(Path(file.path) for deck in find_deck(folder).decks for file in deck.sections)


class _Finder:
    """Finds decks in a folder, out of which no link may lead, and notes problems."""

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self._root = root
        self._problems = problems

    def _note(self, path: Path | str, message: str, remedy: str) -> None:
        self._problems.append(Problem(Path(path), 1, "", message, remedy))

    def decks(self) -> Iterator[FoundDeck]:
        """The decks in the root, by name."""
        for entry, status in self._entries(self._root):
            if S_ISDIR(status.st_mode):
                deck = self.deck(Path(entry.path))
                if deck:
                    yield deck
            elif entry.name.endswith((".yaml", ".yml")) and entry.name != TOPICS:
                remedy = "A deck is a folder: put the file into one, next to a deck.yaml."
                self._note(entry.path, "this file is not in a deck", remedy)

    def deck(self, folder: Path) -> FoundDeck | None:
        """The deck in this folder; None if its name cannot be an id."""
        id_ = folder.absolute().name  # absolute, since `.` has no name
        if not _DECK_NAME.fullmatch(id_) or len(id_) > 64:
            remedy = "Name the folder in small Latin letters, digits and single hyphens: `my-deck`."
            self._note(folder, "the folder's name cannot be a deck's id", remedy)
            return None
        files = sorted(self._files(folder, id_), key=_by_number)
        sections = tuple(file for file in files if file.kind == "section")
        samples = tuple(file for file in files if file.kind == "samples")
        head = next((file for file in files if file.kind == "head"), None)
        if head is None:
            remedy = "Write it: a `title` and the `language` the deck is asked in."
            self._note(folder / HEAD, "the folder has no deck.yaml", remedy)
        if not sections:
            remedy = "Add a section, a file named like `10-first-steps.yaml`."
            self._note(folder, "the deck has no section", remedy)
        for file in samples:
            if file.section not in {section.section for section in sections}:
                message = f"there is no section {file.section}.yaml next to these samples"
                self._note(file.path, message, "Give both files the same name.")
        return FoundDeck(id_, folder, head, sections, samples)

    def _files(self, folder: Path, deck: str) -> Iterator[SourceFile]:
        for entry, status in self._entries(folder):
            if entry.name.endswith(".yml"):
                self._note(entry.path, "the file is ignored", "Give it a name that ends in .yaml.")
            if not entry.name.endswith(".yaml"):
                continue
            if not S_ISREG(status.st_mode):
                self._note(entry.path, "not a plain file", "Remove it.")
            elif file := _source_file(entry.path, entry.name, deck, status):
                yield file
            else:
                remedy = "Name it like `10-bert.yaml`, its samples `10-bert.samples.yaml`."
                self._note(entry.path, "not the name of a section", remedy)

    def _entries(self, folder: Path) -> Iterator[tuple["os.DirEntry[str]", os.stat_result]]:
        """The entries of `folder` by name, without hidden files and links that lead outside."""
        try:
            with os.scandir(folder) as scan:
                entries = sorted((e for e in scan if e.name[0] not in "._"), key=lambda e: e.name)
        except FileNotFoundError:
            return
        except OSError as error:
            message = f"the folder cannot be read: {error.strerror or error}"
            self._note(folder, message, "Check that it is a folder you may read.")
            return
        for entry in entries:
            try:
                inside = not entry.is_symlink() or self._is_inside(Path(entry.path))
                status = entry.stat()
            except (OSError, RuntimeError):  # RuntimeError: circular links, before Python 3.13
                self._note(entry.path, "the link leads nowhere", "Remove it.")
                continue
            if inside:
                yield entry, status
            else:
                remedy = "Replace it with a copy of what it points to."
                self._note(entry.path, "the link leads out of the bank", remedy)

    def _is_inside(self, path: Path) -> bool:
        return path.resolve(strict=True).is_relative_to(self._root.resolve())


def _source_file(path: str, name: str, deck: str, status: os.stat_result) -> SourceFile | None:
    """The file by its kind, which the name says; None if a deck has no file of that name."""
    file = SourceFile(path, deck, "head", "", status.st_mtime_ns, status.st_size)
    if name == HEAD:
        return file
    kind: Kind = "samples" if name.endswith(_SAMPLES) else "section"
    section = name.removesuffix(_SAMPLES if kind == "samples" else ".yaml")
    if not _SECTION_NAME.fullmatch(section):
        return None
    return replace(file, kind=kind, section=section)


def _by_number(file: SourceFile) -> tuple[int, str]:
    number, _, name = file.section.partition("-")
    return int(number or 0), name
