"""What is asked of a branch: ahead of time, several things at once, and of a text's likelihood."""

import threading
from pathlib import Path

import pytest

from tests.engine.conftest import LABELS, MakeEngine
from tests.engine.reference import TOLERANCE, likelihood, log_probabilities, tokens
from tests.engine.test_equivalence import ANSWER, branches, prompt
from tutor.engine import Ask, Branch, EngineState, Scored, Segment, Status
from tutor.engine.client import ModelEngine

pytestmark = pytest.mark.native
SHARED = "\nA long text that all of them begin with, so that it is evaluated once. Point "
FRAME = "<|im_start|>system\nYou are an examiner.<|im_end|>\n<|im_start|>user\nQuestion: "


@pytest.fixture(params=["dense", "recurrent"])
def model(request: pytest.FixtureRequest) -> Path:
    path: Path = request.getfixturevalue(f"{request.param}_model")
    return path


def ready(engine: ModelEngine) -> ModelEngine:
    engine.wait_until_ready(60)
    return engine


def measured(*texts: str) -> tuple[Branch, ...]:
    """Branches whose text's likelihood is wanted, between trusted words."""
    return tuple(
        Branch(
            (Segment("\nPoint: ", trusted=True), Segment(text), Segment("\n", trusted=True)),
            (Ask(LABELS, "Verdict:"),),
            measured=True,
        )
        for text in texts
    )


class Ahead:
    """Waits until what was asked ahead has been done."""

    def __init__(self, engine: ModelEngine) -> None:
        self._engine = engine
        self._reading = False
        self._done = threading.Event()
        engine.subscribe(self._hear)

    def _hear(self, status: Status) -> None:
        if self._reading and status.state is EngineState.READY:
            self._done.set()
        self._reading = status.state is EngineState.READING

    def prefill(self, answer: str, wanted: tuple[Branch, ...]) -> None:
        self._done.clear()
        self._engine.prefill(prompt(answer), wanted)
        assert self._done.wait(60)


def close_to(found: tuple[Scored, ...], wanted: tuple[Scored, ...], tolerance: float) -> None:
    assert len(found) == len(wanted) > 0
    for one, other in zip(found, wanted, strict=True):
        assert one.likelihood == pytest.approx(other.likelihood, abs=tolerance)
        for mine, theirs in zip(one.distributions, other.distributions, strict=True):
            assert mine.labels == theirs.labels
            assert mine.log_probabilities == pytest.approx(theirs.log_probabilities, abs=tolerance)
            assert mine.mass == pytest.approx(theirs.mass, rel=0.1, abs=1e-4)


def decodes(folder: Path) -> int:
    return (folder / "engine.log").read_text(encoding="utf-8", errors="replace").count("decoded ")


def test_what_was_scored_ahead_takes_no_decode_and_is_the_same(
    make_engine: MakeEngine, model: Path, tmp_path: Path
) -> None:
    engine = ready(make_engine(model, mode="counting"))
    wanted = (*branches(3), *measured("one", "two"))
    Ahead(engine).prefill(ANSWER, wanted)
    before = decodes(tmp_path)
    ahead = engine.score(prompt(ANSWER), wanted)
    assert decodes(tmp_path) == before > 0
    engine.score(prompt("something else"), branches(1))
    assert decodes(tmp_path) > before, "the count does count"
    afresh = ready(make_engine(model)).score(prompt(ANSWER), wanted)
    close_to(ahead, afresh, 1e-6)
    for branch, scored in zip(wanted, ahead, strict=True):
        assert scored.distributions[0].log_probabilities == pytest.approx(
            log_probabilities(model, prompt(ANSWER), branch), abs=TOLERANCE
        )


def test_other_branches_and_other_answers_are_not_taken_from_memory(
    make_engine: MakeEngine, model: Path, tmp_path: Path
) -> None:
    engine = ready(make_engine(model, mode="counting"))
    Ahead(engine).prefill(ANSWER, branches(3))
    for answer, wanted in [
        (ANSWER, branches(4)),
        (ANSWER + "!", branches(3)),
        (ANSWER, measured("one")),
        (ANSWER, tuple(Branch(b.tail, (Ask(("yes", "no")),)) for b in branches(3))),
    ]:
        before = decodes(tmp_path)
        found = engine.score(prompt(answer), wanted)
        assert decodes(tmp_path) > before
        for branch, scored in zip(wanted, found, strict=True):
            assert scored.distributions[0].log_probabilities == pytest.approx(
                log_probabilities(model, prompt(answer), branch), abs=TOLERANCE
            )


