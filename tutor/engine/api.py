"""The interface to the model: segments in, label distributions and text out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from tutor.engine.status import BUILT_IN_JUDGE, Status, StatusListener


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a prompt.

    Only trusted text (our templates) may become control tokens. Text from decks, students and
    models is untrusted: `<|im_end|>` in it stays ten characters.
    """

    text: str
    trusted: bool = False

    def __post_init__(self) -> None:
        """Replace lone surrogates: a bad paste may contain them and no tokeniser takes them."""
        object.__setattr__(self, "text", self.text.encode("utf-8", "replace").decode())


def joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Merge neighbours of equal trust, so that no word is split where our pieces meet."""
    for trusted, group in groupby(segments, key=lambda segment: segment.trusted):
        yield Segment("".join(segment.text for segment in group), trusted)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One chat prompt, split where it is reused.

    `system` and `prefix` stay the same for as long as a question is open; `body` changes as the
    answer is typed. What follows the body, a branch's tail, differs from call to call.
    """

    system: tuple[Segment, ...]
    prefix: tuple[Segment, ...]
    body: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A position in the model's turn at which labels compete to be the next token."""

    labels: tuple[str, ...]
    opening: str = ""
    """What the model is made to have said since its turn began, or since the previous ask."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One continuation of a prompt: the rest of our turn, then the asks in the model's turn.

    A beginning that several branches share is evaluated once.
    """

    tail: tuple[Segment, ...]
    asks: tuple[Ask, ...]
    measured: bool = False
    """Whether to measure the likelihood of the tail's untrusted text as well."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """The probabilities of an ask's labels as the next token."""

    labels: tuple[str, ...]
    log_probabilities: tuple[float, ...]
    """Natural logarithms, normalised over the labels alone."""
    mass: float
    """The labels' share of the probability of the whole vocabulary, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The results of one branch."""

    distributions: tuple[Distribution, ...]
    """One for each ask."""
    likelihood: float | None = None
    """The mean natural log-probability per token of the tail's untrusted text; None unless
    `Branch.measured`."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a prompt, for display."""

    text: str
    trusted: bool
    """Whether it comes from one of our templates or the model's chat frame."""
    id: int = -1
    """Its number in the model's vocabulary; -1 if unknown."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Facts about the loaded model."""

    name: str
    """The name in the model's file, cleaned for display."""
    path: str
    fingerprint: str
    """Identifies the weights: a digest of the file's size, header, tail and samples between; then
    that of the adapter, if any."""
    architecture: str
    parameters: int
    context: int
    """Tokens that fit into one prompt."""
    label_set: int
    """Index of the first offered label set that the model has as single tokens."""
    plain_buffers: bool
    """Whether repacked and AMX buffers are off, because probing with them crashed."""
    prefill_rate: float
    """Tokens per second while probing."""
    adapter: str = ""
    """The fingerprint of the adapter trained for grading with this model, if any."""

    @property
    def title(self) -> str:
        """The name that students know it by: `built-in judge`, or the model's own name."""
        return BUILT_IN_JUDGE if self.adapter else self.name


class Engine(Protocol):
    """One model. Calls block; `cancel` and `close` may be called from any thread."""

    @property
    def status(self) -> Status:
        """What the model is doing now."""

    @property
    def info(self) -> ModelInfo | None:
        """The loaded model; None until it has been probed."""

    def subscribe(self, listener: StatusListener) -> None:
        """Call `listener` on every change of `status`, from any thread; it must not block."""

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        """Block until the model is ready; raises the error that prevented it."""

    def prefill(self, prompt: Prompt, branches: Sequence[Branch] = ()) -> None:
        """Evaluate the prompt and score the branches ahead of time; returns at once.

        Idempotent. The longest common prefix with the previous prompt is reused, and the scores are
        cached for a later call with the same branches. A newer prefill replaces an older one.
        """

    def score(self, prompt: Prompt, branches: Sequence[Branch]) -> tuple[Scored, ...]:
        """Score all branches, in one batch."""

    def tokens(self, prompt: Prompt, branch: Branch) -> tuple[Token, ...]:
        """The tokens that are evaluated for one branch, including the chat frame."""

    def generate(
        self, prompt: Prompt, tail: Sequence[Segment], max_tokens: int, opening: str = ""
    ) -> Iterator[str]:
        """Stream greedy text after the prompt and the tail.

        The model continues from `opening` as if it had written it; `opening` is not repeated.
        """

    def cancel(self) -> None:
        """Cancel the running calls; each raises `Cancelled`."""

    def close(self) -> None:
        """End the child process, whatever it is doing, within a second."""
