"""Finding decks, topics and questions, and starting them."""

from collections.abc import Iterator
from shutil import rmtree
from threading import Event

import pytest
from textual.events import Key
from textual.pilot import Pilot

from tests.support.banks import make_deck
from tests.support.patience import SECONDS
from tests.tui.browsing import browsing, rows, seek
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubGrading, StubTutor
from tests.tui.progressed import record
from tests.tui.steps import QuestionScreen, TodayScreen, on, picture, sees, showing, shown
from tutor.bank import Bank, open_bank
from tutor.errors import TutorError
from tutor.paths import Paths
from tutor.progress import SessionState, open_progress
from tutor.study.search_index import SearchHit, SearchIndex, index_bank
from tutor.tui import TutorApp
from tutor.tui.browse import BrowseScreen, found_words
from tutor.tui.browse_list import Results
from tutor.tui.question_page import QuestionPage

NINE = tuple(f"large.{section}.{n}" for section in (1, 2, 3) for n in (1, 2, 3))


@pytest.fixture
def large(paths: Paths) -> Iterator[StubTutor]:
    """A third deck, of three sections and with topics."""
    make_deck(paths.resources / "questions" / "large", sections=3, questions=3)
    with open_progress(paths, clock=lambda: NOON) as progress:
        yield StubTutor(paths, open_bank(paths.questions, None), progress, StubGrading())


async def session_of(pilot: Pilot[None]) -> SessionState:
    """The session that was started, once its first question is asked."""
    await on(pilot, QuestionScreen)
    assert isinstance(pilot.app, TutorApp)
    session = pilot.app.session.state
    assert session is not None
    return session


def row_key(screen: BrowseScreen) -> str:
    """The key of the chosen row."""
    assert screen.list.row is not None
    return screen.list.row.key


# --- without a search


async def test_decks_and_topics_are_listed_with_their_figures(large: StubTutor) -> None:
    record(large, "large.1.1")
    record(large, "large.1.2", "x", ago=2)
    async with browsing(large) as (_, screen):
        assert shown(screen, "#status") == "12 questions in 3 decks · 4 topics"
        lines = rows(screen)
        assert lines[0].split() == ["Decks", "answered", "due", "mastery"]
        assert lines[1].startswith("› ▸ A large subject")
        assert lines[1].split()[-7:] == ["2", "of", "9", "1", "█▏········", "11", "%"]
        assert lines[2].split()[:4] == ["▸", "Статьи", "[bold]x", "0"]
        assert lines[2].endswith("–")
        assert lines[4].split()[0] == "Topics"
        assert lines[5].split()[:5] == ["▸", "generated", "2", "of", "9"]


async def test_a_deck_is_expanded_without_starting_it(large: StubTutor) -> None:
    async with browsing(large) as (pilot, screen):
        await pilot.press("down", "right")
        assert [row.split()[1:3] for row in rows(screen)[2:5]] == [["Part", n] for n in "123"]
        await pilot.press("right", "right")
        lines = rows(screen)
        assert lines[2].startswith("›   ▾ Part 1")
        assert lines[3].startswith("      [ ] ○ new       What is 1 doubled, and why?  ")
        assert lines[3].endswith("  large.1.1")
        await pilot.press("down", "down")
        assert screen.list.question == "large.1.2"
        await pilot.press("left", "left")
        assert "[ ]" not in picture(pilot.app)
        assert row_key(screen) == "/deck large/section 01-part"
        await pilot.press("left", "left")
        assert "Part" not in picture(pilot.app)
        assert pilot.app.screen is screen


@pytest.mark.parametrize(
    ("keys", "begun", "questions"),
    [
        (("down", "end", "enter"), ("topic", None, "topic-3"), NINE[2::3]),
        (("down", "right", "down", "down", "enter"), ("browse", None, None), NINE[3:6]),
    ],
    ids=["topic", "section"],
)
async def test_enter_starts_what_is_chosen(
    large: StubTutor,
    keys: tuple[str, ...],
    begun: tuple[str | None, ...],
    questions: tuple[str, ...],
) -> None:
    async with browsing(large) as (pilot, _):
        await pilot.press(*keys)
        session = await session_of(pilot)
        assert (session.kind, session.deck, session.topic) == begun
        assert session.questions == questions


