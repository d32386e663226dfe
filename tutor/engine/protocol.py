"""What parent and child say to each other: one JSON object a line, on descriptors of their own.

Every line is checked on arrival; one that does not fit counts as a fault of the child.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tutor.engine.api import Branch, Prompt, Scored, Segment, Token


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Load(_Message):
    """The first request, and sent once: which model, and how."""

    kind: Literal["load"] = "load"
    path: str
    context: int
    threads: int
    plain_buffers: bool
    allow_large: bool
    label_sets: tuple[tuple[str, ...], ...]
    adapter: str | None = None


class Prefill(_Message):
    """Evaluate and score in advance; a later request of any kind takes its place."""

    kind: Literal["prefill"] = "prefill"
    id: int
    prompt: Prompt
    branches: tuple[Branch, ...] = ()


class Score(_Message):
    """What is found on each branch, all branches in one batch."""

    kind: Literal["score"] = "score"
    id: int
    prompt: Prompt
    branches: tuple[Branch, ...]


class Generate(_Message):
    """Greedy text, streamed."""

    kind: Literal["generate"] = "generate"
    id: int
    prompt: Prompt
    tail: tuple[Segment, ...]
    max_tokens: int
    opening: str = ""


class Tokenize(_Message):
    """The tokens of one branch, to be shown."""

    kind: Literal["tokenize"] = "tokenize"
    id: int
    prompt: Prompt
    branch: Branch


class Cancel(_Message):
    """Stop the request with this id, running or waiting."""

    kind: Literal["cancel"] = "cancel"
    id: int


class Loading(_Message):
    """The child is getting ready; `progress` from 0 to 1 where it is known."""

    kind: Literal["loading"] = "loading"
    stage: Literal["checking", "loading", "template", "probing"]
    progress: float | None = None


class Loaded(_Message):
    """The model can be asked."""

    kind: Literal["loaded"] = "loaded"
    name: str
    fingerprint: str
    architecture: str
    parameters: int
    context: int
    label_set: int
    plain_buffers: bool
    prefill_rate: float
    adapter: str = ""


class Refused(_Message):
    """The file cannot serve; the child ends after saying so."""

    kind: Literal["refused"] = "refused"
    reason: str
    remedy: str = ""
    too_large: bool = False


class Evaluated(_Message):
    """A sign of life: so many tokens of a request are evaluated."""

    kind: Literal["evaluated"] = "evaluated"
    id: int
    done: int
    total: int


class Piece(_Message):
    """The next piece of generated text."""

    kind: Literal["piece"] = "piece"
    id: int
    text: str


class Finished(_Message):
    """The request is done; `scores` for a Score, `tokens` for a Tokenize."""

    kind: Literal["finished"] = "finished"
    id: int
    scores: tuple[Scored, ...] = ()
    tokens: tuple[Token, ...] = ()


class Failed(_Message):
    """The request cannot be done; the child lives on."""

    kind: Literal["failed"] = "failed"
    id: int
    why: Literal["cancelled", "too_long", "labels", "native"]
    message: str


Request = Load | Prefill | Score | Generate | Tokenize | Cancel
Work = Prefill | Score | Generate | Tokenize
Reply = Loading | Loaded | Refused | Evaluated | Piece | Finished | Failed

FILE_CHANGED = 3
"""The child's exit code when its model is no longer what was loaded."""
MAX_LINE = 4 * 1024 * 1024
"""Bytes; a longer line is a fault."""


class Codec:
    """Messages to lines and back. Built when a child starts, so that importing stays cheap."""

    def __init__(self) -> None:
        self._requests: TypeAdapter[Request] = TypeAdapter(
            Annotated[Request, Field(discriminator="kind")]
        )
        self._replies: TypeAdapter[Reply] = TypeAdapter(
            Annotated[Reply, Field(discriminator="kind")]
        )

    @staticmethod
    def line(message: Request | Reply) -> bytes:
        """One line for `message`, its newline included."""
        return message.model_dump_json().encode() + b"\n"

    def request(self, line: bytes) -> Request:
        """The request in `line`; raises pydantic's ValidationError."""
        return self._requests.validate_json(line)

    def reply(self, line: bytes) -> Reply:
        """The reply in `line`; raises pydantic's ValidationError."""
        return self._replies.validate_json(line)
