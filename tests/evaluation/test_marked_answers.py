"""Figures for answers with people's verdicts on each point."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.banks import make_deck
from tutor.bank import Bank, Language, Question, Verdict, open_bank
from tutor.evaluation import MarkedReport, measure_marked, read_marked
from tutor.evaluation.graded_sets import GradedFileUnusable
from tutor.evaluation.marked_answers import HumanMarkedAnswer
from tutor.grading import Grade, GradeAnswer, self_grade

MET, PARTIAL, MISSED = Verdict.MET, Verdict.PARTIAL, Verdict.MISSED
ROW = {
    "question": "my-deck.1.1", "language": "en", "kind": "reversed", "answer": "2, it is even",
    "verdicts": {"value": "met", "reason": "partial", "parity": "missed"},
}  # fmt: skip


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("marked")
    make_deck(folder / "my-deck", questions=4)
    return open_bank([folder], None)


def written(folder: Path, *rows: object) -> Path:
    path = folder / "marked.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def marked(
    number: int, kind: str, *verdicts: Verdict, language: Language = "en"
) -> HumanMarkedAnswer:
    ids = ("value", "reason", "parity")
    return HumanMarkedAnswer(
        question=f"my-deck.1.{number}",
        language=language,
        kind=kind,
        answer=",".join(verdicts),
        verdicts=dict(zip(ids, verdicts, strict=True)),
    )


def as_written(question: Question, answer: str, language: Language) -> Grade:
    """A grader that is always right: `marked` writes the verdicts into the answer."""
    ids = (point.id for point in question.rubric)
    verdicts = dict(zip(ids, map(Verdict, answer.split(",")), strict=True))
    return self_grade(question, verdicts, language)


def always_met(question: Question, _: str, language: Language) -> Grade:
    return self_grade(question, {point.id: MET for point in question.rubric}, language)


def report(
    answers: list[HumanMarkedAnswer], bank: Bank, judge: GradeAnswer = as_written
) -> MarkedReport:
    return measure_marked(answers, bank, judge, random.Random(1), grader="test", rounds=30)


def test_a_file_is_read(tmp_path: Path) -> None:
    (answer,) = read_marked(written(tmp_path, ROW | {"more": 1}, ""))
    assert (answer.kind, answer.verdicts["reason"]) == ("reversed", PARTIAL)


def test_a_file_with_a_wrong_line_or_without_any_is_refused(tmp_path: Path) -> None:
    wrong = written(tmp_path, ROW, ROW | {"verdicts": {"value": "right"}})
    with pytest.raises(GradedFileUnusable, match=r"marked\.jsonl, line 2: verdicts\.value: "):
        read_marked(wrong)
    with pytest.raises(GradedFileUnusable):
        read_marked(written(tmp_path, ""))


ANSWERS = [
    marked(1, "full", MET, MET, MET),
    marked(2, "partial", MET, PARTIAL, MISSED, language="de"),
    marked(3, "reversed", MISSED, MISSED, MET),
    marked(4, "wrong", MISSED, MISSED, MISSED, language="de"),
]


def test_a_grader_that_is_always_right(bank: Bank) -> None:
    found = report(ANSWERS, bank).as_json()
    assert (found["answers"], found["points"], found["rmse"]) == (4, 12, 0)
    assert [found[name] for name in ("accuracy", "kappa", "r", "partial_recall")] == [1] * 4


def test_a_grader_that_ignores_the_answers(bank: Bank) -> None:
    result = report(ANSWERS, bank, always_met)
    accuracy = result.whole.accuracy
    assert accuracy is not None
    assert accuracy.interval.low <= accuracy.value == 5 / 12 <= accuracy.interval.high
    found = result.as_json()
    assert (found["kappa"], found["partial_recall"]) == (0, 0)
    by_kind = {kind: f.accuracy.value for kind, f in result.by_kind.items() if f.accuracy}
    assert by_kind == pytest.approx({"full": 1, "partial": 1 / 3, "reversed": 1 / 3, "wrong": 0})
    assert {name: figures.points for name, figures in result.by_language.items()} == {
        "de": 6,
        "en": 6,
    }


def test_the_score_is_weighed_as_the_rubric_weighs_it(bank: Bank) -> None:
    """`value` weighs 2 of 3.5."""
    answers = [marked(1, "a", MISSED, MET, MET), marked(2, "a", MET, MET, MET)]
    found = report(answers, bank, always_met).as_json()
    assert found["rmse"] == pytest.approx((2 / 3.5) / 2**0.5, abs=1e-4)


def test_what_the_bank_does_not_have_is_skipped_and_counted(bank: Bank) -> None:
    strange = {"gone": MET, "value": MET}
    answers = [
        ANSWERS[0].model_copy(update={"verdicts": strange}),
        ANSWERS[0].model_copy(update={"question": "other.1.1"}),
    ]
    result = report(answers, bank)
    assert (result.skipped, result.whole.answers, result.whole.points) == (4, 1, 1)


def test_nothing_known_leaves_every_figure_open(bank: Bank) -> None:
    result = report([ANSWERS[0].model_copy(update={"question": "other.1.1"})], bank).as_json()
    assert result["accuracy"] is None
    assert result["by_kind"] == {}
    json.dumps(result)


@given(rows=st.lists(st.tuples(*[st.sampled_from(Verdict)] * 6), min_size=1, max_size=6))
def test_figures_stay_in_their_bounds(bank: Bank, rows: list[tuple[Verdict, ...]]) -> None:
    answers = [
        marked(1, "any", *row[:3]).model_copy(update={"answer": ",".join(row[3:])}) for row in rows
    ]
    result: dict[str, Any] = report(answers, bank).as_json()
    assert 0 <= result["accuracy"] <= 1
    assert -1 <= result["kappa"] <= 1
    assert 0 <= result["rmse"] <= 1
    assert -1 <= (result["r"] or 0) <= 1
    agreed = sum(
        human == judged for row in rows for human, judged in zip(row[:3], row[3:], strict=True)
    )
    assert result["accuracy"] == pytest.approx(agreed / (3 * len(rows)), abs=1e-4)
