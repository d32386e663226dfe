"""Documents as they come from a file: every field is there, of its type and in its range.

By hand, since this is on the way to the first screen. Everything that reads raises ValueError.
"""

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from tutor.bank import LANGUAGES, Language
from tutor.progress.records import (
    SESSION_KINDS,
    Day,
    Draft,
    ExamPlace,
    Memory,
    OpenExam,
    Rating,
    SessionKind,
    SessionState,
    Standing,
    to_utc,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Document = Mapping[str, object]


class DamagedDocument(ValueError):
    """A document is not what this program writes."""


def to_document(record: "DataclassInstance") -> dict[str, object]:
    """The fields of a dataclass by name, as JSON can hold them."""
    return {name: _plain(getattr(record, name)) for name in record.__dataclass_fields__}


def _plain(value: object) -> object:
    kind = type(value)
    if kind is Memory:
        assert isinstance(value, Memory)
        return [value.stability, value.difficulty, value.at]
    if kind is date:
        return str(value)
    return value


def check_names(document: Document, kind: "type[DataclassInstance]") -> None:
    """Refuse a document that has not just the fields of `kind`."""
    if document.keys() != kind.__dataclass_fields__.keys():
        raise DamagedDocument(f"these are not the fields of {kind.__name__}")


def text(value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        raise DamagedDocument(f"{type(value).__name__} is no text")
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of strings."""
    if not isinstance(value, list):
        raise DamagedDocument(f"{type(value).__name__} is no list")
    return tuple([text(each) for each in value])


def count(value: object, least: int = 0) -> int:
    """A whole number, at least `least`; JSON's true is none."""
    if type(value) is not int or value < least:
        raise DamagedDocument(f"this is no whole number from {least}")
    return value


def share(value: object) -> float:
    """A number from 0 to 1."""
    if not (type(value) is float or type(value) is int) or not 0 <= value <= 1:
        raise DamagedDocument("this is no number from 0 to 1")
    return value


def number(value: object, least: float = 0) -> float:
    """A finite number, at least `least`."""
    if not (type(value) is float or type(value) is int) or not least <= value < math.inf:
        raise DamagedDocument(f"this is no number from {least}")
    return value


def truth(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise DamagedDocument("this is neither true nor false")
    return value


def day(value: object) -> date:
    """A day as ISO 8601 writes it: 2026-12-31."""
    return date.fromisoformat(text(value))


def moment(value: object) -> datetime:
    """A moment as ISO 8601 writes it, with its timezone; in UTC."""
    return to_utc(datetime.fromisoformat(text(value)))


def language(value: object) -> Language:
    """A language of questions."""
    for known in LANGUAGES:
        if value == known:
            return known
    raise DamagedDocument("this is no language of a question")


def read_standing(document: Document) -> Standing:
    """A standing."""
    check_names(document, Standing)
    before, on = document["best_before"], document["day"]
    return Standing(
        question=text(document["question"]),
        attempts=count(document["attempts"], 1),
        last=share(document["last"]),
        best=share(document["best"]),
        last_at=moment(document["last_at"]),
        missed=texts(document["missed"]),
        attempt=text(document["attempt"]),
        best_before=None if before is None else share(before),
        day=None if on is None else day(on),
        rating=rating(document["rating"]),
        memory=read_memory(document["memory"]),
        memory_before=read_memory(document["memory_before"]),
        points=_points(document["points"]),
        gave_up=truth(document["gave_up"]),
    )


def rating(value: object) -> Rating:
    """A rating by its number."""
    return Rating(count(value))


def read_memory(value: object) -> Memory | None:
    """A memory, where there is one."""
    if value is None:
        return None
    if not isinstance(value, list) or len(value) != 3:
        raise DamagedDocument("this is no memory")
    stability, difficulty, at = value
    if not number(stability):
        raise DamagedDocument("nothing is remembered for no time at all")
    return Memory(number(stability), number(difficulty, 1), moment(at))


def _points(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise DamagedDocument(f"{type(value).__name__} is no table of points")
    for verdicts in value.values():
        if type(verdicts) is not str or not verdicts or verdicts.strip("mpx"):
            raise DamagedDocument("these are no verdicts on a point")
    return tuple(value.items())


def read_day(document: Document) -> Day:
    """What was done on a day."""
    check_names(document, Day)
    counts = {name: count(value) for name, value in document.items() if name != "day"}
    return Day(day(document["day"]), **counts)


def read_open_exam(document: Document) -> OpenExam:
    """An exam that is not done."""
    check_names(document, OpenExam)
    return OpenExam(
        exam=text(document["exam"]),
        at=moment(document["at"]),
        questions=count(document["questions"], 1),
        ended=truth(document["ended"]),
    )


def read_draft(document: Document) -> Draft:
    """A draft."""
    check_names(document, Draft)
    return Draft(
        question=text(document["question"]),
        text=text(document["text"]),
        language=language(document["language"]),
        at=moment(document["at"]),
        hints=count(document["hints"]),
    )


def read_session(document: Document) -> SessionState:
    """A session."""
    check_names(document, SessionState)
    deck, topic = document["deck"], document["topic"]
    return SessionState(
        deck=None if deck is None else text(deck),
        questions=texts(document["questions"]),
        position=count(document["position"]),
        started=moment(document["started"]),
        kind=_session_kind(document["kind"]),
        topic=None if topic is None else text(topic),
    )


def _session_kind(value: object) -> SessionKind:
    for known in SESSION_KINDS:
        if value == known:
            return known
    raise DamagedDocument("this is no kind of session")


def read_exam_place(document: Document) -> ExamPlace:
    """How far the student is in an exam."""
    check_names(document, ExamPlace)
    return ExamPlace(
        exam=text(document["exam"]),
        position=count(document["position"]),
        used=number(document["used"]),
        text=text(document["text"]),
        language=language(document["language"]),
        spent=number(document["spent"]),
    )
