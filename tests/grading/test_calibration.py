"""Fitting weights and thresholds, and saving them as a calibration."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.calibrations import calibration
from tutor.bank import Verdict, open_bank
from tutor.evaluation.verdicts import samples_of
from tutor.grading import Calibration, Calibrations
from tutor.grading.calibration import Accuracy, Signal, weigh
from tutor.grading.fitting import Example, cross_validated, fit
from tutor.grading.key_term_grader import TERMS_VERSION
from tutor.paths import find_paths

MET, PARTIAL, MISSED = Verdict.MET, Verdict.PARTIAL, Verdict.MISSED
FINITE = st.floats(-50, 50)
Judge = Callable[[Verdict, random.Random], float]


def answers(judge: Judge, count: int = 900, seed: int = 3) -> list[Example]:
    """Points with a random human verdict, and the labels of a simulated judge."""
    source = random.Random(seed)
    truths = source.choices((MET, PARTIAL, MISSED), (45, 10, 45), k=count)
    return [
        Example(f"deck.1.{i % 60 + 1}", "en", {Signal.LABEL: judge(truth, source)}, truth)
        for i, truth in enumerate(truths)
    ]


def biased(truth: Verdict, source: random.Random) -> float:
    """A good judge that says yes far too often: 4 is added to its log-odds."""
    centre = {MET: 2.0, PARTIAL: 0.0, MISSED: -2.0}[truth]
    return centre + 4.0 + source.gauss(0, 0.8)


def guessing(_truth: Verdict, source: random.Random) -> float:
    """A judge that guesses."""
    return source.gauss(0, 2)


def right(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> float:
    return sum(e.verdict is v for e, v in zip(examples, verdicts, strict=True)) / len(examples)


def test_the_bias_of_a_judge_is_corrected() -> None:
    examples = answers(biased)
    plain = [MET if e.signals[Signal.LABEL] > 0 else MISSED for e in examples]
    judged = [p.likeliest for p in cross_validated(examples, [Signal.LABEL])]
    assert right(examples, plain) < 0.6
    assert right(examples, judged) > 0.85
    fitted = fit(examples, [Signal.LABEL])
    middle = (fitted.partial + fitted.met) / 2 / fitted.weights[Signal.LABEL]
    assert middle == pytest.approx(4.0, abs=0.4), "the bias itself, in log-odds"


def test_probabilities_match_how_often_verdicts_are_right() -> None:
    examples = answers(biased, count=3000)
    chances = cross_validated(examples, [Signal.LABEL])
    for low, high in ((0.5, 0.7), (0.7, 0.9), (0.9, 1.0)):
        sure = [
            (p.of(p.likeliest), e.verdict is p.likeliest)
            for p, e in zip(chances, examples, strict=True)
            if low <= p.of(p.likeliest) < high
        ]
        said = sum(chance for chance, _ in sure) / len(sure)
        was = sum(hit for _, hit in sure) / len(sure)
        assert said == pytest.approx(was, abs=0.08), f"{len(sure)} between {low} and {high}"


def test_a_judge_that_guesses_gets_no_weight_next_to_key_terms() -> None:
    source = random.Random(5)
    terms = {MET: (0.5, 1.0, 1.0), PARTIAL: (0.5,), MISSED: (0.0, 0.0, 0.5)}
    examples = [
        replace(e, signals={**e.signals, Signal.TERMS: source.choice(terms[e.verdict])})
        for e in answers(guessing)
    ]
    both = fit(examples, [Signal.TERMS, Signal.LABEL])
    assert both.weights[Signal.TERMS] > 2
    assert both.weights[Signal.LABEL] < 0.1
    alone = [p.likeliest for p in cross_validated(examples, [Signal.TERMS])]
    together = [p.likeliest for p in cross_validated(examples, [Signal.TERMS, Signal.LABEL])]
    assert right(examples, together) >= right(examples, alone) - 0.01


def test_a_judge_that_says_the_opposite_gets_no_weight() -> None:
    examples = answers(lambda truth, source: -biased(truth, source))
    assert fit(examples, [Signal.LABEL]).weights[Signal.LABEL] == 0


def test_a_question_is_never_graded_by_its_own_answers() -> None:
    """The labels of one question are the wrong way round, which nothing else could teach."""
    examples = answers(biased)
    turned = [
        Example(e.question, e.language, {Signal.LABEL: 8 - e.signals[Signal.LABEL]}, e.verdict)
        if e.question == "deck.1.7"
        else e
        for e in examples
    ]
    judged = [p.likeliest for p in cross_validated(turned, [Signal.LABEL])]
    own = [i for i, e in enumerate(turned) if e.question == "deck.1.7"]
    assert right([turned[i] for i in own], [judged[i] for i in own]) < 0.4


def test_without_examples_there_is_no_fit() -> None:
    with pytest.raises(ValueError, match="nothing to fit"):
        fit([], [Signal.LABEL])


@given(FINITE, FINITE, FINITE, st.floats(0, 20), st.floats(0, 10))
def test_more_of_a_signal_never_earns_less(
    one: float, other: float, first: float, gap: float, weight: float
) -> None:
    low, high = sorted((one, other))
    weights = {Signal.LABEL: weight}
    less = weigh({Signal.LABEL: low}, weights, first, first + gap)
    more = weigh({Signal.LABEL: high}, weights, first, first + gap)
    assert more.worth >= less.worth - 1e-12
    for chances in (less, more):
        assert math.isclose(sum(map(chances.of, Verdict)), 1, abs_tol=1e-9)
        assert all(-1e-12 <= chances.of(verdict) <= 1 + 1e-12 for verdict in Verdict)


def test_a_calibration_is_saved_and_found_again(tmp_path: Path) -> None:
    own, ours = tmp_path / "own", tmp_path / "ours"
    shipped = calibration(judge="2", model="ab" * 8, prompt="p", form="single")
    Calibrations([ours]).keep(shipped)
    kept = Calibrations([own, ours])
    assert kept.of_model("ab" * 8, {"single": "p"}, "2", TERMS_VERSION) == shipped
    mine = calibration(judge="2", model="ab" * 8, prompt="p", form="single", points=500)
    kept.keep(mine)
    assert kept.of_model("ab" * 8, {"single": "p"}, "2", TERMS_VERSION) == mine
    assert mine.id != shipped.id
    assert Calibrations([own, ours]).of_model("ab" * 8, {"single": "p"}, "2", TERMS_VERSION) == mine


@pytest.mark.parametrize(
    "other",
    [
        ("cd" * 8, {"single": "p"}, "2", TERMS_VERSION),
        ("ab" * 8, {"single": "q", "listed": "p"}, "2", TERMS_VERSION),
        ("ab" * 8, {"single": "p"}, "1", TERMS_VERSION),
        ("ab" * 8, {"single": "p"}, "2", "1"),
    ],
    ids=["model", "prompts", "judge", "terms"],
)
def test_a_calibration_of_another_version_is_ignored(
    tmp_path: Path, other: tuple[str, dict[str, str], str, str]
) -> None:
    kept = Calibrations([tmp_path])
    kept.keep(calibration(judge="2", model="ab" * 8, prompt="p", form="single"))
    assert kept.of_model(*other) is None
    assert kept.of_terms(TERMS_VERSION) is None


def test_a_damaged_file_is_ignored_for_the_next_folder(tmp_path: Path) -> None:
    own, ours = tmp_path / "own", tmp_path / "ours"
    Calibrations([ours]).keep(calibration())
    own.mkdir()
    (own / "terms.json").write_text('{"weights": {"terms": -1}}')
    assert Calibrations([own, ours]).of_terms(TERMS_VERSION) == calibration()


def test_thresholds_in_the_wrong_order_and_weights_below_zero_are_refused() -> None:
    with pytest.raises(ValidationError, match="threshold"):
        calibration(partial=3.0)
    with pytest.raises(ValidationError):
        calibration(weights={"terms": -0.1})
    with pytest.raises(ValidationError):
        calibration(model="../../etc/passwd")


def test_an_example_counts_by_its_weight() -> None:
    """A hundred wrong labels change nothing if they weigh nothing, but do with full weight."""
    good = answers(biased)
    bad = [replace(e, signals={Signal.LABEL: 8 - e.signals[Signal.LABEL]}) for e in good]
    alone = fit(good, (Signal.LABEL,)).weights[Signal.LABEL]
    light = fit([*good, *(replace(e, weight=1e-6) for e in bad)], (Signal.LABEL,))
    heavy = fit([*good, *bad], (Signal.LABEL,))
    assert light.weights[Signal.LABEL] == pytest.approx(alone, rel=1e-2)
    assert heavy.weights[Signal.LABEL] < alone / 2


def test_the_accuracy_claimed_was_tested_on_such_questions() -> None:
    tested = {"test": {"accuracy": 0.9, "kappa": 0.8}, "apart": {"accuracy": 0.7, "kappa": 0.5}}
    made = partial(calibration, found={"all": {"accuracy": 0.8, "kappa": 0.6}})
    known = made(way="all", tested=tested, unseen=("a.1.2",))
    assert known.accuracy("a.1.1", built_in=True) == Accuracy(0.9, seen=True)
    assert known.accuracy("a.1.2", built_in=True) == Accuracy(0.7, seen=False)
    assert known.accuracy("a.1.1", built_in=False) == Accuracy(0.7, seen=False)
    assert made(way="all").accuracy("a", built_in=True) == Accuracy(0.8, seen=True)
    assert made(way="all").accuracy("a", built_in=False) == Accuracy(0.8, seen=False)
    assert made().accuracy("a", built_in=False) is None


def test_measured_figures_do_not_change_the_id() -> None:
    band = {"low": 0.5, "high": 0.6, "points": 30, "said": 0.55, "right": 0.45}
    tested = {"apart": {"accuracy": 0.7, "kappa": 0.5}}
    assert calibration(sure=[band], tested=tested).id == calibration().id
    assert calibration(met=3.0).id != calibration().id


def test_the_calibration_error_weighs_bands_by_their_points() -> None:
    bands = [
        {"low": 0.5, "high": 0.6, "points": 30, "said": 0.55, "right": 0.45},
        {"low": 0.9, "high": 1.0, "points": 10, "said": 0.95, "right": 0.97},
    ]
    assert calibration(sure=bands).calibration_error == pytest.approx(0.08)
    assert calibration().calibration_error is None


def test_the_shipped_judge_says_how_it_does_on_questions_it_never_saw() -> None:
    folder = find_paths({}).calibrations[-1]
    (file,) = folder.glob("*.json")
    shipped = Calibration.model_validate_json(file.read_bytes())
    assert shipped.tested.keys() >= {"test", "apart"}
    bank = open_bank([find_paths({}).resources / "questions"], None)
    apart = {question.id for question, _ in samples_of(bank, "apart")}
    assert set(shipped.unseen) == apart
    assert shipped.id == "3bd86473de3a", "grades name it so"
