"""Records as documents in a file: every field exists, of its type and in its range.

A field's annotation says how it is read: by its type, or by a reader named in `Annotated`. It is
done by hand, since pydantic takes too long on the way to the first screen. Everything that reads
raises ValueError.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Document = Mapping[str, object]
Reader = Callable[[object], object]
R = TypeVar("R", bound="DataclassInstance")


class DamagedDocument(ValueError):
    """A document is not what this program writes."""


def to_document(record: "DataclassInstance") -> dict[str, object]:
    """The fields of a record by name, as JSON can represent them."""
    return {name: _plain(getattr(record, name)) for name in record.__dataclass_fields__}


def _plain(value: object) -> object:
    kind = type(value)
    if kind is date:
        return str(value)
    if hasattr(kind, "__dataclass_fields__"):
        return [getattr(value, name) for name in kind.__dataclass_fields__]
    return value


def read_document(kind: type[R], document: Document) -> R:
    """The record of this kind in a document that has just its fields."""
    readers = _readers(kind)
    if document.keys() != readers.keys():
        raise DamagedDocument(f"these are not the fields of {kind.__name__}")
    make: Callable[..., R] = kind
    return make(*[read(document[name]) for name, read in readers.items()])


@cache
def _readers(kind: "type[DataclassInstance]") -> Mapping[str, Reader]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: _reader(hints[name]) for name in kind.__dataclass_fields__}


def _reader(hint: object) -> Reader:
    """What reads a field with this annotation."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        reader: Reader = arguments[1]
        return reader
    if origin is Literal:
        return _one_of(arguments)
    if origin in (Union, UnionType):
        (known,) = (each for each in arguments if each is not type(None))
        read = _reader(known)
        return lambda value: None if value is None else read(value)
    return _READERS[hint]


def _one_of(choices: tuple[object, ...]) -> Reader:
    def read(value: object) -> object:
        if value not in choices:
            raise DamagedDocument(f"this is none of {choices}")
        return value

    return read


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


def count(value: object) -> int:
    """A whole number from 0; JSON's true is none."""
    if type(value) is not int or value < 0:
        raise DamagedDocument("this is no whole number from 0")
    return value


def positive(value: object) -> int:
    """A whole number from 1."""
    if type(value) is not int or value < 1:
        raise DamagedDocument("this is no whole number from 1")
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
    if not isinstance(value, str):
        raise DamagedDocument(f"{type(value).__name__} is no moment")
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo is UTC else to_utc(moment)  # a call less for almost all


def to_utc(moment: datetime) -> datetime:
    """The same point in time in UTC. Raises ValueError without a timezone, or out of range."""
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a timezone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment at the very end of the calendar") from error


_READERS: Mapping[object, Reader] = {
    str: text,
    int: count,
    bool: truth,
    date: day,
    datetime: moment,
    tuple[str, ...]: texts,
}