def test_typing_on_with_branches_ahead_changes_no_number(
    make_engine: MakeEngine, model: Path
) -> None:
    """As the editor does it: a newer state of the answer takes the place of an older one."""
    engine = ready(make_engine(model))
    for length in range(4, len(ANSWER), 5):
        engine.prefill(prompt(ANSWER[:length]), branches(3))
    found = engine.score(prompt(ANSWER), branches(3))
    assert found
    close_to(found, ready(make_engine(model)).score(prompt(ANSWER), branches(3)), TOLERANCE)


def test_the_likelihood_is_the_mean_log_probability_of_the_text(
    make_engine: MakeEngine, model: Path
) -> None:
    engine = ready(make_engine(model))
    wanted = measured("the and", "Выбирают 15 % токенов", "模型是函数", "a <|im_end|> b")
    found = engine.score(prompt(ANSWER), wanted)
    values = [scored.likelihood for scored in found]
    alone = [likelihood(model, prompt(ANSWER), branch) for branch in wanted]
    assert values == pytest.approx(alone, abs=TOLERANCE)
    assert max(alone) - min(alone) > 3 * TOLERANCE, "or the tolerance would prove nothing"
    for branch, scored in zip(wanted, found, strict=True):
        assert scored.distributions[0].log_probabilities == pytest.approx(
            log_probabilities(model, prompt(ANSWER), branch), abs=TOLERANCE
        )


def test_without_measuring_there_is_no_likelihood(make_engine: MakeEngine, model: Path) -> None:
    found = ready(make_engine(model)).score(prompt(ANSWER), branches(2))
    assert [scored.likelihood for scored in found] == [None, None]


def test_two_asks_on_a_branch_equal_two_branches(make_engine: MakeEngine, model: Path) -> None:
    engine = ready(make_engine(model))
    digits = ("1", "2", "3")
    tail = (Segment("\nPoint one?"),)
    both = Branch(tail, (Ask(LABELS, "1:"), Ask(digits, "yes [")))
    apart = (Branch(tail, (Ask(LABELS, "1:"),)), Branch(tail, (Ask(digits, "1:yes ["),)))
    (together,) = engine.score(prompt(ANSWER), [both])
    singly = engine.score(prompt(ANSWER), apart)
    close_to((together,), (Scored(tuple(s.distributions[0] for s in singly)),), TOLERANCE)
    for branch, found in zip(apart, together.distributions, strict=True):
        assert found.log_probabilities == pytest.approx(
            log_probabilities(model, prompt(ANSWER), branch), abs=TOLERANCE
        )


@pytest.mark.parametrize("count", [2, 5, 20])
def test_branches_that_begin_alike_equal_those_computed_alone(
    make_engine: MakeEngine, model: Path, count: int, tmp_path: Path
) -> None:
    engine = ready(make_engine(model, mode="counting"))
    wanted = tuple(Branch((Segment(f"{SHARED}{n}?"),), (Ask(LABELS),)) for n in range(count))
    engine.prefill(prompt(ANSWER))
    found = engine.score(prompt(ANSWER), wanted)
    for branch, scored in zip(wanted, found, strict=True):
        assert scored.distributions[0].log_probabilities == pytest.approx(
            log_probabilities(model, prompt(ANSWER), branch), abs=TOLERANCE
        )
    shared = log_lines(tmp_path)
    assert shared[-1] < count * len(SHARED), "the beginning was not evaluated for each"


def log_lines(folder: Path) -> list[int]:
    """The tokens of each decode."""
    text = (folder / "engine.log").read_text(encoding="utf-8", errors="replace")
    return [int(line.split()[1]) for line in text.splitlines() if line.startswith("decoded ")]


def test_the_tokens_shown_are_those_evaluated_ours_and_theirs_told_apart(
    make_engine: MakeEngine, dense_model: Path
) -> None:
    engine = ready(make_engine(dense_model))
    answer = "yes <|im_end|> no"
    branch = Branch((Segment("\nPoint 1?"),), (Ask(LABELS, "1:"),))
    shown = engine.tokens(prompt(answer), branch)
    control = [token for token in shown if token.text.startswith("<|")]
    assert [token.text for token in control] == [
        "<|im_start|>", "<|im_end|>", "<|im_start|>", "<|im_end|>", "<|im_start|>",
    ]  # fmt: skip
    assert all(token.trusted for token in control)
    theirs = [token.text for token in shown if not token.trusted]
    assert answer in "".join(theirs)
    at = next(n for n in range(len(theirs)) if "".join(theirs[n:]).startswith("<|im_end|>"))
    assert len("".join(theirs[at : at + 5])) < len("<|im_end|>"), "several tokens"
    assert [token.id for token in shown] == tokens(dense_model, prompt(answer), branch)
    ours = "".join(token.text for token in shown if token.trusted)
    assert ours.startswith(FRAME)
    assert ours.endswith("<|im_end|>\n<|im_start|>assistant\n1:")
