"""The network that grades a point by the whole answer: its inputs and its probabilities."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.questions import question as make_question
from tutor.bank import RubricPoint, Text, Verdict
from tutor.grading.calibration import Calibration, Signal
from tutor.grading.fitting import Example, cross_validated
from tutor.grading.keyterms.coverage import Coverage
from tutor.grading.network import INPUTS, OF_POINT, Network, can_read, inputs_of
from tutor.grading.network_fit import cross_validated_network, fit_network
from tutor.grading.wording import NOTHING_SHARED, SharedWording

MET, MISSED = Verdict.MET, Verdict.MISSED


def covered(share: float, *, contradicted: bool = False) -> Coverage:
    point = RubricPoint(id="p", point=Text(en="It says so."), terms=(("so",),))
    return Coverage(point, share, (share,), share, touched=share, contradicted=contradicted)


def answers(count: int, seed: int = 1) -> list[Example]:
    """Paraphrases, met without a term, and halves: met where the terms are, missed elsewhere.

    The labels say only that there is something right in both.
    """
    source = random.Random(seed)
    found: list[Example] = []
    for number in range(count):
        paraphrase = number % 2 == 0
        shares = [0.0] * 4 if paraphrase else [1.0, 1.0, 0.0, 0.0]
        odds = [source.gauss(1.0, 0.3) for _ in shares]
        coverage = [covered(share) for share in shares]
        inputs = inputs_of(odds, [0.1] * 4, coverage, [NOTHING_SHARED] * 4)
        for share, label, values in zip(shares, odds, inputs, strict=True):
            verdict = MET if paraphrase or share else MISSED
            signals = {Signal.TERMS: share, Signal.LABEL: label}
            found.append(Example(f"deck.{number % 20}", "en", signals, verdict, 1.0, values))
    return found


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return answers(120)


@pytest.fixture(scope="module")
def network(examples: list[Example]) -> Network:
    return fit_network(examples)


def test_inputs_describe_the_point_and_then_its_answer() -> None:
    coverage = [covered(1), covered(0, contradicted=True)]
    shared = [SharedWording(0.5, 0.75), NOTHING_SHARED]
    first, second = inputs_of([2.0, -1.0], [0.2, 0.3], coverage, shared)
    assert len(first) == len(second) == len(INPUTS)
    assert first[: len(OF_POINT)] == (2.0, 0.2, 1.0, 1.0, 1.0, 0.0, 0.5, 0.75)
    assert second[: len(OF_POINT)] == (-1.0, 0.3, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    of_answer = (0.5, -1.0, 1.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.375)
    assert first[len(OF_POINT) :] == second[len(OF_POINT) :] == of_answer


def test_it_tells_a_paraphrase_from_half_an_answer_unlike_any_sum(
    examples: list[Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.grading.network_fit.STEPS", 200)  # enough for so plain a case
    monkeypatch.setattr("tutor.grading.network_fit.SEEDS", (0,))

    def right(chances: list[Verdict]) -> float:
        pairs = zip(examples, chances, strict=True)
        return sum(example.verdict is verdict for example, verdict in pairs) / len(examples)

    summed = cross_validated(examples, (Signal.TERMS, Signal.LABEL))
    assert right([each.likeliest for each in summed]) < 0.8
    assert right([each.likeliest for each in cross_validated_network(examples)]) > 0.95


def test_the_same_examples_give_the_same_network(examples: list[Example], network: Network) -> None:
    assert fit_network(examples) == network
    assert Network.model_validate_json(network.model_dump_json()) == network


@given(st.lists(st.floats(-50, 50), min_size=len(INPUTS), max_size=len(INPUTS)))
def test_its_probabilities_always_add_up(values: list[float]) -> None:
    found = _FITTED.probabilities(values)
    assert math.isclose(found.met + found.partial + found.missed, 1, abs_tol=1e-9)
    assert min(found.met, found.partial, found.missed) >= 0


_FITTED = Network.model_validate(
    {
        "mean": [0.0] * len(INPUTS),
        "scale": [1.0] * len(INPUTS),
        "members": [
            {
                "inner": [[0.5] * len(INPUTS), [-1.0] * len(INPUTS)],
                "inner_bias": [0.1, 0.2],
                "outer": [[1.0, -1.0], [0.0, 0.5], [2.0, 1.0]],
                "outer_bias": [0.0, -1.0, 0.5],
            }
        ],
    }
)


@pytest.mark.parametrize(
    ("odds", "all_terms", "sure"), [(-1.0, 1.0, False), (-3.0, 1.0, True), (-1.0, 0.0, True)]
)
def test_a_missed_point_with_all_its_terms_is_doubted_unless_the_labels_rule_it_out(
    odds: float, all_terms: float, sure: bool
) -> None:
    member = _FITTED.members[0].model_copy(update={"outer_bias": (9.0, 0.0, 0.0)})
    network = _FITTED.model_copy(update={"members": (member,)})
    inputs = [0.0] * len(INPUTS)
    inputs[INPUTS.index("log-odds of what the point earns, by the model's labels")] = odds
    inputs[INPUTS.index("all key terms found")] = all_terms
    found = network.probabilities(inputs)
    assert found.likeliest is Verdict.MISSED
    assert (found.missed > 0.9) == sure


@pytest.mark.parametrize(
    ("odds", "without_terms", "likeliest"),
    [
        (-1.0, 1.0, Verdict.MISSED),
        (0.4, 1.0, Verdict.MISSED),
        (0.9, 1.0, Verdict.MET),
        (-1.0, 0.8, Verdict.MET),
    ],
)
def test_without_any_key_term_only_an_answer_that_the_labels_call_right_earns_something(
    odds: float, without_terms: float, likeliest: Verdict
) -> None:
    member = _FITTED.members[0].model_copy(update={"outer_bias": (0.0, 0.0, 9.0)})
    network = _FITTED.model_copy(update={"members": (member,)})
    inputs = [0.0] * len(INPUTS)
    inputs[INPUTS.index("log-odds of all points, mean")] = odds
    inputs[INPUTS.index("points without any key term")] = without_terms
    assert network.probabilities(inputs).likeliest is likeliest


@pytest.mark.parametrize(
    "change",
    [
        {"mean": [0.0]},
        {"scale": [0.0] * len(INPUTS)},
        {"members": []},
        {"members": [{**_FITTED.members[0].model_dump(), "inner_bias": [0.1]}]},
        {"members": [{**_FITTED.members[0].model_dump(), "inner": [[0.5], [1.0]]}]},
    ],
    ids=["too few means", "a scale of zero", "none", "a bias missing", "rows too short"],
)
def test_layers_that_do_not_fit_together_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Network.model_validate({**_FITTED.model_dump(), **change})


def test_it_does_not_read_questions_unlike_those_it_was_fitted_on() -> None:
    made = make_question()
    rubric = tuple(point.model_copy(update={"terms": (("mask",),)}) for point in made.rubric)
    question = made.model_copy(update={"rubric": rubric})
    assert can_read(question)
    assert not can_read(question.model_copy(update={"drafted": True}))
    assert not can_read(question.model_copy(update={"rubric": question.rubric[:2]}))
    bare = question.rubric[0].model_copy(update={"terms": ()})
    assert not can_read(question.model_copy(update={"rubric": (bare, *question.rubric[1:])}))


def test_a_calibration_without_a_network_keeps_its_id() -> None:
    values = {"terms": "5", "weights": {"terms": 1.0}, "partial": 0, "met": 1}
    plain = Calibration.model_validate({**values, "points": 10, "questions": 2})
    assert "network" not in plain.model_dump_json(exclude_none=True)
    assert plain.id == "5f5bdc9fb3d1"
    more = {**values, "points": 10, "questions": 2, "network": _FITTED.model_dump()}
    other = Calibration.model_validate(more)
    assert other.id != plain.id
