"""Answers written and marked blind: neutral sheets, and the resulting samples."""

from collections import Counter
from pathlib import Path

import pytest

from tests.support.questions import question
from training.marking import (
    Marked,
    MarksUnusable,
    Written,
    disputed,
    labelled,
    markers_sheet,
    paired,
    read_marks,
    split_of,
)
from tutor.bank import RubricPoint, Text, Verdict

MET, PARTIAL, MISSED = Verdict.MET, Verdict.PARTIAL, Verdict.MISSED
RUBRIC = (
    RubricPoint(
        id="one", point=Text(en="It is one."), accept=Text(en="1 will do."), terms=(("secret",),)
    ),
    RubricPoint(id="two", point=Text(en="It is two.")),
)
ASKED = question(rubric=RUBRIC)
QUESTIONS = {ASKED.id: ASKED}


def written(*answers: str) -> dict[str, Written]:
    return labelled(
        Written(question=ASKED.id, slot=at, kind="partial", language="en", answer=answer)
        for at, answer in enumerate(answers, 1)
    )


def test_a_marker_sees_answers_in_an_order_that_only_they_decide() -> None:
    answers = written("first", "second", "third", "fourth")
    again = labelled(reversed(list(answers.values())))
    assert answers == again
    sheet = "\n".join(markers_sheet(answers, QUESTIONS, "en"))
    assert "partial" not in sheet
    assert all(f"a{n}: " in sheet for n in range(1, 5))


def test_marks_are_read_and_wrong_ones_named(tmp_path: Path) -> None:
    answers = written("first", "second")
    one, two = answers
    file = tmp_path / "pack.A.txt"
    file.write_text(f"{one} m p\n\n{two} x m\n", encoding="utf-8")
    assert read_marks(file, answers, QUESTIONS) == {one: (MET, PARTIAL), two: (MISSED, MET)}
    for text, message in (
        (f"{one} m\n", ":1: "),
        (f"{one} m y\n", "letters"),
        (f"{one} m p\n{one} m p\n", ":2: "),
        (f"{ASKED.id} a9 m p\n", "no answer"),
        (f"{one} m p\n", "not marked"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(MarksUnusable, match=message):
            read_marks(file, answers, QUESTIONS)


def test_a_third_decides_where_two_differ() -> None:
    answers = written("first", "second")
    first, second = answers
    one = {first: (MET, PARTIAL), second: (MISSED, MET)}
    other = {first: (MET, MISSED), second: (MISSED, MET)}
    assert disputed(one, other) == [first]
    marked = Marked(answers, QUESTIONS, one, other, third={first: (MISSED, MISSED)})
    pairs = paired([marked, marked])
    assert pairs.keys() == {"all", "partial", "en"}
    assert pairs["all"] == [(MET, MET), (PARTIAL, MISSED), (MISSED, MISSED), (MET, MET)] * 2
    samples = list(marked.samples(frozenset()))
    assert [sample.verdicts for sample in samples] == [
        {"one": MET, "two": MISSED},
        {"one": MISSED, "two": MET},
    ]
    assert samples[0].differed == {"two": (PARTIAL, MISSED)}
    assert samples[0].split == split_of(ASKED.id, answers[first].answer)
    assert {sample.split for sample in marked.samples(frozenset([ASKED.id]))} == {"apart"}


def test_splits_are_six_two_two() -> None:
    counts = Counter(split_of("deck.1.1", f"answer {n}") for n in range(2000))
    assert counts["train"] / 2000 == pytest.approx(0.6, abs=0.04)
    assert counts["calibrate"] / 2000 == pytest.approx(0.2, abs=0.03)
    assert counts["test"] / 2000 == pytest.approx(0.2, abs=0.03)
