"""Files of graded answers are read, and a wrong line is named."""

import json
import random
from pathlib import Path

import pytest

from tutor.encodings import NotUtf8
from tutor.errors import TutorError
from tutor.evaluation import halves, read_graded, some_of
from tutor.evaluation.graded_sets import GradedFileUnusable

ROW = {
    "lang": "en", "qid": "a", "question": "Why is the sky blue?",
    "reference": "Air scatters blue light most.", "answer": "It scatters blue.",
    "score": 3, "max": 4,
}  # fmt: skip


def written(folder: Path, *rows: object) -> Path:
    path = folder / "graded.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_answers_are_gathered_by_question(tmp_path: Path) -> None:
    other = ROW | {"qid": "b", "score": 0, "label": "incorrect", "extra": 1}
    first, second = read_graded(written(tmp_path, ROW, other, "", ROW | {"score": 4}))
    assert (first.qid, [answer.share for answer in first.answers]) == ("a", [0.75, 1])
    assert (second.qid, second.answers[0].label) == ("b", "incorrect")
    assert first.question.id != second.question.id
    assert [point.point.en for point in first.question.rubric] == [ROW["reference"]]
    assert first.question.rubric[0].terms == ()


def test_items_of_the_reference_become_points_with_their_weights(tmp_path: Path) -> None:
    items = [
        {"text": "Air scatters.", "points": 1},
        {"text": "Blue most.", "points": 0.5},
        {"text": "Nothing for this.", "points": 0},
    ]
    question = read_graded(written(tmp_path, ROW | {"ref_items": items}))[0].question
    assert [(point.point.en, point.weight) for point in question.rubric] == [
        ("Air scatters.", 1), ("Blue most.", 0.5),
    ]  # fmt: skip


def test_more_items_than_a_rubric_may_have_become_one_point(tmp_path: Path) -> None:
    items = [{"text": f"Item {n}", "points": 1} for n in range(13)]
    question = read_graded(written(tmp_path, ROW | {"ref_items": items}))[0].question
    assert [point.point.en for point in question.rubric] == [ROW["reference"]]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "JSON"),
        (ROW | {"lang": "fr"}, "lang"),
        (ROW | {"score": 5}, "score: 5 is more than max, 4"),
        (ROW | {"score": -1}, "score"),
        (ROW | {"max": 0}, "max"),
        (ROW | {"ref_items": [{"text": "x"}]}, "ref_items.0.points"),
        ({key: value for key, value in ROW.items() if key != "answer"}, "answer"),
        (ROW | {"reference": "Another."}, "qid: a has a different question or reference above"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, row: object, said: str) -> None:
    path = written(tmp_path, ROW, row)
    with pytest.raises(GradedFileUnusable) as caught:
        read_graded(path)
    assert f"{path}, line 2" in caught.value.message
    assert said in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"", GradedFileUnusable), (b"\n \n", GradedFileUnusable), (b"\xff", NotUtf8),
     (None, GradedFileUnusable)],
    ids=["empty", "blank", "another encoding", "missing"],
)  # fmt: skip
def test_a_file_without_answers_is_named(
    tmp_path: Path, body: bytes | None, kind: type[TutorError]
) -> None:
    path = tmp_path / "graded.jsonl"
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(kind, match=r"graded\.jsonl"):
        read_graded(path)


def test_halves_are_the_same_every_time_and_share_no_question(tmp_path: Path) -> None:
    questions = read_graded(written(tmp_path, *(ROW | {"qid": str(n)} for n in range(9))))
    tuning, measuring = halves(questions)
    assert (len(tuning), len(measuring)) == (4, 5)
    assert {q.qid for q in tuning} | {q.qid for q in measuring} == set(map(str, range(9)))
    assert halves(questions[::-1]) == (tuning, measuring)
    assert [q.qid for q in tuning] == ["7", "4", "3", "8"]


def test_some_answers_keep_their_questions_and_their_order(tmp_path: Path) -> None:
    rows = [ROW | {"qid": str(n), "answer": f"{n} {k}"} for n in range(5) for k in range(4)]
    questions = read_graded(written(tmp_path, *rows))
    drawn = some_of(questions, 7, random.Random(1))
    texts = [answer.answer for question in drawn for answer in question.answers]
    assert len(set(texts)) == 7
    assert texts == sorted(texts)
    assert all(row.qid == question.qid for question in drawn for row in question.answers)
    assert some_of(questions, 7, random.Random(1)) == drawn
    assert (
        some_of(questions, None, random.Random(1))
        == questions
        == some_of(questions, 20, random.Random(1))
    )
