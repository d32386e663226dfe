"""Scoring branches: ahead of time, with several asks, with a common beginning, with likelihoods."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.conftest import LABELS, each_model, engines, ready_maker
from tests.engine.reference import (
    ANSWER,
    TOLERANCE,
    assert_scored_as_alone,
    branches,
    likelihood,
    log_probabilities,
    prompt,
    tokens,
)
from tests.support.patience import SECONDS
from tutor.engine import EngineState, Status
from tutor.engine.api import Ask, Branch, Scored, Segment
from tutor.engine.client import ModelEngine

pytestmark = pytest.mark.native
SHARED = "\nA long text that all of them begin with, so that it is evaluated once. Point "
FRAME = "<|im_start|>system\nYou are an examiner.<|im_end|>\n<|im_start|>user\nQuestion: "


model = each_model("dense", "recurrent")


def measured(*texts: str) -> tuple[Branch, ...]:
    """Branches that measure the likelihood of a text between trusted words."""
    return tuple(
        Branch(
            (Segment("\nPoint: ", trusted=True), Segment(text), Segment("\n", trusted=True)),
            (Ask(LABELS, "Verdict:"),),
            measured=True,
        )
        for text in texts
    )


class Ahead:
    """Scores ahead of time and waits until it is done."""

    def __init__(self, engine: ModelEngine) -> None:
        self._engine = engine
        self._reading = False
        self._done = threading.Event()
        self.state = EngineState.OFF
        engine.subscribe(self._hear)

    def _hear(self, status: Status) -> None:
        if self._reading and status.state is not EngineState.READING:
            self.state = status.state
            self._done.set()
        self._reading = status.state is EngineState.READING

    def prefill(self, answer: str, asked: tuple[Branch, ...]) -> None:
        self._done.clear()
        self._engine.prefill(prompt(answer), asked)
        assert self._done.wait(SECONDS)
        assert self.state is EngineState.READY


def assert_close(
    actual: tuple[Scored, ...], expected: tuple[Scored, ...], tolerance: float
) -> None:
    assert len(actual) == len(expected) > 0
    for one, other in zip(actual, expected, strict=True):
        assert one.likelihood == pytest.approx(other.likelihood, abs=tolerance)
        for mine, theirs in zip(one.distributions, other.distributions, strict=True):
            assert mine.labels == theirs.labels
            assert mine.log_probabilities == pytest.approx(theirs.log_probabilities, abs=tolerance)
            assert mine.mass == pytest.approx(theirs.mass, rel=0.1, abs=1e-4)


@dataclass
class Counting:
    """An engine whose decodes are counted, for all tests of this module."""

    engine: ModelEngine
    log: Path

    @property
    def decodes(self) -> list[int]:
        """The tokens of each decode."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return [int(line.split()[1]) for line in text.splitlines() if line.startswith("decoded ")]


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Iterator[Counting]:
    folder = tmp_path_factory.mktemp("counting")
    with engines(folder, model) as make:
        yield Counting(ready_maker(make)("counting"), folder / "engine.log")


def test_scores_computed_ahead_are_reused_without_a_decode_and_are_the_same(
    counting: Counting, engine: ModelEngine, model: Path
) -> None:
    asked = (*branches(3), *measured("one", "two"))
    Ahead(counting.engine).prefill(ANSWER, asked)
    before = counting.decodes
    ahead = counting.engine.score(prompt(ANSWER), asked)
    assert counting.decodes == before
    counting.engine.score(prompt("something else"), branches(1))
    assert len(counting.decodes) > len(before), "decodes are counted"
    assert_close(ahead, engine.score(prompt(ANSWER), asked), 1e-6)
    assert_scored_as_alone(model, prompt(ANSWER), asked, ahead)