async def test_the_top_of_the_list_leads_to_the_search(large: StubTutor) -> None:
    async with browsing(large) as (pilot, screen):
        assert pilot.app.focused is screen.query_one("#search")
        await pilot.press("down", "pagedown", "pageup")
        assert pilot.app.focused is screen.list
        await pilot.press("up")
        assert pilot.app.focused is screen.query_one("#search")


async def test_the_state_of_each_question_is_shown_in_words(large: StubTutor) -> None:
    record(large, "large.1.1")
    record(large, "large.1.2", "x", ago=9)
    record(large, "large.2.1", "p")
    record(large, "large.2.2", "x", ago=9)
    large.progress.skip("large.2.2", NOON.date())
    large.progress.skip("large.2.3", NOON.date())
    large.progress.flag("large.1.3", "wrong [/nope]")
    async with browsing(large, size=(100, 40)) as (pilot, _):
        await pilot.press("down", "right", "down", "down", "right", "up", "right")
        seen = picture(pilot.app)
        for expected in (
            "[ ] ✓ 100 %     What is 1 doubled",
            "[ ] ! 0 % due   What is 2 doubled",
            "[ ] ○ new       flagged · What is 3 doubled",
            "[ ] ◐ 50 %      What is 1 doubled",
            "[ ] – skipped   What is 2 doubled",
            "[ ] – skipped   What is 3 doubled",
        ):
            assert expected in seen


async def test_a_click_chooses_and_a_double_click_starts(tutor: StubTutor) -> None:
    async with browsing(tutor) as (pilot, screen):
        await pilot.click(screen.list, offset=(8, 2))
        assert row_key(screen) == "/deck transfer-zh"
        await pilot.click(screen.list, offset=(8, 0))
        await pilot.click(screen.list, offset=(8, 12))
        assert row_key(screen) == "/deck transfer-zh"
        await pilot.click(screen.list, offset=(8, 2), times=2)
        assert (await session_of(pilot)).deck == "transfer-zh"


# --- searching


async def test_words_of_any_language_find_while_they_are_typed(tutor: StubTutor) -> None:
    async with browsing(tutor) as (pilot, screen):
        await pilot.press(*"якоби")
        expected = "1 question matches “якоби”"
        await wait_until(pilot, lambda: shown(screen, "#status") == expected)
        (row,) = [row for row in rows(screen) if row]
        assert row.startswith("› [ ] ○ new       Как из `matrix[i][j]` получить")
        assert row.endswith("papers.1.1")
        await seek(pilot, screen, "点积 公式")
        assert screen.list.question == "transfer-zh.1.1"
        await seek(pilot, screen, "MASKS")
        assert screen.list.question == "papers.1.2"
        late = screen.list.results
        assert late is not None
        await seek(pilot, screen, "determinant")
        screen.show_results(late)
        assert screen.list.question == "papers.1.1", "results for an earlier text are dropped"


async def test_decks_and_topics_are_found_before_the_questions(large: StubTutor) -> None:
    async with browsing(large) as (pilot, screen):
        await seek(pilot, screen, "topic-2")
        assert shown(screen, "#status") == "3 questions match “topic-2”"
        lines = rows(screen)
        assert [lines[at].split()[:2] for at in (0, 1)] == [["Topics", "answered"], ["›", "▸"]]
        assert lines[2].strip() == "Questions"
        await pilot.press("down", "right")
        assert [row.split()[-1] for row in rows(screen)[2:5]] == [*NINE[1::3]]
        await pilot.press("left", "enter")
        assert (await session_of(pilot)).topic == "topic-2"


