"""Writes records as documents, and reads them again, checking each field's type and range.

A field's annotation decides how it is read: by its type, or by a reader in `Annotated`. This is
done by hand, since importing pydantic would delay the first screen. Every reader raises ValueError
for a wrong value.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
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
    """A document is not one that this program writes."""


def to_document(record: "DataclassInstance") -> dict[str, object]:
    """The record's fields by name, as values that JSON can represent."""
    return {name: _plain(getattr(record, name)) for name in record.__dataclass_fields__}


def _plain(value: object) -> object:
    kind = type(value)
    if kind is date:
        return str(value)
    if hasattr(kind, "__dataclass_fields__"):
        return [getattr(value, name) for name in kind.__dataclass_fields__]
    return value


def read_document(kind: type[R], document: Document) -> R:
    """Read a record of this kind from a document that has exactly its fields."""
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
    """The reader for fields with this annotation."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        reader: Reader = arguments[1]
        return reader
    if origin is Literal:
        return _one_of(arguments)
    if origin in (Union, UnionType):
        (present,) = (argument for argument in arguments if argument is not type(None))
        read = _reader(present)
        return lambda value: None if value is None else read(value)
    return _READERS[hint]


def _one_of(choices: tuple[object, ...]) -> Reader:
    def read(value: object) -> object:
        if value not in choices:
            raise DamagedDocument(f"this is not one of {choices}")
        return value

    return read


def text(value: object) -> str:
    """A string."""
    if not isinstance(value, str):
        raise DamagedDocument(f"{type(value).__name__} is not a string")
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of strings."""
    if not isinstance(value, list):
        raise DamagedDocument(f"{type(value).__name__} is not a list")
    return tuple([text(item) for item in value])


def count(value: object) -> int:
    """A whole number from 0; `true` is not one."""
    if type(value) is not int or value < 0:
        raise DamagedDocument("this is not a whole number from 0")
    return value


def positive(value: object) -> int:
    """A whole number from 1."""
    if type(value) is not int or value < 1:
        raise DamagedDocument("this is not a whole number from 1")
    return value


def share(value: object) -> float:
    """A number from 0 to 1."""
    if not (type(value) is float or type(value) is int) or not 0 <= value <= 1:
        raise DamagedDocument("this is not a number from 0 to 1")
    return value


def number(value: object, least: float = 0) -> float:
    """A finite number, at least `least`."""
    if not (type(value) is float or type(value) is int) or not least <= value < math.inf:
        raise DamagedDocument(f"this is not a number from {least}")
    return value


def truth(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise DamagedDocument("this is neither true nor false")
    return value


def day(value: object) -> date:
    """A day in ISO 8601: 2026-12-31."""
    return date.fromisoformat(text(value))


def moment(value: object) -> datetime:
    """A moment in ISO 8601 with its timezone, converted to UTC."""
    return to_utc(datetime.fromisoformat(text(value)))


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises ValueError without a timezone, or if there are timezones that could not show it.
    """
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a timezone")
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("the moment is out of range")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


_EARLIEST = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
_LATEST = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)


_READERS: Mapping[object, Reader] = {
    str: text,
    int: count,
    bool: truth,
    date: day,
    datetime: moment,
    tuple[str, ...]: texts,
}
