"""The lines of the history: what one says, and how it is written."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from tutor.progress.attempt import Attempt, Overruling
from tutor.progress.errors import ProfileTooNew
from tutor.progress.files import to_json
from tutor.progress.model import SCHEMA

Event = Attempt | Overruling


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    v: Literal[1]


class _AttemptLine(_Line):
    type: Literal["attempt"]
    attempt: Attempt


class _OverrulingLine(_Line):
    type: Literal["overruling"]
    overruling: Overruling


class _AnyLine(RootModel[_AttemptLine | _OverrulingLine]):
    root: Annotated[_AttemptLine | _OverrulingLine, Field(discriminator="type")]


def parse(line: bytes, path: Path) -> Event | None:
    """What a line says, or None where it is damaged. Raises ProfileTooNew, naming `path`."""
    try:
        read = _AnyLine.model_validate_json(line).root
    except ValidationError:
        _refuse_newer(line, path)
        return None
    return read.attempt if isinstance(read, _AttemptLine) else read.overruling


def _refuse_newer(line: bytes, path: Path) -> None:
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return
    version = value.get("v") if isinstance(value, dict) else None
    if isinstance(version, int) and version > SCHEMA:
        raise ProfileTooNew(path, version, SCHEMA)


def to_line(event: Event) -> bytes:
    """The line that says `event`, with its end."""
    kind = "attempt" if isinstance(event, Attempt) else "overruling"
    return to_json({"v": SCHEMA, "type": kind, kind: event.model_dump()}) + b"\n"
