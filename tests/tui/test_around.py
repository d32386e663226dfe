"""What all screens share: palette, help, themes, titles, and text that looks like markup."""

from pathlib import Path

import pytest
from textual.events import Click
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    asking,
    grading,
    on,
    picture,
    press_fast,
    running,
    sees,
    showing_verdict,
    shown,
    start,
    submit_answer,
    write,
)
from tutor import tui
from tutor.engine import EngineState, Status
from tutor.study import Preferences
from tutor.tui import TutorApp
from tutor.tui.commands import Palette
from tutor.tui.messages import ScreenAsked, ScreenName, StudyAsked


async def open_palette(pilot: Pilot[None], app: TutorApp, query: str) -> None:
    await pilot.press("ctrl+p", *query)
    await wait_until(pilot, lambda: isinstance(app.screen, Palette))
    await wait_until(pilot, lambda: app.screen.query_one(OptionList).option_count)


async def test_the_palette_starts_a_session_and_shows_titles_literally(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        for query, line, count in (
            ("deck", "Deck: Статьи [bold]x", "1 of 2"),
            ("due", "Start or continue, all decks", "1 of 3"),
        ):
            await open_palette(pilot, app, query)
            await sees(pilot, line)
            await pilot.press("enter")
            await sees(pilot, count)
            question = await on(pilot, QuestionScreen)
            assert question.asked.question.id == "papers.1.1"


async def test_the_palette_changes_the_language_of_the_open_question(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, question):
        await write(pilot, "w")
        await open_palette(pilot, app, "language: eng")
        await sees(pilot, "Language: English")
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is question)
        await wait_until(pilot, lambda: shown(question, "#prompt").startswith("How does"))
        assert question.editor.text == "w"


async def test_quick_presses_of_enter_choose_one_command_of_the_palette(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        today = await on(pilot, TodayScreen)
        for query, line in (("theme", "Theme"), ("settings", "Settings")):
            await open_palette(pilot, app, query)
            palette = app.screen
            await sees(pilot, f"{line}  ")
            press_fast(pilot, "enter", "enter", "enter")
            await wait_until(pilot, lambda: palette not in app.screen_stack)  # noqa: B023
            await wait_until(pilot, lambda: len(app.screen_stack) == 2)
            press_fast(pilot, "escape", "escape", "escape")
            await wait_until(pilot, lambda: app.screen_stack == [today])


async def test_clicks_next_to_the_palette_close_no_other_screen(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, question):
        await open_palette(pilot, app, "theme")
        palette = app.screen
        for _ in range(2):
            palette.post_message(Click(palette, 0, 0, 0, 0, 1, shift=False, meta=False, ctrl=False))
        await wait_until(pilot, lambda: app.screen is question)


async def test_a_verdict_that_comes_while_the_palette_is_open_is_shown(tutor: StubTutor) -> None:
    async with grading(tutor) as (app, pilot, _):
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: isinstance(app.screen, Palette))
        tutor.grading.release.set()
        await sees(pilot, "2.5 of 4")
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_markup_is_shown_literally_everywhere(tutor: StubTutor) -> None:
    tutor.grading.model_name = "[bold]Qwen[/nope]"
    async with asking(tutor, size=(120, 40)) as (app, pilot, question):
        assert "● ready · [bold]Qwen[/nope]" in picture(app)
        assert "`matrix[i][j]` получить определитель якобиана? [/nope] [bold]x" in picture(app)
        await submit_answer(pilot, "[1] [/nope][bold]x ▸2◂")
        seen = picture(app)
        assert question.place.title in seen
        assert "`matrix[i][j]` = 0" in seen
        assert "j > i" in seen
        assert "▸1,2◂ [1] [/nope][bold]x ▸2◂" in seen
        await sees(pilot, "`matrix[i][j]` [/nope] [bold]x")
        tutor.grading.change(Status(EngineState.FAILED, "no [/nope] file"))
        await sees(pilot, "✗ failed · no [/nope] file")


async def test_every_screen_works_in_every_kind_of_theme(tutor: StubTutor) -> None:
    async with asking(tutor) as (app, pilot, _):
        for theme in ("ansi-dark", "ansi-light", "textual-light"):
            app.theme = theme
            await pilot.pause()
            assert "F5 Submit" in picture(app)
        await submit_answer(pilot)
        for theme in ("ansi-dark", "ansi-light"):
            app.theme = theme
            await pilot.pause()
            assert "missed 99 %" in picture(app)


async def test_no_first_visit_waits_for_style_sheets(
    tutor: StubTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheets = [str(path) for path in Path(tui.__file__).parent.rglob("*.tcss")]
    async with running(tutor) as (app, pilot):
        await wait_until(pilot, lambda: all(map(app.stylesheet.has_source, sheets)))
        monkeypatch.setattr(app.stylesheet, "reparse", None)  # which would parse them all again
        await start(pilot)
        await submit_answer(pilot)


async def test_a_small_window_works(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, size=(40, 12)) as (app, pilot, _):
        await pilot.press("pagedown", "down", "pageup")
        assert "2.5 of 4" in picture(app)


async def test_starting_a_deck_while_grading_cancels_it(tutor: StubTutor) -> None:
    async with grading(tutor) as (app, pilot, _):
        app.post_message(StudyAsked("deck", "transfer-zh"))
        await sees(pilot, "迁移学习")
        assert tutor.grading.cancels == 1
        assert await on(pilot, QuestionScreen) is app.screen
    draft = tutor.progress.draft("papers.1.1")
    assert draft is not None
    assert draft.text == "слово"
    assert tutor.progress.standings() == {}


# --- titles


async def test_titles_are_in_a_language_that_the_student_reads(tutor: StubTutor) -> None:
    tutor.preferences = Preferences(languages=("de", "en"))
    app = TutorApp(tutor)
    screens: tuple[ScreenName, ...] = ("browse", "exam")
    async with app.run_test(size=(100, 24)) as pilot:
        await sees(pilot, "Papers")
        for name in screens:
            app.post_message(ScreenAsked(name))
            await wait_until(pilot, lambda: not isinstance(app.screen, TodayScreen))
            await sees(pilot, "Papers")
            await pilot.press("escape")
            await on(pilot, TodayScreen)
        await start(pilot)
        await sees(pilot, "Papers [bold]x · Density")


async def test_a_narrow_terminal_shows_the_model_as_a_mark(tutor: StubTutor) -> None:
    async with running(tutor, size=(40, 20)) as (app, pilot):
        await start(pilot)
        await wait_until(pilot, lambda: picture(app).splitlines()[0].split()[-1] in "○●◌")
        await pilot.resize_terminal(100, 24)
        await wait_until(pilot, lambda: "key terms" in picture(app) or "ready" in picture(app))
