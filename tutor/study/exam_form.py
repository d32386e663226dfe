"""The form for setting up an exam: reads its fields, and says what is wrong with each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, TypeVar

from tutor.formatting import count_of
from tutor.study.exam import ExamSpec, draw_questions
from tutor.study.exam_text import limit_words

if TYPE_CHECKING:
    from tutor.bank import Bank
    from tutor.study.preferences import Preferences

LEVELS = ("recall", "explain", "derive")
_LONGEST = 1440
"""Minutes: a day."""
_MOST = 10_000
"""The most questions, and the largest part of a level."""
_SEED = "a whole number; the same one draws the same exam"
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class ExamForm:
    """The fields as the student filled them in."""

    number: str
    minutes: str
    mix: tuple[str, str, str]
    """The part of each level, in the order of `LEVELS`."""
    seed: str
    decks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormValues:
    """What the fields describe."""

    spec: ExamSpec | None
    """None if a field is wrong."""
    problems: Mapping[str, str]
    """What is wrong, by field."""
    available: Mapping[str, int]
    """How many questions the decks have, by level."""
    drawn: Mapping[str, int]
    """How many of them the exam would have, by level."""

    def problem(self, name: str) -> str:
        """What is wrong with a field; empty if nothing is."""
        return f"✗ {self.problems[name]}" if name in self.problems else ""

    @property
    def short(self) -> str:
        """A note if there are fewer questions than requested, else empty."""
        if self.spec is None or sum(self.drawn.values()) >= self.spec.number:
            return ""
        return f"there are only {sum(self.drawn.values())}"

    @property
    def short_levels(self) -> str:
        """A note if a level has fewer questions than its part, so that others replace them."""
        requested = self.spec.by_level if self.spec is not None else {}
        available = {level: self.available.get(level, 0) for level in requested}
        few = {level: n for level, n in available.items() if n < requested[level]}
        if len(few) > 1:
            return ", ".join(
                f"only {n} {level}" if n else f"no {level}" for level, n in few.items()
            )
        return "".join(
            f"only {count_of(n, f'{level} question')}" if n else f"no {level} questions"
            for level, n in few.items()
        )


def usual_decks(bank: Bank, preferences: Preferences) -> tuple[str, ...]:
    """The decks of an exam before the student chooses: those to study in a language they read.

    All decks if there are none.
    """
    chosen, languages = preferences.exam_decks or preferences.decks, set(preferences.languages)
    usual = tuple(
        deck.id
        for deck in bank.decks
        if (not chosen or deck.id in chosen) and (not languages or languages & set(deck.languages))
    )
    return usual or tuple(deck.id for deck in bank.decks)


def read_exam_form(filled: ExamForm, bank: Bank) -> FormValues:
    """Read the fields, and draw the exam to show what it would contain."""
    problems: dict[str, str] = {}

    def read(name: str, reader: Callable[[], _Read], default: _Read) -> _Read:
        try:
            return reader()
        except ValueError as error:
            problems[name] = str(error)
            return default

    number = read("number", lambda: _number(filled.number), 1)
    minutes = read("minutes", lambda: _minutes(filled.minutes), None)
    mix: dict[str, float] = read("mix", lambda: _mix(filled.mix), {})
    seed = read("seed", lambda: _whole(filled.seed, _SEED), 0)
    decks: tuple[str, ...] = read("decks", lambda: _decks(filled.decks, bank), ())
    spec = None if problems else ExamSpec(number, decks, minutes, mix, seed)
    available = _levels(
        (info.id for id_ in filled.decks for info in bank.deck(id_).questions), bank
    )
    drawn = _levels(draw_questions(bank, spec), bank) if spec is not None else {}
    return FormValues(spec, problems, available, drawn)


def _number(text: str) -> int:
    number = _whole(text, "a whole number, such as 10")
    if number < 1:
        raise ValueError("at least 1")
    if number > _MOST:
        raise ValueError(f"at most {_MOST:,}")
    return number


def _minutes(text: str) -> float | None:
    if text.strip().casefold() in ("", "none"):
        return None
    minutes = _decimal(text, "minutes, such as 30, or none for no limit")
    if not 0 < minutes <= _LONGEST:
        raise ValueError(f"more than 0 and at most {_LONGEST:,} minutes")
    return minutes


def _mix(parts: tuple[str, str, str]) -> dict[str, float]:
    """The part of each level; empty if all fields are empty."""
    if not "".join(parts).strip():
        return {}
    expected = "parts, such as 1 and 2"
    mix = {
        level: _decimal(text or "0", expected) for level, text in zip(LEVELS, parts, strict=True)
    }
    if min(mix.values()) < 0:
        raise ValueError("a part cannot be below 0")
    if max(mix.values()) > _MOST:
        raise ValueError(f"a part cannot be above {_MOST:,}")
    if not sum(mix.values()):
        raise ValueError("at least one part has to be above 0")
    return mix


def _decks(chosen: tuple[str, ...], bank: Bank) -> tuple[str, ...]:
    """The chosen decks; empty for all."""
    if not chosen:
        raise ValueError("choose a deck")
    return () if len(chosen) == len(bank.decks) else chosen


def _whole(text: str, expected: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(expected) from None


def _decimal(text: str, expected: str) -> float:
    """A number with a point or, as in German and Russian, a comma."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(expected) from None
    if not isfinite(value):
        raise ValueError(expected)
    return value


def _levels(questions: Iterable[str], bank: Bank) -> dict[str, int]:
    counts = Counter(bank.info(id_).level for id_ in questions)
    return {level: counts[level] for level in LEVELS if counts[level]}


def available_words(reading: FormValues) -> str:
    """What the chosen decks have: `60 questions (20 recall · 30 explain · 10 derive)`."""
    return f"{count_of(sum(reading.available.values()), 'question')}{_by_level(reading.available)}"


def start_words(reading: FormValues) -> str:
    """What Enter does, or that a field is wrong."""
    if reading.spec is None:
        return "Correct the fields marked ✗"
    return f"Press Enter to start: {drawn_words(reading.spec, reading.drawn)}"


def drawn_words(spec: ExamSpec, drawn: Mapping[str, int]) -> str:
    """What the exam would contain: `10 questions, 30 min (3 recall · 7 explain)`."""
    questions = count_of(sum(drawn.values()), "question")
    return f"{questions}, {limit_words(spec.minutes)}{_by_level(drawn)}"


def _by_level(counts: Mapping[str, int]) -> str:
    parts = " · ".join(f"{count} {level}" for level, count in counts.items())
    return f" ({parts})" if parts else ""
