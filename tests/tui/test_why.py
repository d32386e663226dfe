"""“Why this grade?”: reasons are shown literally, waited for and cancelled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import (
    Size,
    VerdictScreen,
    WhyScreen,
    on,
    picture,
    sees,
    showing_verdict,
    shown,
)
from tutor.errors import TutorError
from tutor.grading.explain import Explanation, ExplanationSection, Kind, PromptPiece
from tutor.study.statistics import agreement
from tutor.tui import TutorApp
from tutor.tui.explanation import line_content
from tutor.tui.labels import clean
from tutor.tui.messages import StudyAsked

PROMPT = Explanation(
    (
        ExplanationSection("The prompt [/nope]", (
            (PromptPiece("<|im_start|>user", "trusted"), PromptPiece("matrix", "untrusted"),
             PromptPiece("[i][j]", "untrusted"), PromptPiece("\x1b[2J", "untrusted")),
        )),
        ExplanationSection("Labels", (
            (PromptPiece("yes ", "strong"), PromptPiece("87 % [bold]x"), PromptPiece(" …", "dim")),
        )),
    )
)  # fmt: skip


@asynccontextmanager
async def showing_reasons(
    tutor: StubTutor, size: Size = (80, 24)
) -> AsyncIterator[tuple[TutorApp, Pilot[None], WhyScreen]]:
    """The app with the reasons for a verdict, once the feedback is written."""
    async with showing_verdict(tutor, size=size) as (app, pilot, verdict):
        await wait_until(pilot, lambda: verdict.check_action("why", ()))
        await pilot.press("i")
        yield app, pilot, await on(pilot, WhyScreen)


async def test_reasons_are_shown_literally_and_what_is_data_is_told_apart(tutor: StubTutor) -> None:
    tutor.grading.explanation = PROMPT
    async with showing_reasons(tutor, (100, 30)) as (_, pilot, why):
        await sees(pilot, "The prompt [/nope]")
        seen = shown(why, "#reasons")
        assert "<|im_start|>user‹matrix[i][j][2J›" in seen
        assert "yes 87 % [bold]x …" in seen
        assert "\n\nIn a prompt, ‹this› is text of question" in seen
        assert tutor.grading.explained == [("papers.1.1", "да", "ru")]
        await pilot.press("f1")
        await sees(pilot, "How the verdicts came")
        await pilot.press("escape")
        await on(pilot, WhyScreen)
        await pilot.press("escape")
        await on(pilot, VerdictScreen)


def overruled(tutor: StubTutor) -> int:
    (row,) = agreement(tutor.progress.attempts())
    return row.overruled


async def test_how_often_the_student_overruled_this_grader_is_shown(tutor: StubTutor) -> None:
    async with showing_reasons(tutor) as (app, pilot, _):
        await sees(pilot, "yes 87 %")
        assert "You overruled" not in picture(app), "leaving a verdict need not mean agreeing"
        await pilot.press("escape")
        verdict = await on(pilot, VerdictScreen)
        await pilot.press("space")
        await wait_until(pilot, lambda: overruled(tutor) == 1)
        await wait_until(pilot, lambda: verdict.check_action("why", ()))
        await pilot.press("i")
        expected = "You overruled this grader on 1 of 3 points."
        await sees(pilot, expected)


async def test_looking_for_reasons_is_cancelled_and_the_next_question_read(
    tutor: StubTutor,
) -> None:
    tutor.grading.hold_explanation = True
    async with showing_reasons(tutor) as (app, pilot, _):
        await wait_until(pilot, lambda: tutor.grading.explained)
        assert "working …  Esc cancels" in picture(app)
        before, read = tutor.grading.cancels, len(tutor.grading.prepared)
        await pilot.press("escape")
        await on(pilot, VerdictScreen)
        assert tutor.grading.cancels == before + 1
        await wait_until(pilot, lambda: len(tutor.grading.prepared) == read + 1)
        assert tutor.grading.prepared[-1] == ("papers.1.2", "ru", "")


async def test_going_elsewhere_stops_looking_for_reasons(tutor: StubTutor) -> None:
    tutor.grading.hold_explanation = True
    async with showing_reasons(tutor) as (app, pilot, _):
        await wait_until(pilot, lambda: tutor.grading.explained)
        before = tutor.grading.cancels
        app.post_message(StudyAsked("deck", "transfer-zh"))
        await sees(pilot, "迁移学习")
        assert tutor.grading.cancels == before + 1


async def test_a_failure_to_find_reasons_is_reported(tutor: StubTutor) -> None:
    tutor.grading.explain_error = TutorError("The model stopped [/nope].", remedy="Try again.")
    async with showing_reasons(tutor) as (app, pilot, _):
        await sees(pilot, "The model stopped [/nope]. Try again.")
        assert "working" not in picture(app)


KINDS = st.sampled_from(get_args(Kind))


@given(st.lists(st.builds(PromptPiece, st.text(), KINDS)))
def test_a_line_contains_all_its_pieces(pieces: list[PromptPiece]) -> None:
    text = line_content(pieces).plain
    assert without_brackets(text) == without_brackets("".join(clean(one.text) for one in pieces))


def without_brackets(text: str) -> str:
    return text.replace("‹", "").replace("›", "")


def test_tokens_in_a_row_share_their_brackets() -> None:
    bar = PromptPiece("|", "dim")
    line = (
        PromptPiece("user", "trusted"), bar,
        PromptPiece("mat", "untrusted"), bar, PromptPiece("rix", "untrusted"), bar,
        PromptPiece("end", "trusted"), PromptPiece("a", "untrusted"), PromptPiece("b", "untrusted"),
        bar, bar, PromptPiece("c", "untrusted"),
    )  # fmt: skip
    assert line_content(line).plain == "user|‹mat|rix›|end‹ab›||‹c›"


@given(st.lists(st.builds(PromptPiece, st.text(min_size=1), KINDS)))
def test_only_untrusted_text_is_underlined(pieces: list[PromptPiece]) -> None:
    line = line_content(pieces)
    marked = [line.plain[span.start : span.end] for span in line.spans if span.style == "underline"]
    expected = "".join(clean(piece.text) for piece in pieces if piece.kind == "untrusted")
    assert without_brackets("".join(marked)) == without_brackets(expected)


async def test_long_reasons_scroll(tutor: StubTutor) -> None:
    lines = tuple((PromptPiece(f"line {number}"),) for number in range(99))
    tutor.grading.explanation = Explanation((ExplanationSection("Long", lines),))
    async with showing_reasons(tutor, (40, 12)) as (app, pilot, why):
        await wait_until(pilot, lambda: "line 1" in shown(why, "#reasons"))
        for size in ((40, 12), (100, 30)):
            await pilot.resize_terminal(*size)
            await pilot.press("end")
            await sees(pilot, "line 98")
            await pilot.press("home")
            await wait_until(pilot, lambda: "line 98" not in picture(app))
