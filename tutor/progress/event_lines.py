"""The lines of the history: what one says, and how it is written.

A line is `{"v":…,"type":kind,kind:{…}}`. A kind that may be passed over without harm can be added
under the same version: an older program keeps such a line and leaves it alone.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError

from tutor.files import to_json
from tutor.progress.errors import ProfileTooNew
from tutor.progress.events import (
    Attempt,
    Deleted,
    ExamAnswered,
    ExamBegun,
    ExamEnded,
    Flagged,
    FollowedUp,
    Overruling,
    Rated,
    Regraded,
    Skipped,
    Undone,
)
from tutor.progress.records import SCHEMA, UnknownLine

ExamEvent = ExamBegun | ExamAnswered | ExamEnded
Amendment = Overruling | Rated | Regraded | Deleted | Undone
"""What changes attempts before it."""
Event = Attempt | Amendment | Flagged | Skipped | FollowedUp | ExamEvent


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    v: Literal[1, 2]


class _AttemptLine(_Line):
    type: Literal["attempt"]
    event: Attempt = Field(alias="attempt")


class _OverrulingLine(_Line):
    type: Literal["overruling"]
    event: Overruling = Field(alias="overruling")


class _RatedLine(_Line):
    type: Literal["rating"]
    event: Rated = Field(alias="rating")


class _RegradedLine(_Line):
    type: Literal["regraded"]
    event: Regraded = Field(alias="regraded")


class _DeletedLine(_Line):
    type: Literal["deleted"]
    event: Deleted = Field(alias="deleted")


class _UndoneLine(_Line):
    type: Literal["undone"]
    event: Undone = Field(alias="undone")


class _FlaggedLine(_Line):
    type: Literal["flagged"]
    event: Flagged = Field(alias="flagged")


class _SkippedLine(_Line):
    type: Literal["skipped"]
    event: Skipped = Field(alias="skipped")


class _FollowedUpLine(_Line):
    type: Literal["followed-up"]
    event: FollowedUp = Field(alias="followed-up")


class _ExamBegunLine(_Line):
    type: Literal["exam-begun"]
    event: ExamBegun = Field(alias="exam-begun")


class _ExamAnsweredLine(_Line):
    type: Literal["exam-answered"]
    event: ExamAnswered = Field(alias="exam-answered")


class _ExamEndedLine(_Line):
    type: Literal["exam-ended"]
    event: ExamEnded = Field(alias="exam-ended")


_Lines = (
    _AttemptLine
    | _OverrulingLine
    | _RatedLine
    | _RegradedLine
    | _DeletedLine
    | _UndoneLine
    | _FlaggedLine
    | _SkippedLine
    | _FollowedUpLine
    | _ExamBegunLine
    | _ExamAnsweredLine
    | _ExamEndedLine
)


class _AnyLine(RootModel[_Lines]):
    root: Annotated[_Lines, Field(discriminator="type")]


KINDS = frozenset(
    event.kind
    for event in (
        Attempt,
        Overruling,
        Rated,
        Regraded,
        Deleted,
        Undone,
        Flagged,
        Skipped,
        FollowedUp,
        ExamBegun,
        ExamAnswered,
        ExamEnded,
    )
)


def parse(line: bytes, path: Path) -> Event | UnknownLine | None:
    """What a line says, or None where it is damaged. Raises ProfileTooNew, naming `path`."""
    try:
        return _AnyLine.model_validate_json(line).root.event
    except ValidationError:
        return _not_ours(line, path)


def _not_ours(line: bytes, path: Path) -> UnknownLine | None:
    """A line of a kind that this program does not know, if it is one."""
    try:
        value: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    version, kind = value.get("v"), value.get("type")
    if not isinstance(version, int) or isinstance(version, bool):
        return None
    if version > SCHEMA:
        raise ProfileTooNew(path, version, SCHEMA)
    return (
        UnknownLine(kind) if isinstance(kind, str) and kind not in KINDS and version > 1 else None
    )


def to_line(event: Event) -> bytes:
    """The line that says `event`, with its end."""
    return to_json({"v": SCHEMA, "type": event.kind, event.kind: event.model_dump()}) + b"\n"
