"""Evidence is found in the answer, whatever the student typed between and around it."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.bank import Verdict
from tutor.grading import (
    MOST_SENTENCES,
    Evidence,
    Grade,
    GraderId,
    PointGrade,
    split_sentences,
)
from tutor.tui.evidence import Sentences, Span, find_evidence, mark_evidence, point_mark

SENTENCES = st.sampled_from(
    [
        "Das ist z. B. so.",
        "Да!",
        "句一。",
        "句一。",
        "see [1] [/nope].",
        "-",
        "!!",
        "a",
        "$x. y$",
        "",
    ]
)
GAPS = st.sampled_from([" ", "\n", "\n\n", "", "\r\n", "\t", " \n — \n"])
ANSWERS = st.one_of(
    st.lists(st.tuples(SENTENCES, GAPS), max_size=25).map(
        lambda pairs: "".join(sentence + gap for sentence, gap in pairs)
    ),
    st.text(),
    st.text(alphabet="aА句.!。\n\r ", max_size=60),
)


def locate(answer: str, number: int, text: str, most: int | None = None) -> Span | None:
    return Sentences(answer, most).locate(Evidence(sentence=number, text=text))


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@given(ANSWERS, st.sampled_from([None, MOST_SENTENCES, 1, 2]))
@example("Да. Да! Да. " * 5, MOST_SENTENCES)
def test_every_sentence_is_found_where_it_is(answer: str, most: int | None) -> None:
    pieces = split_sentences(answer, most=most)
    found = [locate(answer, number, piece, most) for number, piece in enumerate(pieces, 1)]
    spans = [span for span in found if span is not None]
    assert len(spans) == len(pieces)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    located = [letters(answer[span.start : span.end]) for span in spans]
    assert located == [letters(piece) for piece in pieces]


@given(ANSWERS, st.integers(1, 30), st.text())
def test_what_the_answer_does_not_say_is_not_found(answer: str, number: int, other: str) -> None:
    text = f"{answer} {other} and one word more"
    assert locate(answer, number, text) is None


def test_a_wrong_number_does_not_hide_the_sentence() -> None:
    assert locate("Ja. Nein.", 7, "Nein.") == Span(4, 9)


def test_the_number_decides_between_equal_sentences() -> None:
    answer = "Да. Нет. Да."
    assert locate(answer, 1, "Да.") == Span(0, 3)
    assert locate(answer, 3, "Да.") == Span(9, 12)


def test_joined_neighbours_are_found_across_lines() -> None:
    answer = "Eins.\n\nZwei.\nDrei."
    assert locate(answer, 1, "Eins. Zwei.", 2) == Span(0, 12)
    assert locate(answer, 1, "Zwei. Drei.") == Span(7, 18)


def graded(*texts: str | None, name: str = "terms") -> Grade:
    points = [
        PointGrade(
            id=f"p{at}",
            weight=1,
            verdict=Verdict.MET if text else Verdict.MISSED,
            evidence=Evidence(sentence=1, text=text) if text else None,
        )
        for at, text in enumerate(texts)
    ]
    grader = GraderId(name=name, version="1")
    return Grade(question="q.1", grader=grader, language="ru", points=tuple(points))


def test_a_sentence_is_marked_with_all_its_points() -> None:
    shown = find_evidence("Раз. Два.", graded("Два.", None, "Раз.", "Два."))
    assert [(one.span, one.points) for one in shown] == [(Span(0, 4), (3,)), (Span(5, 9), (1, 4))]
    assert mark_evidence("Раз. Два.", shown).plain == "[3] Раз. [1,4] Два."


def test_the_selected_sentence_has_a_mark_and_a_style_of_its_own() -> None:
    shown = find_evidence("Раз. Два.", graded("Два.", "Раз."))
    seen = mark_evidence("Раз. Два.", shown, 1)
    assert seen.plain == "[2] Раз. ▸1◂ Два."
    underlined = [
        seen.plain[span.start : span.end] for span in seen.spans if span.style == "underline"
    ]
    assert underlined == ["Два."]


@pytest.mark.parametrize("points", [(1,), (2, 10), (1, 2, 3)])
def test_marks_keep_their_width_when_selected(points: tuple[int, ...]) -> None:
    assert len(point_mark(points)) == len(point_mark(points, selected=True))


@given(ANSWERS, st.data())
def test_marks_change_nothing_else_in_the_answer(answer: str, data: st.DataObject) -> None:
    pieces = split_sentences(answer)
    texts = data.draw(st.lists(st.sampled_from([*pieces, None]), min_size=1, max_size=4))
    shown = find_evidence(answer, graded(*texts))
    seen = mark_evidence(answer, shown, data.draw(st.sampled_from([None, 1, 2]))).plain
    for one in shown:
        for mark in (point_mark(one.points), point_mark(one.points, selected=True)):
            seen = seen.replace(f"{mark} ", "", 1)
    if "[" not in answer:
        assert letters(seen) == letters(answer)


def test_a_tab_is_as_wide_as_in_the_editor() -> None:
    assert mark_evidence("a\tb", ()).plain == "a   b"
