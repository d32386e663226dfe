"""`a` on Today: a question by a form."""

import os
from threading import Event

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Select

from tests.support.banks import make_deck
from tests.support.patience import SECONDS
from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import TodayScreen, notes, on, picture, running, showing, shown, start
from tutor.authoring.adding import FormKeeper
from tutor.study import Preferences
from tutor.tui.add_question import NEW, AddQuestionScreen


async def filled(pilot: Pilot[None], screen: AddQuestionScreen) -> None:
    """Write a question of a new deck."""
    screen.query_one("#new-title").focus()
    await pilot.press(*"Cells")
    screen.prompt.insert("Why do cells pump ions?")
    screen.answer.insert("Pumps keep up the membrane potential.")
    screen.prompt.focus()


@pytest.fixture
def reopening(tutor: StubTutor, monkeypatch: pytest.MonkeyPatch) -> Event:
    """A deck is saved only once the test says so."""
    event, reopen = Event(), tutor.reopen_bank

    def wait() -> None:
        assert event.wait(SECONDS)
        reopen()

    monkeypatch.setattr(tutor, "reopen_bank", wait)
    return event


async def test_a_question_is_previewed_saved_and_asked(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await pilot.press("a")
        screen = await on(pilot, AddQuestionScreen)
        screen.query_one("#new-title").focus()
        await pilot.press(*"Cells")
        screen.prompt.insert("Why [/nope] do cells pump ions?")
        screen.answer.insert("Pumps keep up the membrane potential [bold]x.")
        await wait_until(pilot, lambda: "1 point, 1 mark" in shown(screen, "#preview"))
        screen.points.insert("Pumps keep up the membrane potential [bold]x. (2)")
        await wait_until(pilot, lambda: "1 point, 2 marks" in shown(screen, "#preview"))
        assert "key terms: " in shown(screen, "#preview")
        assert "potential [bold]x." in picture(app)
        screen.points.focus()
        await pilot.press("f5")
        await wait_until(pilot, lambda: "cells.1.1" in tutor.bank)
        await wait_until(pilot, lambda: any("Saved as cells.1.1" in note for note in notes(app)))
        assert screen.prompt.text == screen.answer.text == screen.points.text == ""
        assert screen.query_one("#new-deck", Select).value == "cells"
        await wait_until(pilot, lambda: shown(screen, "#preview") == "")
        screen.prompt.insert("A second one?")
        screen.answer.insert("It has an answer.")
        await pilot.press("f5")
        await wait_until(pilot, lambda: "cells.1.2" in tutor.bank)
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        question = await start(pilot, "down", "down")
        assert question.asked.question.id == "cells.1.1"


async def test_the_form_is_filled_in_from_its_top_and_loses_no_letter(tutor: StubTutor) -> None:
    async with showing(tutor, AddQuestionScreen(tutor)) as (app, pilot, screen):
        assert app.focused is screen.query_one("#new-deck")
        seen = picture(app)
        for words in ("title of the new deck", "What you want to be asked", "One fact per line"):
            assert words in seen
        await pilot.press(*"My c", "tab", *"Why?", "tab", *"So.", "tab", *"It (2)")
        assert screen.form.title == "My c"
        assert (screen.form.prompt, screen.form.answer) == ("Why?", "So.")
        assert screen.form.points == "It (2)"
        deck = screen.query_one("#new-deck", Select)
        deck.focus()
        for key in "ab c":  # all at once, as a terminal hands them on
            deck.post_message(events.Key(key, key))
        await wait_until(pilot, lambda: screen.form.title == "My cab c")
        deck.focus()
        await pilot.press("enter", "escape")
        assert screen.form.deck == ""


async def test_what_is_typed_on_a_deck_is_the_question(tutor: StubTutor) -> None:
    make_deck(tutor.paths.own_questions / "biology")
    tutor.reopen_bank()
    async with showing(tutor, AddQuestionScreen(tutor)) as (_, pilot, screen):
        await pilot.press(*"Why so?")
        assert (screen.form.deck, screen.form.prompt) == ("biology", "Why so?")
        screen.query_one("#new-deck").focus()
        screen.post_message(events.Paste(" And [so]?"))
        await wait_until(pilot, lambda: screen.form.prompt == "Why so? And [so]?")


async def test_the_deck_used_last_is_offered(tutor: StubTutor) -> None:
    for deck in ("biology", "history"):
        make_deck(tutor.paths.own_questions / deck)
    file = next((tutor.paths.own_questions / "history").glob("*-part.yaml"))
    os.utime(file, (0, 0))
    tutor.reopen_bank()
    async with showing(tutor, AddQuestionScreen(tutor)) as (_, _, screen):
        assert screen.form.deck == "biology"


async def test_what_was_typed_is_restored(tutor: StubTutor) -> None:
    async with showing(tutor, AddQuestionScreen(tutor)) as (_, pilot, screen):
        screen.prompt.insert("Half a question")
        screen.query_one("#new-language", Select).value = "de"
        await pilot.press("ctrl+q")
    async with showing(tutor, AddQuestionScreen(tutor)) as (_, pilot, screen):
        assert screen.prompt.text == "Half a question"
        assert (screen.form.deck, screen.form.language) == ("", "de")
        assert screen.query_one("#new-deck", Select).value == NEW


async def test_what_is_typed_while_the_question_is_saved_stays(
    tutor: StubTutor, reopening: Event
) -> None:
    tutor.preferences = Preferences(decks=("deck",))
    async with showing(tutor, AddQuestionScreen(tutor)) as (app, pilot, screen):
        await filled(pilot, screen)
        await pilot.press("f5", "!", "f5")
        reopening.set()
        await wait_until(pilot, lambda: any("Saved as cells.1.1" in note for note in notes(app)))
        assert (screen.prompt.text, screen.answer.text) == ("Why do cells pump ions?!", "")
        assert FormKeeper(tutor.paths).read() == screen.form
        assert "Saved as cells.1.1" in screen.notice.text
        assert "Today does not list the deck" in screen.notice.text
    assert len(tutor.bank.deck("cells").questions) == 1


async def test_leaving_while_the_question_is_saved_drops_the_form(
    tutor: StubTutor, reopening: Event
) -> None:
    async with showing(tutor, AddQuestionScreen(tutor)) as (_, pilot, screen):
        await filled(pilot, screen)
        await pilot.press("f5", "escape")
        await on(pilot, TodayScreen)
        assert FormKeeper(tutor.paths).read().prompt, "saving may fail yet"
        reopening.set()
        await wait_until(pilot, lambda: FormKeeper(tutor.paths).read().is_empty)
    assert "cells.1.1" in tutor.bank


async def test_what_is_missing_is_reported(tutor: StubTutor) -> None:
    async with showing(tutor, AddQuestionScreen(tutor)) as (_, pilot, screen):
        await pilot.press("f5")
        await wait_until(pilot, lambda: "The question is missing" in screen.notice.text)
        screen.prompt.focus()
        await pilot.press(*"Why?")
        assert not screen.notice.text
        screen.answer.insert("Because of this.")
        await pilot.press("f5")
        await wait_until(pilot, lambda: "The deck has no title" in screen.notice.text)
        assert screen.prompt.text == "Why?"
    assert not tutor.paths.own_questions.exists()


async def test_a_question_saved_in_a_deck_that_cannot_be_read_is_no_crash(
    tutor: StubTutor,
) -> None:
    async with showing(tutor, AddQuestionScreen(tutor)) as (_, pilot, screen):
        await filled(pilot, screen)
        await pilot.press("f5")
        await wait_until(pilot, lambda: "cells.1.1" in tutor.bank and not screen.prompt.text)
        (tutor.paths.own_questions / "cells" / "deck.yaml").write_text("title: [", "utf-8")
        screen.prompt.insert("A second one?")
        screen.answer.insert("It has an answer.")
        await pilot.press("f5")
        await wait_until(pilot, lambda: "deck cannot be read" in screen.notice.text)
        assert "Saved as cells.1.2" in screen.notice.text
        assert screen.prompt.text == "", "or it would be saved again"
