"""Text is saved while it is typed; a failure to save is reported, and nothing is lost."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest
from textual.widgets import Static

from tests.support.patience import SECONDS
from tests.tui.conftest import wait_until
from tests.tui.doubles import BrokenProgress, StubTutor, by_id
from tests.tui.steps import (
    TodayScreen,
    VerdictScreen,
    asking,
    noted,
    on,
    picture,
    saved,
    sees,
    showing_verdict,
    shown,
    write,
)
from tutor.bank import Verdict
from tutor.errors import TutorError
from tutor.progress import Attempt, ProfileNotWritable, SessionState
from tutor.tui import autosave
from tutor.tui.autosave import SavePace
from tutor.tui.messages import AskedAgain


@pytest.mark.parametrize("more", ["", " и ещё"])
async def test_an_answer_that_cannot_be_saved_stays_with_its_grade_unless_it_is_changed(
    tutor: StubTutor, broken: BrokenProgress, more: str
) -> None:
    broken.failing["record"] = ProfileNotWritable(tutor.paths.home, OSError(28, "No space left"))
    async with asking(tutor) as (app, pilot, _):
        screen = await write(pilot, "слово")
        await pilot.press("f5")
        await sees(pilot, "Not saved.")
        assert (app.screen, screen.editor.text, screen.is_grading) == (screen, "слово", False)
        await wait_until(pilot, lambda: tutor.progress.draft("papers.1.1"))
        broken.failing.clear()
        await write(pilot, more)
        await pilot.press("f5")
        await on(pilot, VerdictScreen)
    (attempt,) = tutor.progress.attempts()
    assert attempt.answer == f"слово{more}"
    assert [answer for _, answer, _ in tutor.grading.graded] == [
        "слово",
        *[f"слово{more}"] * bool(more),
    ]
    # By a clock that stands, what was typed last may be saved behind its answer.
    assert more or tutor.progress.draft("papers.1.1") is None


async def test_no_draft_is_saved_after_dont_know(
    tutor: StubTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, recorded, go_on = tutor.progress.record, Event(), Event()

    def record_slowly(attempt: Attempt, session: SessionState | None) -> None:
        record(attempt, session)
        recorded.set()
        assert go_on.wait(SECONDS)

    monkeypatch.setattr(tutor.progress, "record", record_slowly)
    async with asking(tutor) as (_, pilot, screen):
        await write(pilot, "слово")
        tutor.now += timedelta(seconds=1)
        await pilot.press("f4")
        await wait_until(pilot, recorded.is_set)
        await wait_until(pilot, lambda: screen.autosave.is_saved)
        go_on.set()
        await on(pilot, VerdictScreen)
    assert tutor.progress.drafts() == {}


async def test_a_change_that_cannot_be_saved_is_undone_and_can_be_tried_again(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    async with showing_verdict(tutor) as (_, pilot, verdict):
        before = verdict.attempt
        broken.failing["overrule"] = OSError(5, "Input/output error", "attempts.jsonl")
        await pilot.press("space")
        await sees(pilot, "Input/output error (attempts.jsonl)")
        assert "NOT saved" in shown(verdict, "#score")
        assert "[2 HARD tomorrow]" in shown(verdict, "#ratings")
        assert verdict.attempt == before, "what is shown is what is saved"
        broken.failing.clear()
        await pilot.press("space")
        await saved(pilot, verdict)
    (attempt,) = tutor.progress.attempts()
    assert by_id(attempt.grade)["triangular"].overruled is Verdict.PARTIAL


async def test_a_session_that_cannot_be_saved_is_reported(
    tutor: StubTutor, broken: BrokenProgress
) -> None:
    broken.failing["save_session"] = TutorError("[/disc] is full.")
    async with asking(tutor) as (_, pilot, _):
        await noted(pilot, "The session could not be saved. [/disc] is full.")


async def test_interrupted_feedback_is_reported(tutor: StubTutor) -> None:
    tutor.grading.feedback_error = TutorError("The model stopped [/nope].")
    async with showing_verdict(tutor) as (app, pilot, _):
        await sees(pilot, "The model stopped [/nope].")
        assert "Als Nächstes: `matrix[i][j]`" in picture(app)
        await wait_until(pilot, lambda: tutor.grading.prepared == [("papers.1.2", "ru", "")])


async def test_a_question_that_no_longer_exists_is_reported(tutor: StubTutor) -> None:
    async with showing_verdict(tutor) as (_, pilot, verdict):
        verdict.post_message(AskedAgain("gone.1", verdict.attempt))
        await on(pilot, TodayScreen)
        await noted(pilot, "gone.1")


# --- the autosave


class Typed:
    """What is typed and what is saved; work for threads waits until the test runs it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 10.0
        self.text = ""
        self.on_disk: list[str] = []
        self.failures: list[str] = []
        self.error: OSError | None = None
        self.work: list[Callable[[], None]] = []
        self.waits: list[float] = []
        owner = Static()
        monkeypatch.setattr(owner, "set_timer", lambda wait, _: self.waits.append(wait))
        monkeypatch.setattr(autosave, "background", lambda _, work, *__: self.work.append(work))
        self.saving = autosave.Autosave(
            owner,
            self.snapshot,
            lambda: None,
            lambda error: self.failures.append(str(error)),
            pace=SavePace(settle=0.5, longest=2.0),
            monotonic=lambda: self.now,
        )

    def snapshot(self) -> Callable[[], None]:
        text = self.text
        return lambda: self.write(text)

    def write(self, text: str) -> None:
        if self.error is not None:
            raise self.error
        self.on_disk.append(text)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    return Typed(monkeypatch)


def test_an_older_text_never_follows_a_newer(typed: Typed) -> None:
    typed.text = "old"
    typed.saving.save_later()
    assert not typed.saving.is_saved
    typed.text = "new"
    assert typed.saving.save_now()
    typed.work.pop()()
    assert typed.on_disk == ["new"]
    assert typed.saving.is_saved


def test_a_text_that_could_not_be_saved_is_saved_by_the_next_try(typed: Typed) -> None:
    typed.text, typed.error = "text", OSError("The disk is full.")
    assert not typed.saving.save_now()
    assert typed.failures == ["The disk is full."]
    assert not typed.saving.is_saved
    typed.error = None
    assert typed.saving.save_now()
    assert typed.on_disk == ["text"]


def test_after_stop_nothing_is_saved_in_threads(typed: Typed) -> None:
    typed.saving.stop()
    typed.saving.save_later()
    assert typed.work == []


@pytest.mark.parametrize(
    ("times", "waits"),
    [
        pytest.param((10, 10.3), (0.5, 0.5), id="half a second after the last key"),
        pytest.param((10, 11, 11.8), (0.5, 0.5, 0.2), id="two seconds after the first key"),
        pytest.param((10, 11.9, 12, 12.1), (0.5, 0.1, 0.5), id="and anew after saving"),
    ],
)
def test_text_is_saved_soon_after_the_last_key_and_the_first(
    typed: Typed, times: tuple[float, ...], waits: tuple[float, ...]
) -> None:
    for typed.now in times:
        typed.saving.touch()
    assert typed.waits == pytest.approx(waits)


def test_what_has_waited_for_long_enough_is_saved_without_a_timer(typed: Typed) -> None:
    typed.text = "steady"
    typed.saving.touch()
    typed.now += 2  # Textual divides by the wait of a timer
    typed.saving.touch()
    typed.work.pop()()
    assert (typed.waits, typed.on_disk) == ([0.5], ["steady"])
    assert typed.saving.is_saved
