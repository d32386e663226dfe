"""A question's own page: its text, its state, its history."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tests.support.patience import SECONDS
from tests.tui.browsing import showing_page
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, BrokenProgress, StubTutor
from tests.tui.progressed import record
from tests.tui.steps import (
    QuestionScreen,
    TodayScreen,
    VerdictScreen,
    on,
    picture,
    press_fast,
    sees,
    showing,
    shown,
)
from tutor.bank import Bank, Verdict, open_bank
from tutor.bank.index import Index
from tutor.errors import TutorError
from tutor.progress import Attempt, FollowedUp, Standing
from tutor.tui.browse import BrowseScreen
from tutor.tui.dialogs import FlagScreen, ReaderScreen
from tutor.tui.earlier_verdict import EarlierVerdict
from tutor.tui.messages import ScreenAsked
from tutor.tui.question_details import SHOWN, QuestionDetails, first_lines, standing_lines
from tutor.tui.question_page import QuestionPage


def answers(opened: QuestionPage) -> list[str]:
    return [str(option.prompt) for option in opened.attempts.options]


async def confirm(pilot: Pilot[None], *keys: str) -> None:
    """Press `d`, then these keys in the dialog that asks whether to delete the answer."""
    opened = pilot.app.screen
    await pilot.press("d")
    await wait_until(pilot, lambda: pilot.app.screen is not opened)
    await pilot.press(*keys)
    await wait_until(pilot, lambda: pilot.app.screen is opened)


async def test_a_new_question_shows_its_text_and_hides_its_solution(tutor: StubTutor) -> None:
    async with showing_page(tutor, "papers.1.1") as (app, pilot, opened):
        assert shown(opened, "#prompt").startswith("Как из `matrix[i][j]` получить определитель")
        assert shown(opened, "#about") == "4 marks · derive · F2: Deutsch, English"
        assert shown(opened, "#standing") == "○ new: not answered yet"
        assert not opened.attempts.display
        assert not opened.check_action("delete", ())
        seen = picture(app)
        assert "произвед" not in seen
        assert "треуг" not in seen
        await pilot.press("v")
        await on(pilot, ReaderScreen)
        seen = picture(app)
        assert "Looking is not an answer: nothing is counted" in seen
        assert "Якобиан треугольный: `matrix[i][j]` = 0 при j > i [/nope].  (2)" in seen
        assert "The slides forget the exponent [bold]x." in seen
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is opened)
    assert tutor.progress.standings() == {}


async def test_another_language_is_shown_and_asked_in(tutor: StubTutor) -> None:
    async with showing_page(tutor, "papers.1.1") as (_, pilot, opened):
        await pilot.press("f2", "f2")
        assert shown(opened, "#prompt").startswith("How does `matrix[i][j]` give")
        assert shown(opened, "#about").endswith("F2: Deutsch, Русский")
        await pilot.press("enter")
        question = await on(pilot, QuestionScreen)
        assert question.language == "en"


async def test_earlier_answers_are_shown_newest_first_with_their_verdicts(tutor: StubTutor) -> None:
    first = record(tutor, "papers.1.1", "mpx", ago=3)
    record(tutor, "papers.1.1", "x", ago=1, answer="", gave_up=True, hints=2)
    second = record(tutor, "papers.1.1", answer="Слово " * 60)
    tutor.progress.overrule(first.id, {"log": Verdict.MET})
    tutor.progress.note(
        FollowedUp(
            id="more",
            at=NOON,
            attempt=second.id,
            point="triangular",
            asked="?",
            language="ru",
            answer="ещё раз",
            grader=second.grade.grader,
            verdict=Verdict.MET,
            confidence=0.91,
            seconds=3,
        )
    )
    async with showing_page(tutor, "papers.1.1") as (app, pilot, opened):
        standing = shown(opened, "#standing").splitlines()
        assert standing[0] == "Last ✓ 100 % very good · best 100 % · 3 answers"
        assert standing[1].startswith("Rated easy · due in ")
        newest, middle, oldest = answers(opened)
        assert newest.splitlines()[0] == "20 November  ✓ 100 % very good  ✓✓✓ · by a model"
        assert len(newest.splitlines()) == 3
        assert newest.endswith("…")
        assert middle == "19 November  ✗ 0 % not yet      ✗✗✗ · don't know · 2 hints"
        assert oldest.splitlines() == [
            "17 November  ✓ 88 % good        ✓◐✓ · by a model · 1 verdict yours",
            "  Потому что [/nope].",
        ]
        press_fast(pilot, "i", "i")
        verdict = await on(pilot, VerdictScreen)
        assert str(verdict.query_one("#words", Static).visual).count("Слово") == 60
        assert not verdict.check_action("next", ())
        await sees(pilot, "second answer: ✓ met 91 %")
        await pilot.press("space")
        await wait_until(pilot, lambda: verdict.attempt.grade.points[0].overruled is not None)
        await pilot.press("escape")
        await wait_until(pilot, lambda: "◐✓✓ · by a model · 1 verdict yours" in answers(opened)[0])
        assert app.screen is opened


async def test_deleting_an_answer_can_be_undone(tutor: StubTutor) -> None:
    record(tutor, "papers.1.2", "x", ago=3, answer="older")
    record(tutor, "papers.1.2", answer="newer")
    async with showing_page(tutor) as (app, pilot, opened):
        await confirm(pilot, "escape")
        await confirm(pilot, "enter")
        assert len(tuple(tutor.progress.attempts())) == 2
        await pilot.press("down", "d")
        await sees(pilot, "Delete the answer of 17 November, ✗ 0 %")
        assert "To undo this, press u." in picture(app)
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: len(answers(opened)) == 1)
        assert "newer" in answers(opened)[0]
        assert "1 answer" in shown(opened, "#standing")
        assert opened.notice.text == "Deleted. Press u to undo that."
        await pilot.press("u")
        await wait_until(pilot, lambda: len(answers(opened)) == 2)
        undone = "Undone: the deletion of 1 answer. Press Shift+U to redo it."
        await wait_until(pilot, lambda: opened.notice.text == undone)
        await pilot.press("down")
        assert opened.notice.text == ""
        assert "2 answers" in shown(opened, "#standing")


async def test_without_its_last_answer_a_question_is_new_again(tutor: StubTutor) -> None:
    record(tutor, "papers.1.2")
    async with showing_page(tutor) as (app, pilot, opened):
        await confirm(pilot, "down", "enter")
        await wait_until(pilot, lambda: shown(opened, "#standing").startswith("○ new"))
        assert not opened.attempts.display
        await pilot.press("d")
        assert app.screen is opened
        await pilot.press("u")
        await wait_until(pilot, lambda: opened.attempts.chosen is not None)
        assert app.focused is opened.attempts
        await pilot.press("enter")
        assert (await on(pilot, QuestionScreen)).asked.question.id == "papers.1.2"


async def test_a_question_is_skipped_until_tomorrow(tutor: StubTutor) -> None:
    async with showing_page(tutor) as (app, pilot, opened):
        assert "Skip" in picture(app)
        await pilot.press("f8")
        await wait_until(pilot, lambda: "skipped until tomorrow" in shown(opened, "#standing"))
        assert "Skip" not in picture(app)
    assert tutor.progress.skipped() == {"papers.1.2": NOON.date()}


async def test_a_report_is_saved_and_removed(tutor: StubTutor) -> None:
    async with showing_page(tutor) as (app, pilot, opened):
        for note, seen in (("wrong [bold]sign", True), ("", False)):
            await pilot.press("f")
            await on(pilot, FlagScreen)
            app.screen.query_one(Input).value = note
            press_fast(pilot, "enter", "enter")
            await wait_until(
                pilot,
                lambda: ("Flagged: wrong [bold]sign" in shown(opened, "#standing")) is seen,  # noqa: B023
            )
            assert app.screen is opened, "the second Enter does not ask the question"
    assert tutor.progress.flags() == {}


async def test_a_question_that_is_gone_keeps_its_history_but_cannot_be_asked(
    tutor: StubTutor,
) -> None:
    record(tutor, "papers.1.2", "x", answer="noch da [/x]")
    gone = replace(tutor, bank=open_bank([tutor.paths.home / "questions"], None))
    async with showing_page(gone) as (app, pilot, opened):
        assert "so it cannot be asked" in opened.notice.text
        assert "noch da [/x]" in picture(app)
        for action in ("ask", "solution", "skip", "language"):
            assert not opened.check_action(action, ())
        await pilot.press("enter", "v", "k", "f2")
        assert app.screen is opened
        await confirm(pilot, "down", "enter")
        await wait_until(pilot, lambda: not answers(opened))
        await pilot.press("escape")
        await on(pilot, TodayScreen)


async def test_a_question_whose_file_is_gone_says_so(tutor: StubTutor) -> None:
    tutor.bank = Bank(Index(tutor.bank.decks, ()), None, {})  # as if the cache were gone
    (tutor.paths.resources / "questions" / "papers" / "1-first.yaml").unlink()
    async with showing_page(tutor) as (_, _, opened):
        assert "the question papers.1.2 is no longer in" in opened.notice.text
        assert not opened.check_action("ask", ())


async def test_only_the_newest_answers_of_a_long_history_are_shown(tutor: StubTutor) -> None:
    for number in range(SHOWN + 3):
        at = NOON + timedelta(minutes=number)
        record(tutor, "papers.1.2", id=f"a{number}", at=at, answer=f"n{number}.")
    async with showing_page(tutor) as (_, _, opened):
        assert shown(opened, "#earlier") == "Earlier answers, newest first: 100 of 103"
        assert answers(opened)[0].endswith("n102.")
        assert answers(opened)[-1].endswith("n3.")


async def test_lines_are_wrapped_again_when_the_terminal_changes(tutor: StubTutor) -> None:
    record(tutor, "transfer-zh.1.1", answer="点积" * 200)
    async with showing_page(tutor, "transfer-zh.1.1") as (_, pilot, opened):
        assert answers(opened)[0].count("点") < 45
        await pilot.resize_terminal(160, 40)
        await wait_until(pilot, lambda: answers(opened)[0].count("点") > 45)
        assert max(map(cell_len, answers(opened)[0].splitlines())) <= 110
        assert opened.query_one(OptionList).virtual_size.height == 3


async def test_failures_are_reported_and_change_nothing(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    record(tutor, "papers.1.2")
    full = TutorError("The disc is full [/nope].", remedy="Free some space.")
    broken.failing = {"delete": full, "skip": full}
    async with showing_page(tutor) as (_, pilot, opened):
        await confirm(pilot, "down", "enter")
        await wait_until(pilot, lambda: opened.notice.text)
        assert opened.notice.text == (
            "✗ It was not deleted. The disc is full [/nope]. Free some space."
        )
        await pilot.press("f8")
        await wait_until(pilot, lambda: "It was not postponed." in opened.notice.text)
        assert len(answers(opened)) == 1


@pytest.mark.parametrize(
    ("call", "message", "keys"),
    [
        ("attempts", "The earlier answers could not be read.", ()),
        ("skipped", "Not everything could be looked up.", ("enter", "v", "f8", "f", "f2")),
    ],
)
async def test_a_failed_look_up_is_reported(
    tutor: StubTutor, broken: BrokenProgress, call: str, message: str, keys: tuple[str, ...]
) -> None:
    broken.failing[call] = TutorError("No [/nope] list.", remedy="Mend it.")
    async with showing(tutor, QuestionPage(tutor, "papers.1.2")) as (_, pilot, opened):
        await wait_until(
            pilot, lambda: opened.notice.text == f"✗ {message} No [/nope] list. Mend it."
        )
        assert shown(opened, "#earlier") == ""
        await pilot.press("d", "i", *keys, "escape")
        await on(pilot, TodayScreen)


async def test_the_question_is_shown_before_its_history_is_read(
    tutor: StubTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(tutor, "papers.1.2", answer="late")
    read, attempts = Event(), tutor.progress.attempts

    def slowly(question: str) -> Iterator[Attempt]:
        assert read.wait(SECONDS)
        return attempts(question)

    monkeypatch.setattr(tutor.progress, "attempts", slowly)
    async with showing(tutor, QuestionPage(tutor, "papers.1.2")) as (app, pilot, opened):
        await wait_until(pilot, lambda: shown(opened, "#standing"))
        assert shown(opened, "#earlier") == "Earlier answers: reading …"
        assert opened.check_action("ask", ())
        assert not opened.check_action("delete", ())
        read.set()
        await wait_until(pilot, lambda: answers(opened))
        assert shown(opened, "#earlier") == "Earlier answers, newest first"
        assert "late" in picture(app)


def test_first_lines_are_cut_by_cells_and_say_so() -> None:
    assert first_lines("", 10) == []
    assert first_lines("one two", 10) == ["one two"]
    assert first_lines("one two\nthree four", 10) == ["one two", "three four"]
    cut = first_lines("注意力机制的公式，以及为什么要除以维度。", 12)
    assert len(cut) == 2
    assert cut[1].endswith("…")
    assert all(cell_len(line) <= 12 for line in cut)


def test_a_standing_without_a_day_says_how_it_was_rated(tutor: StubTutor) -> None:
    standing = Standing("q.1", 1, 0.5, 0.75, NOON, (), "a1")
    dossier = QuestionDetails(None, "gone", standing, None, NOON.date(), False, None)
    assert list(standing_lines(dossier)) == [
        "Last ◐ 50 % just enough · best 75 % · 1 answer",
        "Rated good",
    ]


async def test_another_screen_is_shown_instead_of_all_that_are_open(tutor: StubTutor) -> None:
    record(tutor, "papers.1.2")
    async with showing_page(tutor) as (app, pilot, _):
        await pilot.press("i")
        await on(pilot, EarlierVerdict)
        app.post_message(ScreenAsked("browse"))
        browse = await on(pilot, BrowseScreen)
        assert app.screen_stack[1:] == [browse]
