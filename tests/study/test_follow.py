"""A second answer is judged on one point alone."""

from pathlib import Path

import pytest

from tutor.bank import Verdict
from tutor.grading import KeyTermGrader
from tutor.study.follow_up import about_point

from .builders import make_small_bank


def test_only_the_point_asked_about_is_graded(tmp_path: Path) -> None:
    question = make_small_bank(tmp_path / "bank", {"first": 1}).question("first.1")
    about = about_point(question, "parity")
    grade = KeyTermGrader().grade(about, "It is even.", "en")
    assert [(point.id, point.verdict) for point in grade.points] == [("parity", Verdict.MET)]
    assert (about.id, about.hints) == (question.id, ())
    assert about.answer == question.rubric[2].point
    with pytest.raises(KeyError, match="nowhere"):
        about_point(question, "nowhere")
