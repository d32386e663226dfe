"""Documents as they come from a file: every field is there, of its type and in its range.

By hand, since this is on the way to the first screen. Everything that reads raises ValueError.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.bank import LANGUAGES, Language
from tutor.progress.model import Draft, SessionState, Standing, to_utc

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Document = Mapping[str, object]


class DamagedDocument(ValueError):
    """A document is not what this program writes."""


def to_document(record: "DataclassInstance") -> dict[str, object]:
    """The fields of a dataclass by name."""
    return {field.name: getattr(record, field.name) for field in fields(record)}


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
    before = document["best_before"]
    return Standing(
        question=text(document["question"]),
        attempts=count(document["attempts"], 1),
        last=share(document["last"]),
        best=share(document["best"]),
        last_at=moment(document["last_at"]),
        missed=texts(document["missed"]),
        attempt=text(document["attempt"]),
        best_before=None if before is None else share(before),
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
    deck = document["deck"]
    return SessionState(
        deck=None if deck is None else text(deck),
        questions=texts(document["questions"]),
        position=count(document["position"]),
        started=moment(document["started"]),
    )
