"""Taking an exam: against the clock, without help, and without losing a word."""

import shutil
from pathlib import Path

from tests.tui.conftest import wait_until
from tests.tui.doubles import BrokenProgress, StubTutor
from tests.tui.exam.steps import (
    ReportScreen,
    RunningScreen,
    answer,
    asked,
    begun,
    choose,
    end,
    handed_in,
    resumed,
    taking_exam,
    the_exam,
)
from tests.tui.steps import TodayScreen, on, picture, press_fast, running, sees, showing, shown
from tutor.bank import open_bank
from tutor.errors import TutorError
from tutor.paths import Paths
from tutor.progress import Progress, open_progress
from tutor.study.exam import resume_exam
from tutor.tui.autosave import SavePace
from tutor.tui.messages import StudyAsked


def written(tutor: StubTutor) -> list[str]:
    """The texts on the disk, in the order of the questions."""
    state = the_exam(tutor)
    return [state.written[id_].text if id_ in state.written else "" for id_ in state.questions]


async def test_what_is_typed_is_saved_and_nothing_helps_before_the_end(tutor: StubTutor) -> None:
    async with taking_exam(tutor) as (app, pilot, _):
        await pilot.press(*"слово")
        assert "not saved yet" in picture(app)
        await sees(pilot, "saved · 1 word")
        place = tutor.progress.exam_place()
        assert place is not None
        assert (place.text, place.position) == ("слово", 0)
        await pilot.press("f5", "f5", "f5")
        await asked(pilot)
        assert "ready" not in picture(app)
    assert tutor.grading.prepared == []
    assert tutor.grading.graded == []
    assert tutor.progress.drafts() == {}


async def test_keys_that_come_all_at_once_keep_their_order(tutor: StubTutor) -> None:
    async with taking_exam(tutor) as (app, pilot, screen):
        for burst, hand_in in (("abc", "f5"), ("def", "ctrl+о")):
            press_fast(pilot, *burst, hand_in)
        await wait_until(pilot, lambda: shown(screen, "#count") == "3 of 3")
        await wait_until(pilot, lambda: written(tutor) == ["abc", "def", ""])
        press_fast(pilot, "g", "escape", "x", "f10", "enter")
        await on(pilot, TodayScreen)
        await pilot.pause()
        assert isinstance(app.screen, TodayScreen)
    place = tutor.progress.exam_place()
    assert place is not None
    assert place.text == "g"
    assert not the_exam(tutor).record.over


async def test_an_earlier_answer_can_be_changed_and_removed(tutor: StubTutor) -> None:
    async with taking_exam(tutor) as (_, pilot, screen):
        assert screen.check_action("back", ()) is None
        await answer(pilot, "eins")
        await pilot.press("f5", "shift+f5")
        assert screen.editor.text == "eins"
        assert screen.editor.cursor_location == (0, 4)
        await answer(pilot, " und zwei")
        await pilot.press("f5", "shift+f5", "shift+f5")
        assert (shown(screen, "#count"), screen.editor.text) == ("1 of 3", "eins und zwei")
        await wait_until(pilot, lambda: written(tutor)[0] == "eins und zwei")
        screen.editor.clear()
        await pilot.press("f5")
        await wait_until(pilot, lambda: written(tutor)[0] == "")


async def test_quitting_and_going_elsewhere_lose_nothing(tutor: StubTutor) -> None:
    async with taking_exam(tutor) as (_, pilot, _):
        await answer(pilot, "не потерять")
        await pilot.press("ctrl+q")
    assert written(tutor)[0] == "не потерять"
    async with running(tutor) as (again, pilot):
        await resumed(pilot, RunningScreen)
        await answer(pilot, "!")
        again.post_message(StudyAsked("deck", "papers"))
        await wait_until(pilot, lambda: not isinstance(again.screen, RunningScreen))
        await wait_until(pilot, lambda: written(tutor)[0] == "не потерять!")


class Crashing:
    """A progress that copies the profile after each change, as a crash would leave it."""

    def __init__(self, real: Progress, home: Path, copies: Path) -> None:
        self._real, self._home, self._copies = real, home, copies
        self.copies: list[Path] = []

    def __getattr__(self, name: str) -> object:
        found = getattr(self._real, name)
        if name not in ("note", "save_exam_place"):
            return found

        def change(given: object) -> None:
            found(given)
            copy = self._copies / str(len(self.copies))
            shutil.copytree(self._home, copy)
            self.copies.append(copy)

        return change


async def test_killed_at_any_moment_the_newest_text_comes_back(
    tutor: StubTutor, paths: Paths, tmp_path: Path
) -> None:
    state = begun(tutor)
    crashing = Crashing(tutor.progress, paths.home, tmp_path)
    tutor.progress = crashing  # type: ignore[assignment]
    screen = RunningScreen(tutor, state, pace=SavePace(settle=0.01))
    async with showing(tutor, screen) as (_, pilot, _):
        for part in ("a", "b", "c"):
            await answer(pilot, part)
            await wait_until(pilot, lambda: screen.autosave.is_saved)
            await answer(pilot, part)  # typed, and handed in before it is saved
            await pilot.press("f5", "shift+f5")
            await wait_until(pilot, lambda: screen.autosave.is_saved)
    seen: list[str] = []
    for copy in crashing.copies:
        with open_progress(Paths(copy, copy), clock=tutor.clock) as progress:
            found = resume_exam(progress, state.id)
            assert len(list(progress.attempts())) == 0
        kept = found.written.get(state.questions[0])
        seen.append("" if kept is None else kept.text)
    assert seen == sorted(seen, key=len)
    assert (
        {"", "a", "aa", "aab", "aabb", "aabbc", "aabbcc"} >= set(seen) >= {"aa", "aabb", "aabbcc"}
    )


