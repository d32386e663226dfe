"""What the rest of the tutor knows of the model: segments in, label distributions and text out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Protocol

from tutor.errors import TutorError


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a prompt.

    Only trusted text (our templates) may become control tokens. Text of decks, students and models
    is untrusted: `<|im_end|>` in it stays nine characters.
    """

    text: str
    trusted: bool = False

    def __post_init__(self) -> None:
        """Half a surrogate pair, as a broken paste may hold, is no text to any tokeniser."""
        object.__setattr__(self, "text", self.text.encode("utf-8", "replace").decode())


def joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Neighbours of the same trust as one: words are not to be cut where our pieces meet."""
    for trusted, group in groupby(segments, key=lambda segment: segment.trusted):
        yield Segment("".join(segment.text for segment in group), trusted)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One chat prompt, cut where it is reused.

    `system` and `prefix` stay the same while one question is worked at, `body` grows and changes
    as the answer is typed. What follows the body differs from call to call (a branch's tail).
    """

    system: tuple[Segment, ...]
    prefix: tuple[Segment, ...]
    body: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A place in the model's own turn, where labels are compared as the very next token."""

    labels: tuple[str, ...]
    opening: str = ""
    """What the model is made to have said since its turn began, or since the ask before."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on from a prompt: the rest of our turn, then what is asked of the model's.

    What several branches begin with is evaluated once.
    """

    tail: tuple[Segment, ...]
    asks: tuple[Ask, ...]
    measured: bool = False
    """Whether the likelihood of the tail's untrusted text is wanted as well."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """The probabilities of an ask's labels as the very next token."""

    labels: tuple[str, ...]
    log_probabilities: tuple[float, ...]
    """Natural logarithms, normalised over the labels alone."""
    mass: float
    """The share of the whole vocabulary's probability that fell on the labels, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What was found on one branch."""

    distributions: tuple[Distribution, ...]
    """One for each ask."""
    likelihood: float | None = None
    """The mean natural log-probability of a token of the tail's untrusted text; None unless
    `Branch.measured`."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a prompt, to be shown."""

    text: str
    trusted: bool
    """Whether it comes from a template of ours or the model's chat frame."""
    id: int = -1
    """Its number in the model's vocabulary; -1 where that is not known."""


class EngineState(StrEnum):
    """What the model is doing, in one word."""

    OFF = "off"
    STARTING = "starting"
    LOADING = "loading"
    PROBING = "probing"
    READY = "ready"
    READING = "reading"
    JUDGING = "judging"
    WRITING = "writing"
    RESTARTING = "restarting"
    FAILED = "failed"

    @property
    def is_on_its_way(self) -> bool:
        """Whether a model is not ready yet, but will be."""
        return self in (self.STARTING, self.LOADING, self.PROBING, self.RESTARTING)


@dataclass(frozen=True, slots=True)
class Status:
    """What the model is doing, for a status line."""

    state: EngineState
    detail: str = ""
    """One line for a person: why it failed, why it was started again."""
    progress: float | None = None
    """From 0 to 1 while loading."""
    remedy: str = ""
    """What the student can do where it failed."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of the loaded model."""

    name: str
    """The model's own name for itself, cleaned for showing."""
    path: str
    fingerprint: str
    """Names the weights: size and digest of the file's header, tail and samples between; those of
    the model, then those of its adapter if there is one."""
    architecture: str
    parameters: int
    context: int
    """Tokens that fit into one prompt."""
    label_set: int
    """Which of the label sets offered at the start the model has as single tokens."""
    plain_buffers: bool
    """Whether repacked and AMX buffers had to be turned off after a crash while probing."""
    prefill_rate: float
    """Tokens a second while probing."""
    adapter: str = ""
    """The fingerprint of the adapter that was trained for judging with this model, if any."""


class EngineError(TutorError):
    """The model could not do what it was asked."""


class ModelRefused(EngineError):
    """The model file cannot serve; the message says why."""


class ModelTooLarge(ModelRefused):
    """The model needs more memory than is free. The student may overrule this one."""


class PromptTooLong(EngineError):
    """The prompt has more tokens than the model's context."""


class LabelsUnusable(EngineError):
    """A label is more than one token of this model."""


class EngineCrashed(EngineError):
    """The child process died or hung while it worked on this call; it is being started again."""


class EngineGone(EngineError):
    """The child process failed for good; nothing is asked of the model again in this session."""


class Cancelled(EngineError):
    """The call was cancelled from another thread."""


StatusListener = Callable[[Status], None]


class Engine(Protocol):
    """The handle on one model. Calls block their thread; `cancel` and `close` may come from any."""

    @property
    def status(self) -> Status:
        """What the model is doing now."""

    @property
    def info(self) -> ModelInfo | None:
        """The loaded model; None until it has been probed."""

    def subscribe(self, listener: StatusListener) -> None:
        """Have `listener` told of every change of `status`, from any thread; it must not block."""

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        """Block until the model can be asked; raises what kept it from getting there."""

    def prefill(self, prompt: Prompt, branches: Sequence[Branch] = ()) -> None:
        """Have the prompt evaluated in advance, and the branches scored; returns at once.

        Idempotent. The longest common prefix with what was evaluated before is kept, and the scores
        are remembered for whoever asks for the same. A newer prefill takes an older one's place.
        """

    def score(self, prompt: Prompt, branches: Sequence[Branch]) -> tuple[Scored, ...]:
        """What is found on each branch, all branches in one batch."""

    def tokens(self, prompt: Prompt, branch: Branch) -> tuple[Token, ...]:
        """The tokens that are evaluated for one branch, chat frame included."""

    def generate(
        self, prompt: Prompt, tail: Sequence[Segment], max_tokens: int, opening: str = ""
    ) -> Iterator[str]:
        """Greedy text after the prompt and the tail, piece by piece as it comes.

        The model goes on from `opening` as if it had begun so itself; it is not repeated.
        """

    def cancel(self) -> None:
        """Stop what is running; its caller gets `Cancelled`."""

    def close(self) -> None:
        """End the child process, whatever it is doing, within a second."""