async def test_a_search_without_matches_says_so_and_is_no_dead_end(tutor: StubTutor) -> None:
    async with browsing(tutor) as (pilot, screen):
        await seek(pilot, screen, "Jacobi [/nope] quux")
        status = shown(screen, "#status")
        assert status.startswith("No matches for “Jacobi [/nope] quux”.")
        await pilot.press("down", "enter")
        assert pilot.app.focused is screen.query_one("#search")
        await pilot.press("escape")
        assert shown(screen, "#status").startswith("3 questions in 2 decks")
        assert rows(screen)[1].startswith("› ▸ Статьи [bold]x")
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_what_is_typed_early_is_searched_once_the_questions_are_read(
    tutor: StubTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Event()

    def slowly(bank: Bank) -> SearchIndex:
        assert read.wait(SECONDS)
        return index_bank(bank)

    monkeypatch.setattr("tutor.tui.browse.index_bank", slowly)
    async with showing(tutor, BrowseScreen(tutor)) as (app, pilot, screen):
        await wait_until(pilot, lambda: "3 questions" in shown(screen, "#status"))
        assert shown(screen, "#status").endswith("reading the questions for the search …")
        await pilot.press("down", "right", "right", "right", "down")
        assert "○ new       …" in picture(app)
        await pilot.press("/", *"masks")
        await pilot.press("down", "enter")
        assert app.focused is screen.query_one("#search"), "the list does not show the results yet"
        assert tutor.progress.sessions() == ()
        read.set()
        await wait_until(pilot, lambda: "matches “masks”" in shown(screen, "#status"))
        await wait_until(pilot, lambda: app.focused is screen.list)
        assert screen.list.question == "papers.1.2"


def test_a_long_search_is_quoted_in_part() -> None:
    found = Results("注" * 40, SearchHit(("q.1",)), ())
    assert found_words(found) == f"1 question matches “{'注' * 17}…”"


# --- marking


async def test_marked_questions_are_asked_in_the_order_of_marking(large: StubTutor) -> None:
    async with browsing(large) as (pilot, screen):
        await seek(pilot, screen, "doubled 3")
        await pilot.press("enter", "space")
        assert rows(screen)[0].startswith("› [x] ○ new")
        await seek(pilot, screen, "large.1.1")
        await pilot.press("enter", "space")
        assert shown(screen, "#status").endswith("· 2 marked")
        await pilot.press("s")
        session = await session_of(pilot)
        assert (session.kind, session.questions) == ("browse", ("large.1.3", "large.1.1"))


async def test_a_group_is_marked_as_a_whole_and_marks_are_removed(large: StubTutor) -> None:
    async with browsing(large) as (pilot, screen):
        await pilot.press("down", "right", "down", "space")
        assert shown(screen, "#status").endswith("· 3 marked")
        assert "▾ [-] A large subject" in picture(pilot.app)
        assert "▸ [x] Part 1" in picture(pilot.app)
        await pilot.press("space")
        assert "[x]" not in picture(pilot.app)
        await pilot.press("up", "space")
        assert shown(screen, "#status").endswith("· 9 marked")
        await pilot.press("escape")
        assert shown(screen, "#status") == "12 questions in 3 decks · 4 topics"


async def test_everything_found_is_asked_if_nothing_is_marked(large: StubTutor) -> None:
    async with browsing(large) as (pilot, screen):
        assert not screen.check_action("ask_found", ())
        await seek(pilot, screen, "doubled")
        await pilot.press("enter", "ы")  # the key of `s` on a Russian keyboard
        session = await session_of(pilot)
        assert (session.kind, session.questions) == ("browse", NINE)


# --- a question's page, and what is gone


async def test_enter_opens_a_questions_page_and_escape_comes_back(tutor: StubTutor) -> None:
    async with browsing(tutor) as (pilot, screen):
        await seek(pilot, screen, "masks")
        await pilot.press("enter", "enter")
        await on(pilot, QuestionPage)
        tutor.progress.skip("papers.1.2", NOON.date())
        await pilot.press("escape")
        await wait_until(pilot, lambda: pilot.app.screen is screen)
        await sees(pilot, "– skipped")
        assert screen.list.question == "papers.1.2"


async def test_a_question_that_is_gone_is_found_but_cannot_be_asked(
    large: StubTutor,
) -> None:
    record(large, "large.2.2", "p")
    rmtree(large.paths.resources / "questions" / "large")
    large.bank = open_bank(large.paths.questions, None)
    async with browsing(large) as (pilot, screen):
        await pilot.press("down", "end")
        assert [row.split()[:1] for row in rows(screen)[:4:3]] == [["Decks"], ["Gone"]]
        assert "▸ No longer among the questions" in picture(pilot.app)
        assert not screen.check_action("start", ())
        assert not screen.list.check_action("mark", ())
        await pilot.press("enter", "down")
        assert screen.list.question == "large.2.2"
        assert "◐ 50 %      No longer among" in picture(pilot.app)
        assert "[ ]" not in picture(pilot.app)
        await pilot.press("space")
        assert "marked" not in shown(screen, "#status")
        await seek(pilot, screen, "large.2")
        assert shown(screen, "#status") == "1 question matches “large.2”"
        assert not screen.check_action("ask_found", ())
        await pilot.press("enter", "enter")
        await on(pilot, QuestionPage)


# --- when something is missing or fails


async def test_an_empty_bank_is_reported(paths: Paths) -> None:
    with open_progress(paths, clock=lambda: NOON) as progress:
        bank = open_bank([paths.home / "questions"], None)
        async with browsing(StubTutor(paths, bank, progress, StubGrading())) as (pilot, screen):
            assert shown(screen, "#status").startswith("There are no questions yet. Put a deck")
            await pilot.press("down", "enter", "x", "escape")
            assert pilot.app.screen is screen
            await pilot.press("escape")
            await on(pilot, TodayScreen)


async def test_a_failed_look_up_is_reported(tutor: StubTutor, broken: BrokenProgress) -> None:
    broken.failing["flags"] = TutorError("No [/nope] flags.", remedy="Mend it.")
    async with showing(tutor, BrowseScreen(tutor)) as (_, pilot, screen):
        await wait_until(pilot, lambda: screen.notice.text)
        assert screen.notice.text == "✗ No [/nope] flags. Mend it."
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_undo_works_and_updates_the_figures(tutor: StubTutor) -> None:
    record(tutor, "papers.1.2")
    async with browsing(tutor) as (pilot, _):
        assert "1 of 2" in picture(pilot.app)
        await pilot.press("down", "u")
        await sees(pilot, "0 of 2")
    assert tutor.progress.standings() == {}


async def test_keys_in_quick_succession_follow_the_focus(large: StubTutor) -> None:
    async with browsing(large) as (pilot, screen):
        for pressed in ("down", "down"):  # into the list, and on in it
            pilot.app.post_message(Key(pressed, None))
        await wait_until(pilot, lambda: screen.list.chosen == 2)
        for pressed in ("slash", "s", "e"):  # s alone would ask everything
            pilot.app.post_message(Key(pressed, pressed))
        await wait_until(pilot, lambda: screen.search_text == "se")


async def test_escape_clears_the_search_then_the_marks_and_only_then_leaves(
    large: StubTutor,
) -> None:
    async with browsing(large) as (pilot, screen):
        await seek(pilot, screen, "large.1.1")
        await pilot.press("down", "space")
        await wait_until(pilot, lambda: "1 marked" in shown(screen, "#status"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not screen.search_text)
        assert "1 marked" in shown(screen, "#status")
        await pilot.press("escape")
        await wait_until(pilot, lambda: "marked" not in shown(screen, "#status"))
        await pilot.press("escape")
        await on(pilot, TodayScreen)
