"""Evidence is found in the answer, marked there, and in view for the selected point."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import graded, picture, running, sees, showing_verdict
from tutor.bank import Verdict
from tutor.grading import (
    MOST_SENTENCES,
    Evidence,
    Grade,
    GraderId,
    PointGrade,
    split_sentences,
)
from tutor.tui import TutorApp
from tutor.tui.evidence import Sentences, Span, find_evidence, mark_evidence, point_mark
from tutor.tui.verdict_head import grader_text

MET = (Verdict.MET, Verdict.MET, Verdict.MET)
LONG = {
    "ru": "".join(f"Предложение номер {n} о якобиане, и оно довольно длинное. " for n in range(30)),
    "zh": "".join(f"第{n}句话说明注意力机制的一个方面，并且写得相当长。" for n in range(30)),
    "de": "".join(
        f"Satz {n} sagt z. B. etwas über die Determinante, recht lang.\n" for n in range(30)
    ),
}


def underlined(app: TutorApp) -> str:
    """What is underlined on the screen, without blanks."""
    strips = app.screen._compositor.render_strips()
    pieces = [
        piece.text for strip in strips for piece in strip if piece.style and piece.style.underline
    ]
    return "".join("".join(pieces).split())


async def until_underlined(pilot: Pilot[None], app: TutorApp, text: str) -> None:
    await wait_until(pilot, lambda: underlined(app) == text)


@pytest.mark.parametrize("language", ["zh", "de"])
async def test_the_selected_points_sentence_comes_into_view(
    tutor: StubTutor, language: str
) -> None:
    grading, answer = tutor.grading, LONG[language]
    grading.verdicts, grading.sentences = MET, (1, 30, 15)
    grading.grader = grading.grader.model_copy(update={"name": "terms"})
    sentences = ["".join(sentence.split()) for sentence in split_sentences(answer)]
    deck = "transfer-zh" if language == "zh" else "papers"
    async with showing_verdict(tutor, answer, deck=deck) as (app, pilot, _):
        for size in ((80, 24), (100, 30)):
            await pilot.resize_terminal(*size)
            for point, number in enumerate(grading.sentences, 1):
                await until_underlined(pilot, app, sentences[number - 1])
                assert picture(app).count(f"▸{point}◂") == 1
                await pilot.press("down")
            await pilot.press("up", "up", "up")
            await until_underlined(pilot, app, sentences[0])


@pytest.mark.parametrize(
    ("built_in", "claim"),
    [
        (True, "91 % of points in answers it had not seen"),
        (False, "73 % of points of questions it was not trained on"),
    ],
)
def test_how_often_the_judge_is_right_on_such_questions(
    tutor: StubTutor, built_in: bool, claim: str
) -> None:
    tutor.grading.accuracy = {True: 0.91, False: 0.73}
    if not built_in:
        tutor.paths = replace(tutor.paths, resources=tutor.paths.home)
    question = tutor.bank.question("papers.1.1")
    grade = tutor.grading.grade(question, "Якобиан треугольный.", "ru")
    assert grader_text(tutor, question, grade) == f"Qwen3-4B · 1.9 s · right on {claim}"


async def test_the_sentence_stays_in_view_when_the_window_changes(tutor: StubTutor) -> None:
    grading, answer = tutor.grading, LONG["ru"]
    grading.verdicts, grading.sentences = MET, (25, 1, 1)
    grading.grader = grading.grader.model_copy(update={"name": "terms"})
    expected = "".join(split_sentences(answer)[24].split())
    async with showing_verdict(tutor, answer, size=(120, 40)) as (app, pilot, _):
        for size in ((60, 20), (120, 40), (80, 24)):
            await pilot.resize_terminal(*size)
            await until_underlined(pilot, app, expected)
        assert "[2,3]" not in picture(app)


async def test_points_are_chosen_by_key_and_mouse_and_one_without_evidence_marks_nothing(
    tutor: StubTutor,
) -> None:
    async with showing_verdict(tutor, "раз") as (app, pilot, verdict):
        assert verdict.rubric.selected == 0
        await pilot.press("down", "down")
        await sees(pilot, "› ✗ 3")
        assert "[1,2] раз" in picture(app)
        assert underlined(app) == ""
        await pilot.click(verdict.rubric.rows[1].query_one(".point"))
        assert verdict.rubric.selected == 1
        await sees(pilot, "▸1,2◂ раз")


async def test_a_chinese_sentence_begins_behind_its_mark(tutor: StubTutor) -> None:
    """It is longer than a line and has no space, where alone Textual would break it."""
    async with running(tutor) as (_, pilot):
        await graded(
            pilot, "查询与键的点积经过归一化之后对值向量加权求和，" * 4, deck="transfer-zh"
        )
        await sees(pilot, "▸1,2◂ 查询与键")
        await pilot.resize_terminal(60, 24)
        await sees(pilot, "▸1,2◂ 查询与键")


# --- finding and marking it


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


def grade_of(*texts: str | None, name: str = "terms") -> Grade:
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
    shown = find_evidence("Раз. Два.", grade_of("Два.", None, "Раз.", "Два."))
    assert [(one.span, one.points) for one in shown] == [(Span(0, 4), (3,)), (Span(5, 9), (1, 4))]
    assert mark_evidence("Раз. Два.", shown).plain == "[3] Раз. [1,4] Два."


def test_the_selected_sentence_has_a_mark_and_a_style_of_its_own() -> None:
    shown = find_evidence("Раз. Два.", grade_of("Два.", "Раз."))
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
    shown = find_evidence(answer, grade_of(*texts))
    seen = mark_evidence(answer, shown, data.draw(st.sampled_from([None, 1, 2]))).plain
    for one in shown:
        for mark in (point_mark(one.points), point_mark(one.points, selected=True)):
            seen = seen.replace(f"{mark} ", "", 1)
    if "[" not in answer:
        assert letters(seen) == letters(answer)


def test_a_tab_is_as_wide_as_in_the_editor() -> None:
    assert mark_evidence("a\tb", ()).plain == "a   b"
