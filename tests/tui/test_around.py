"""What is around the screens: the palette, help, themes, and text that looks like markup."""

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    asking,
    judge,
    on,
    picture,
    running,
    showing_verdict,
    shown,
    start,
    write,
)
from tutor.engine import EngineState, Status
from tutor.tui import TutorApp
from tutor.tui.messages import DeckChosen


async def open_palette(pilot: Pilot[None], app: TutorApp, query: str) -> None:
    await pilot.press("ctrl+p", *query)
    await wait_until(pilot, lambda: type(app.screen).__name__ == "CommandPalette")
    await wait_until(pilot, lambda: app.screen.query_one(OptionList).option_count)


async def test_the_palette_starts_a_deck_and_shows_its_title_literally(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await open_palette(pilot, app, "deck")
        await wait_until(pilot, lambda: "Deck: Статьи [bold]x" in picture(app))
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.asked.question.id == "papers.1.1"


async def test_the_palette_changes_the_language_of_the_open_question(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, question):
        await write(pilot, "w")
        await open_palette(pilot, app, "language: eng")
        await wait_until(pilot, lambda: "Language: English" in picture(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is question)
        await wait_until(pilot, lambda: shown(question, "#prompt").startswith("How does"))
        assert question.editor.text == "w"


async def test_a_verdict_that_comes_while_the_palette_is_open_is_shown(tutor: StubTutor) -> None:
    tutor.grading.hold = True
    async with asking(tutor) as (app, pilot, _):
        await write(pilot, "w")
        await pilot.press("f5", "ctrl+p")
        await wait_until(pilot, lambda: type(app.screen).__name__ == "CommandPalette")
        tutor.grading.release.set()
        await wait_until(pilot, lambda: "2.5 of 4" in picture(app))
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_help_comes_and_goes(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, _):
        await pilot.press("f1")
        await wait_until(pilot, lambda: "Write in full" in picture(app))
        assert "Don't know" in picture(app)
        await pilot.press("f1")
        await on(pilot, QuestionScreen)


async def test_markup_is_shown_literally_everywhere(tutor: StubTutor) -> None:
    tutor.grading.model_name = "[bold]Qwen[/nope]"
    async with asking(tutor, size=(120, 40)) as (app, pilot, question):
        assert "● ready · [bold]Qwen[/nope]" in picture(app)
        assert "`matrix[i][j]` получить определитель якобиана? [/nope] [bold]x" in picture(app)
        await judge(pilot, "[1] [/nope][bold]x ▸2◂")
        seen = picture(app)
        assert question.place.title in seen
        assert "`matrix[i][j]` = 0" in seen
        assert "j > i" in seen
        assert "▸1,2◂ [1] [/nope][bold]x ▸2◂" in seen
        await wait_until(pilot, lambda: "`matrix[i][j]` [/nope] [bold]x" in picture(app))
        tutor.grading.change(Status(EngineState.FAILED, "no [/nope] file"))
        await wait_until(pilot, lambda: "✗ failed · no [/nope] file" in picture(app))


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light", "textual-light"])
async def test_every_screen_works_in_every_kind_of_theme(tutor: StubTutor, theme: str) -> None:
    async with running(tutor) as (app, pilot):
        app.theme = theme
        await start(pilot)
        assert "F5 Submit" in picture(app)
        await judge(pilot)
        assert "missed 99 %" in picture(app)


async def test_the_keys_that_matter_fit_into_eighty_columns(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: "⏎ Start" in footer(app))
        await start(pilot)
        await wait_until(pilot, lambda: "F5 Submit" in footer(app))
        assert footer(app).split("▏")[0].split() == QUESTION_KEYS.split()
        await judge(pilot)
        await wait_until(pilot, lambda: "Correct" in footer(app))
        assert footer(app).split("▏")[0].split() == VERDICT_KEYS.split()


QUESTION_KEYS = "F5 Submit F3 Hint F4 Don't know F2 Language F8 Skip Esc Leave F1 Help"
VERDICT_KEYS = "⏎ Next Space Correct 1-4 Rate q Question v Answer Esc Today F1 Help"


def footer(app: TutorApp) -> str:
    return picture(app).split("\n")[-1]


async def test_a_small_window_is_survived(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, size=(40, 12)) as (app, pilot, _):
        await pilot.press("pagedown", "down", "pageup")
        assert "2.5 of 4" in picture(app)


async def test_starting_a_deck_while_judging_lets_go_of_the_verdict(tutor: StubTutor) -> None:
    tutor.grading.hold = True
    async with asking(tutor) as (app, pilot, _):
        await write(pilot, "w")
        await pilot.press("f5")
        await wait_until(pilot, tutor.grading.started.is_set)
        app.post_message(DeckChosen("transfer-zh"))
        await wait_until(pilot, lambda: "迁移学习" in picture(app))
        assert tutor.grading.cancels == 1
        assert await on(pilot, QuestionScreen) is app.screen
    draft = tutor.progress.draft("papers.1.1")
    assert draft is not None
    assert draft.text == "w"
    assert tutor.progress.standings() == {}
