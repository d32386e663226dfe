"""The bank: opening it quickly, and access to its decks and questions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import pairwise
from os.path import commonprefix
from pathlib import Path
from typing import TYPE_CHECKING

from tutor import __version__
from tutor.bank.cache import Store, body_key, index_key
from tutor.bank.index import DeckInfo, Index, QuestionInfo, unpack
from tutor.bank.problems import (
    AmbiguousQuestionError,
    BankError,
    Problem,
    UnknownDeckError,
    UnknownQuestionError,
    suggestion,
)
from tutor.bank.source_files import Layout, find_decks, samples_path
from tutor.formatting import printable

if TYPE_CHECKING:
    from tutor.bank.questions import Question, Sample


_LEAST_SHORT = 4
"""Characters after the deck's id in the shortest short id."""
_WORTH_CUTTING = 4
"""Characters that a short id must save at least."""
_NAMED = 3
"""Ids that the error for an ambiguous one names."""


class Bank:
    """Decks and questions. Question bodies are read one by one, on demand.

    Thread-safe: nothing changes after opening.
    """

    def __init__(self, index: Index, store: Store | None, bodies: Mapping[str, bytes]) -> None:
        self.decks: tuple[DeckInfo, ...] = index.decks
        self.problems: tuple[Problem, ...] = index.problems
        """What could not be read; the rest of the bank is usable."""
        self._store = store
        self._bodies = bodies
        self._decks = {deck.id: deck for deck in index.decks}
        self._infos = {info.id: info for deck in index.decks for info in deck.questions}

    @property
    def question_ids(self) -> tuple[str, ...]:
        """The ids of all questions, deck by deck."""
        return tuple(self._infos)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._infos

    def __len__(self) -> int:
        return len(self._infos)

    def deck(self, id_: str) -> DeckInfo:
        """The deck with this id. Raises `UnknownDeckError`."""
        if id_ not in self._decks:
            remedy = suggestion(id_, self._decks, "`tutor bank list` lists the ids.", 3)
            raise UnknownDeckError(f"there is no deck {printable(id_)}", remedy=remedy)
        return self._decks[id_]

    def deck_of(self, id_: str) -> DeckInfo:
        """The deck of a question. Raises `UnknownQuestionError`."""
        return self._decks[self.info(id_).deck]

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of all questions, by name."""
        topics = (topic for info in self._infos.values() for topic in info.topics)
        return tuple(sorted(set(topics)))

    def info(self, id_: str) -> QuestionInfo:
        """The index entry of a question. Raises `UnknownQuestionError`."""
        if id_ not in self._infos:
            listed = "`tutor bank list --deck ID` lists the ids."
            remedy = suggestion(id_, self._infos, listed, 3)
            raise UnknownQuestionError(f"there is no question {printable(id_)}", remedy=remedy)
        return self._infos[id_]

    def full_id(self, typed: str) -> str:
        """The id of the question that a person means by `typed`: its id, or a unique beginning.

        A beginning, for the long ids of imported questions, has at least the deck's id and a full
        stop. Raises `UnknownQuestionError`, `AmbiguousQuestionError`.
        """
        if typed in self._infos:
            return typed
        ids = [id_ for id_ in self._infos if "." in typed and id_.startswith(typed)]
        if len(ids) > 1:
            deck = typed.partition(".")[0]
            raise AmbiguousQuestionError(
                f"{len(ids)} questions have an id that begins with {typed}: "
                f"{', '.join(ids[:_NAMED])}{', …' if len(ids) > _NAMED else ''}",
                remedy=f"Type more of the id; `tutor bank list --deck {deck}` lists them.",
            )
        return ids[0] if ids else self.info(typed).id

    def short_ids(self, deck: str) -> dict[str, str]:
        """What to type for each question of a deck, by id: the id, or the beginning of a long one.

        `full_id` accepts both. Raises `UnknownDeckError`.
        """
        ids = sorted(info.id for info in self.deck(deck).questions)
        pairs = pairwise(["", *ids, ""])
        unique = [len(commonprefix(pair)) + 1 for pair in pairs]  # noqa: RUF071  by character
        least = len(deck) + 1 + _LEAST_SHORT
        short = {}
        for id_, *lengths in zip(ids, unique, unique[1:], strict=False):
            length = max(least, *lengths)
            short[id_] = id_[:length] if len(id_) - length >= _WORTH_CUTTING else id_
        return short

    def question(self, id_: str) -> "Question":
        """The whole question.

        Raises `UnknownQuestionError`, or `BankError` if its file has changed since opening.
        """
        from tutor.bank.questions import Question, from_json  # late: opening needs no pydantic

        info = self.info(id_)
        for body in self._bodies_for(info.file, id_):
            question = from_json(Question, body)
            if question and question.id == id_:
                return question
        raise BankError(
            f"the question {id_} is no longer in {info.file}",
            remedy="The file has changed since the start. Restart the tutor to read it again.",
        )

    def samples(self, id_: str) -> "tuple[Sample, ...]":
        """The question's sample answers, except those whose verdicts no longer fit its rubric."""
        from tutor.bank.questions import SampleFile, from_json

        info = self.info(id_)
        if not info.samples:
            return ()
        points = {point.id for point in self.question(id_).rubric}
        for body in self._bodies_for(samples_path(info.file), id_):
            file = from_json(SampleFile, body)
            if file:
                return tuple(each for each in file.samples if each.verdicts.keys() == points)
        return ()

    def _bodies_for(self, file: Path, id_: str) -> Iterator[bytes | str]:
        """Candidate bodies for this id: from memory, else the cache, else the source file."""
        key = body_key(str(file), id_)
        if key in self._bodies:
            yield self._bodies[key]
            return
        if self._store:
            body = self._store.get(key)
            if body is not None:
                yield body
            else:
                self._store.discard()  # the index lists this row, so the file is damaged
        from tutor.bank.compiler import read_body

        source = read_body(file, id_)
        if source is not None:
            yield source


def open_bank(folders: Sequence[Path], cache: Path | None) -> Bank:
    """Open all decks in `folders`; a deck replaces one with the same id in an earlier folder.

    `cache` is the file of the compiled bank; None disables it. Files with mistakes are listed in
    `Bank.problems`; a damaged or unwritable cache is ignored. Neither raises.
    """
    layout = find_decks([folder.absolute() for folder in folders])
    program = _program()
    stamp = _stamp(layout, program)
    store = Store(cache) if cache and stamp else None
    packed = store.get(index_key(stamp)) if store else None
    if packed is not None:
        return Bank(unpack(packed), store, {})
    from tutor.bank.compiler import compile_bank  # late: an unchanged bank does not need it

    index, bodies = compile_bank(layout, store, program, stamp)
    return Bank(index, store, bodies)


def _stamp(layout: Layout, program: str) -> str:
    """A digest of everything that the index depends on.

    It is empty if a name is not text, which the cache stores: on Linux any bytes can be a name.
    """
    state = [program]
    state += [f"{file.path} {file.mtime_ns} {file.size}" for file in layout.files]
    state += [f"{problem.file} {problem}" for problem in layout.problems]
    state += [f"{deck.id} {deck.replaces}" for deck in layout.decks if deck.replaces]
    try:
        return blake2b("\0".join(state).encode(), digest_size=16).hexdigest()
    except UnicodeEncodeError:
        return ""


def _program() -> str:
    """A digest of the code that compiles banks, so that a changed program compiles again."""
    digest = blake2b(__version__.encode(), digest_size=16)
    with suppress(OSError):  # inside a zip there are no files; then only the version counts
        for source in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()
