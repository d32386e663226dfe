"""The messages between parent and child: one JSON object per line, on dedicated descriptors.

Every line is validated on arrival; an invalid one counts as a fault of the child.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tutor.engine.api import Branch, ModelInfo, Prompt, Scored, Segment, Token


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Load(_Message):
    """The first request, sent once: which model to load, and how."""

    kind: Literal["load"] = "load"
    path: str
    context: int
    threads: int
    plain_buffers: bool
    allow_large: bool
    label_sets: tuple[tuple[str, ...], ...]
    adapter: str | None = None


class Prefill(_Message):
    """Evaluate and score ahead of time; any later request replaces it."""

    kind: Literal["prefill"] = "prefill"
    id: int
    prompt: Prompt
    branches: tuple[Branch, ...] = ()


class Score(_Message):
    """Score all branches, in one batch."""

    kind: Literal["score"] = "score"
    id: int
    prompt: Prompt
    branches: tuple[Branch, ...]


class Generate(_Message):
    """Stream greedy text."""

    kind: Literal["generate"] = "generate"
    id: int
    prompt: Prompt
    tail: tuple[Segment, ...]
    max_tokens: int
    opening: str = ""


class Tokenize(_Message):
    """Return the tokens of one branch, for display."""

    kind: Literal["tokenize"] = "tokenize"
    id: int
    prompt: Prompt
    branch: Branch


class Cancel(_Message):
    """Stop the request with this id, running or waiting."""

    kind: Literal["cancel"] = "cancel"
    id: int


class Loading(_Message):
    """The child is getting ready; `progress` is from 0 to 1, or None if unknown."""

    kind: Literal["loading"] = "loading"
    stage: Literal["checking", "loading", "template", "probing"]
    progress: float | None = None


class Loaded(_Message):
    """The model is ready."""

    kind: Literal["loaded"] = "loaded"
    info: ModelInfo


class Refused(_Message):
    """The model file cannot be used; the child ends after this reply."""

    kind: Literal["refused"] = "refused"
    reason: str
    remedy: str = ""
    too_large: bool = False


class Evaluated(_Message):
    """A sign of life: some more of a request's tokens have been evaluated."""

    kind: Literal["evaluated"] = "evaluated"
    id: int


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


Why = Literal["cancelled", "too_long", "labels", "native"]


class Failed(_Message):
    """The request failed; the child keeps running."""

    kind: Literal["failed"] = "failed"
    id: int
    why: Why
    message: str


Request = Load | Prefill | Score | Generate | Tokenize | Cancel
Work = Prefill | Score | Generate | Tokenize
Reply = Loading | Loaded | Refused | Evaluated | Piece | Finished | Failed

FILE_CHANGED = 3
"""The child's exit code when the model file has changed since it was loaded."""
MAX_LINE = 4 * 1024 * 1024
"""Bytes; a longer line is a fault."""


class Codec:
    """Converts messages to lines and back. Built when a child starts, to keep imports cheap."""

    def __init__(self) -> None:
        self._requests: TypeAdapter[Request] = TypeAdapter(
            Annotated[Request, Field(discriminator="kind")]
        )
        self._replies: TypeAdapter[Reply] = TypeAdapter(
            Annotated[Reply, Field(discriminator="kind")]
        )

    @staticmethod
    def line(message: Request | Reply) -> bytes:
        """One line for `message`, including its newline."""
        return message.model_dump_json().encode() + b"\n"

    def request(self, line: bytes) -> Request:
        """The request in `line`; raises pydantic's ValidationError."""
        return self._requests.validate_json(line)

    def reply(self, line: bytes) -> Reply:
        """The reply in `line`; raises pydantic's ValidationError."""
        return self._replies.validate_json(line)
