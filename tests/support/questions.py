"""A small question, and engines that answer what a test says. Doubles are for tests alone."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tutor.bank import Question, RubricPoint, Text
from tutor.engine import EngineError, EngineState, Status, StatusListener
from tutor.engine.api import (
    Branch,
    Distribution,
    Engine,
    ModelInfo,
    Prompt,
    Scored,
    Segment,
    Token,
)
from tutor.grading import GradingService, PromptBook
from tutor.paths import find_paths


def question(**changes: object) -> Question:
    """Three points of weights 1, 2 and 1; terms in two languages on the first two."""
    values: dict[str, object] = {
        "id": "deck.1.1",
        "prompt": {
            "en": "How does masked language modelling in BERT choose its tokens?",
            "ru": "Как в BERT выбираются токены для маскирования?",
        },
        "rubric": (
            RubricPoint(
                id="share",
                point=Text(en="15 % of the tokens are selected", ru="Выбирают 15 % токенов"),
                terms=(("15 %", "fifteen percent"), ("select*", "выб*", "ausgewählt*")),
            ),
            RubricPoint(
                id="split",
                point=Text(en="80 % become [MASK]", ru="80 % заменяют на [MASK]"),
                weight=2,
                terms=(("80 %",), ("[MASK]", "mask", "маск*")),
            ),
            RubricPoint(id="loss", point=Text(en="the loss covers selected positions only")),
        ),
        "answer": {"en": "15 % of tokens are selected, 80 % become [MASK]. Loss there only."},
    }
    return Question.model_validate(values | changes)


INFO = ModelInfo(
    name="double",
    path="double.gguf",
    fingerprint="f" * 16,
    architecture="llama",
    parameters=4_000_000_000,
    context=4096,
    label_set=0,
    plain_buffers=False,
    prefill_rate=1.0,
)


class EngineDouble:
    """Scores by what was said on a branch, and its labels; raises the faults given, in turn."""

    def __init__(
        self,
        choose: Callable[[str, tuple[str, ...]], int] = lambda _tail, _labels: 0,
        faults: Sequence[EngineError | None] = (),
        written: Sequence[str] = ("Es ", "fehlt."),
    ) -> None:
        self.choose = choose
        self.faults = list(faults)
        self.written = written
        self.asked: list[tuple[Prompt, tuple[Branch, ...]]] = []
        self.tails: list[str] = []
        self.prefilled: list[tuple[Prompt, tuple[Branch, ...]]] = []
        self.cancelled = self.closed = False
        self.listeners: list[StatusListener] = []

    @property
    def status(self) -> Status:
        return Status(EngineState.READY)

    @property
    def info(self) -> ModelInfo | None:
        return INFO

    def subscribe(self, listener: StatusListener) -> None:
        self.listeners.append(listener)

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        return INFO

    def prefill(self, prompt: Prompt, branches: Sequence[Branch] = ()) -> None:
        self.prefilled.append((prompt, tuple(branches)))

    def score(self, prompt: Prompt, branches: Sequence[Branch]) -> tuple[Scored, ...]:
        self._fail()
        self.asked.append((prompt, tuple(branches)))
        return tuple(self._scored(prompt, branch) for branch in branches)

    def tokens(self, prompt: Prompt, branch: Branch) -> tuple[Token, ...]:
        parts = (*prompt.system, *prompt.prefix, *prompt.body, *branch.tail)
        return tuple(Token(segment.text, segment.trusted) for segment in parts)

    def generate(
        self, prompt: Prompt, tail: Sequence[Segment], max_tokens: int, opening: str = ""
    ) -> Iterator[str]:
        self._fail()
        self.tails.append(text(tail) + opening)
        yield from self.written[:max_tokens]

    def cancel(self) -> None:
        self.cancelled = True

    def close(self) -> None:
        self.closed = True

    def _fail(self) -> None:
        if self.faults and (fault := self.faults.pop(0)) is not None:
            raise fault

    def _scored(self, prompt: Prompt, branch: Branch) -> Scored:
        said = text(branch.tail)
        found: list[Distribution] = []
        for ask in branch.asks:
            said += ask.opening
            found.append(self._distribution(said if prompt.body else "", ask.labels))
        return Scored(tuple(found), -2.0 if branch.measured else None)

    def _distribution(self, said: str, labels: tuple[str, ...]) -> Distribution:
        """An empty answer makes all labels alike."""
        chosen = self.choose(said, labels) if said else None
        rest = 0.2 / max(1, len(labels) - 1) if said else 1 / len(labels)
        values = [math.log(0.8 if i == chosen else rest) for i in range(len(labels))]
        return Distribution(labels, tuple(values), 0.9)


def grading_on(engine: Engine | None = None, **options: Any) -> GradingService:  # noqa: ANN401
    """A service with our prompts."""
    return GradingService(PromptBook(find_paths({}).prompts), engine, **options)


def text(segments: Sequence[Segment]) -> str:
    """What the segments say, joined."""
    return "".join(segment.text for segment in segments)
