"""The sentence for the selected point is marked, underlined and in view."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import graded, picture, running, showing_verdict
from tutor.bank import Verdict
from tutor.grading import split_sentences
from tutor.tui import TutorApp
from tutor.tui.widgets.verdict_head import grader_text

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


@pytest.mark.parametrize("language", LONG)
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
        await wait_until(pilot, lambda: "› ✗ 3" in picture(app))
        assert "[1,2] раз" in picture(app)
        assert underlined(app) == ""
        await pilot.click(verdict.rubric.rows[1].query_one(".point"))
        assert verdict.rubric.selected == 1
        await wait_until(pilot, lambda: "▸1,2◂ раз" in picture(app))


async def test_a_chinese_sentence_begins_behind_its_mark(tutor: StubTutor) -> None:
    """It is longer than a line and has no space, where alone Textual would break it."""
    async with running(tutor) as (app, pilot):
        await graded(
            pilot, "查询与键的点积经过归一化之后对值向量加权求和，" * 4, deck="transfer-zh"
        )
        await wait_until(pilot, lambda: "▸1,2◂ 查询与键" in picture(app))
        await pilot.resize_terminal(60, 24)
        await wait_until(pilot, lambda: "▸1,2◂ 查询与键" in picture(app))