async def test_the_overview_shows_what_is_answered_and_goes_there(tutor: StubTutor) -> None:
    async with taking_exam(tutor) as (app, pilot, screen):
        await pilot.press("f5")
        await answer(pilot, "два слова")
        await pilot.press("f12")
        await asked(pilot)
        assert "1 of 3 questions answered; unanswered: 1, 3." in picture(app)
        assert "2  ✓ 2 words" in picture(app)
        assert "3  – unanswered" in picture(app)
        await pilot.press("escape")
        assert (app.screen, screen.exam.at) == (screen, 1)
        await pilot.press("f12")
        await choose(pilot, "2")
        await wait_until(pilot, lambda: shown(screen, "#count") == "3 of 3")


async def test_ending_early_names_what_is_unanswered_and_asks(tutor: StubTutor) -> None:
    async with taking_exam(tutor) as (app, pilot, screen):
        await pilot.press("f5")
        await answer(pilot, "да")
        await pilot.press("f10")
        await asked(pilot)
        assert "unanswered: 1, 3. After the end" in " ".join(picture(app).split())
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is screen)
        assert shown(screen, "#count") == "1 of 3"
        assert not the_exam(tutor).record.over
        await end(pilot, ReportScreen)
    record = the_exam(tutor).record
    assert record.steps[0].how == "handed-in"
    assert len(record.attempts) == 1


async def test_f5_on_the_last_question_ends_when_all_are_answered(tutor: StubTutor) -> None:
    async with taking_exam(tutor) as (app, pilot, _):
        for text in ("a", "b", "c"):
            await answer(pilot, text)
            await pilot.press("f5")
        await asked(pilot)
        assert "All 3 questions are answered." in picture(app)
        await pilot.press("enter")
        await on(pilot, ReportScreen)
    assert sorted(text for _, text, _ in tutor.grading.graded) == ["a", "b", "c"]


async def test_the_language_changes_in_turn_and_stays(tutor: StubTutor) -> None:
    state = begun(tutor)
    async with showing(tutor, RunningScreen(tutor, state)) as (_, pilot, screen):
        papers = [at for at, id_ in enumerate(state.questions) if id_.startswith("papers")]
        screen.turn_to(papers[0])
        first = shown(screen, "#prompt")
        await pilot.press("f2")
        while "English" in shown(screen, "#about"):
            await pilot.press("f2")
        assert shown(screen, "#prompt") != first
        screen.turn_to(papers[1])
        assert shown(screen, "#prompt").startswith(("How does", "What are"))
        screen.turn_to(papers[0])
        await answer(pilot, "yes")
        await pilot.press("f5", "escape")
    answers = the_exam(tutor).record.answers
    assert answers[state.questions[papers[0]]].language == "en"


async def test_what_cannot_be_saved_is_reported_and_kept_until_it_can(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    state = begun(tutor)
    async with showing(tutor, RunningScreen(tutor, state)) as (app, pilot, screen):
        broken.failing["note"] = TutorError("The disc is full [/nope].")
        broken.failing["save_exam_place"] = TutorError("The disc is full [/nope].")
        await answer(pilot, "слово")
        await pilot.press("f5")
        await wait_until(pilot, lambda: "The disc is full [/nope]." in screen.notice.text)
        assert "NOT saved" in picture(app)
        await pilot.press("escape")
        assert app.screen is screen
        broken.failing.clear()
        await pilot.press("escape")
        await on(pilot, TodayScreen)
    assert written(tutor)[0] == "слово"


async def test_an_end_that_cannot_be_saved_is_tried_again(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    handed_in(tutor, begun(tutor), 0, "да")
    broken.failing["end_exam"] = OSError(28, "No space left on device")
    screen = RunningScreen(tutor, resume_exam(tutor.progress, "e1"))
    async with showing(tutor, screen) as (_, pilot, _):
        await pilot.press("f10")
        await choose(pilot, "end")
        await wait_until(pilot, lambda: "Press F10 to try again." in screen.notice.text)
        assert screen.editor.read_only
        assert screen.check_action("next", ()) is False
        broken.failing.clear()
        await pilot.press("f10")
        await on(pilot, ReportScreen)


async def test_a_question_that_is_gone_is_reported_and_skipped(
    tutor: StubTutor, paths: Paths
) -> None:
    state = begun(tutor)
    gone = state.questions[0]
    section = tutor.bank.info(gone).file
    text = section.read_text(encoding="utf-8")
    section.write_text(text.replace(f"id: {gone}\n", f"id: {gone}9\n"), encoding="utf-8")
    tutor.bank = open_bank(paths.questions, None)
    async with showing(tutor, RunningScreen(tutor, state)) as (app, pilot, screen):
        await sees(pilot, "no longer in the bank")
        frozen = [screen.editor.read_only]
        await pilot.press("f5")
        frozen.append(screen.editor.read_only)
        assert frozen == [True, False]
        await answer(pilot, "да")
        report = await end(pilot, ReportScreen)
        await wait_until(pilot, lambda: report.outcome is not None)
        assert f"{gone} is no longer in the bank" in picture(app)
