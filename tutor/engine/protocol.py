"""The messages between parent and child: one JSON object per line, on dedicated descriptors.

Every line is validated on arrival; an invalid one counts as a fault of the child.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tutor.engine.api import Branch, ModelInfo, Prompt, Scored, Segment, Token


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Numbered(_Message):
    """Part of the conversation about one request."""

    id: int


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


class Prefill(_Numbered):
    """Evaluate and score ahead of time; any later request replaces it."""

    kind: Literal["prefill"] = "prefill"
    prompt: Prompt
    branches: tuple[Branch, ...] = ()


class Score(_Numbered):
    """Score all branches, in one batch."""

    kind: Literal["score"] = "score"
    prompt: Prompt
    branches: tuple[Branch, ...]


class Generate(_Numbered):
    """Stream greedy text."""

    kind: Literal["generate"] = "generate"
    prompt: Prompt
    tail: tuple[Segment, ...]
    max_tokens: int
    opening: str = ""


class Tokenize(_Numbered):
    """Return the tokens of one branch, for display."""

    kind: Literal["tokenize"] = "tokenize"
    prompt: Prompt
    branch: Branch


class Cancel(_Numbered):
    """Stop the request with this id, running or waiting."""

    kind: Literal["cancel"] = "cancel"


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


class Evaluated(_Numbered):
    """A sign of life: some more of a request's tokens have been evaluated."""

    kind: Literal["evaluated"] = "evaluated"


class Piece(_Numbered):
    """The next piece of generated text."""

    kind: Literal["piece"] = "piece"
    text: str


class Finished(_Numbered):
    """The request is done; `scores` for a Score, `tokens` for a Tokenize."""

    kind: Literal["finished"] = "finished"
    scores: tuple[Scored, ...] = ()
    tokens: tuple[Token, ...] = ()


Why = Literal["cancelled", "too_long", "labels", "native"]


class Failed(_Numbered):
    """The request failed; the child keeps running."""

    kind: Literal["failed"] = "failed"
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