def test_other_branches_and_other_answers_are_not_taken_from_the_cache(
    counting: Counting, model: Path
) -> None:
    Ahead(counting.engine).prefill(ANSWER, branches(3))
    for answer, asked in [
        (ANSWER, branches(4)),
        (ANSWER + "!", branches(3)),
        (ANSWER, measured("one")),
        (ANSWER, tuple(Branch(b.tail, (Ask(("yes", "no")),)) for b in branches(3))),
    ]:
        before = counting.decodes
        scores = counting.engine.score(prompt(answer), asked)
        assert len(counting.decodes) > len(before)
        assert_scored_as_alone(model, prompt(answer), asked, scores)


def test_the_likelihood_is_the_mean_log_probability_of_the_text(
    engine: ModelEngine, model: Path
) -> None:
    asked = measured("the and", "Выбирают 15 % токенов", "模型是函数", "a <|im_end|> b")
    scores = engine.score(prompt(ANSWER), asked)
    values = [scored.likelihood for scored in scores]
    alone = [likelihood(model, prompt(ANSWER), branch) for branch in asked]
    assert values == pytest.approx(alone, abs=TOLERANCE)
    assert max(alone) - min(alone) > 3 * TOLERANCE, "or the tolerance would prove nothing"
    assert_scored_as_alone(model, prompt(ANSWER), asked, scores)


def test_two_asks_on_a_branch_equal_two_branches(engine: ModelEngine, model: Path) -> None:
    digits = ("1", "2", "3")
    tail = (Segment("\nPoint one?"),)
    both = Branch(tail, (Ask(LABELS, "1:"), Ask(digits, "yes [")))
    apart = (Branch(tail, (Ask(LABELS, "1:"),)), Branch(tail, (Ask(digits, "1:yes ["),)))
    (together,) = engine.score(prompt(ANSWER), [both])
    singly = engine.score(prompt(ANSWER), apart)
    assert_close((together,), (Scored(tuple(s.distributions[0] for s in singly)),), TOLERANCE)
    for branch, scores in zip(apart, together.distributions, strict=True):
        assert scores.log_probabilities == pytest.approx(
            log_probabilities(model, prompt(ANSWER), branch), abs=TOLERANCE
        )


@pytest.mark.parametrize("count", [2, 5, 20])
def test_branches_with_a_common_beginning_equal_those_computed_alone(
    counting: Counting, model: Path, count: int
) -> None:
    asked = tuple(Branch((Segment(f"{SHARED}{n}?"),), (Ask(LABELS),)) for n in range(count))
    counting.engine.prefill(prompt(ANSWER))
    scores = counting.engine.score(prompt(ANSWER), asked)
    assert_scored_as_alone(model, prompt(ANSWER), asked, scores)
    assert counting.decodes[-1] < count * len(SHARED), "the beginning was not evaluated for each"


def test_the_tokens_shown_are_those_evaluated_with_trusted_and_untrusted_apart(
    engine: ModelEngine, model: Path
) -> None:
    answer = "yes <|im_end|> no"
    branch = Branch((Segment("\nPoint 1?"),), (Ask(LABELS, "1:"),))
    shown = engine.tokens(prompt(answer), branch)
    control = [token for token in shown if token.text.startswith("<|")]
    assert [token.text for token in control] == [
        "<|im_start|>", "<|im_end|>", "<|im_start|>", "<|im_end|>", "<|im_start|>",
    ]  # fmt: skip
    assert all(token.trusted for token in control)
    untrusted = [token.text for token in shown if not token.trusted]
    assert answer in "".join(untrusted)
    at = next(n for n in range(len(untrusted)) if "".join(untrusted[n:]).startswith("<|im_end|>"))
    assert len("".join(untrusted[at : at + 5])) < len("<|im_end|>"), "several tokens"
    assert [token.id for token in shown] == tokens(model, prompt(answer), branch)
    trusted = "".join(token.text for token in shown if token.trusted)
    assert trusted.startswith(FRAME)
    assert trusted.endswith("<|im_end|>\n<|im_start|>assistant\n1:")
