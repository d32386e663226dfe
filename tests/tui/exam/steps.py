"""What a student does in an exam, as steps of a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import Kind, TodayScreen, on, running
from tutor.progress import ExamAnswered, ExamPlace
from tutor.study.exam import ExamSpec, ExamState, begin_exam, grade_exam, resume_exam
from tutor.tui import TutorApp
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.exam.grading import GradingScreen
from tutor.tui.exam.report import ReportScreen
from tutor.tui.exam.resume import LeftScreen
from tutor.tui.exam.run import RunningScreen
from tutor.tui.exam.setup import SetupScreen
from tutor.tui.messages import ScreenAsked

__all__ = ["GradingScreen", "LeftScreen", "ReportScreen", "RunningScreen"]


async def ask_exam(pilot: Pilot[None], kind: type[Kind]) -> Kind:
    """Go from Today to the exam, which begins with a screen of this kind."""
    await on(pilot, TodayScreen)
    pilot.app.post_message(ScreenAsked("exam"))
    return await on(pilot, kind)


async def start_exam(pilot: Pilot[None], *keys: str) -> RunningScreen:
    """Go from Today into an exam of all questions; press these keys in the setup first."""
    await ask_exam(pilot, SetupScreen)
    await pilot.press(*keys, "enter")
    return await on(pilot, RunningScreen)


@asynccontextmanager
async def taking_exam(
    tutor: StubTutor, *keys: str
) -> AsyncIterator[tuple[TutorApp, Pilot[None], RunningScreen]]:
    """The app in an exam of all questions, as after `start_exam`."""
    async with running(tutor) as (app, pilot):
        yield app, pilot, await start_exam(pilot, *keys)


def left_at(
    tutor: StubTutor, position: int, used: float, text: str = "", spent: float = 0
) -> ExamState:
    """The exam of `begun`, left after `used` seconds at a question with this text."""
    tutor.progress.save_exam_place(ExamPlace("e1", position, used, text, "ru", spent))
    return resume_exam(tutor.progress, "e1")


async def resumed(pilot: Pilot[None], kind: type[Kind]) -> Kind:
    """Go from Today to the exam that was left, and wait for the screen that follows."""
    left = await ask_exam(pilot, LeftScreen)
    await wait_until(pilot, lambda: left.check_action("resume", ()))
    await pilot.press("enter")
    return await on(pilot, kind)


async def answer(pilot: Pilot[None], text: str) -> RunningScreen:
    """Write an answer, all at once."""
    screen = await on(pilot, RunningScreen)
    screen.editor.insert(text)
    await pilot.pause()
    return screen


async def asked(pilot: Pilot[None]) -> ChoiceScreen:
    """The choices, once they are on top."""
    return await on(pilot, ChoiceScreen)


async def choose(pilot: Pilot[None], id_: str) -> None:
    """Choose what has this id in a list of choices."""
    choices = (await asked(pilot)).query_one(OptionList)
    choices.highlighted = choices.get_option_index(id_)
    await pilot.press("enter")


async def end(pilot: Pilot[None], kind: type[Kind]) -> Kind:
    """End the exam, and wait for the screen that follows."""
    await pilot.press("f10")
    await choose(pilot, "end")
    return await on(pilot, kind)


async def reported(pilot: Pilot[None]) -> ReportScreen:
    """The report, once it is made."""
    screen = await on(pilot, ReportScreen)
    await wait_until(pilot, lambda: screen.outcome is not None)
    return screen


def begun(tutor: StubTutor, *, exam: str = "e1", minutes: float | None = 30) -> ExamState:
    """An exam of all three questions."""
    spec = ExamSpec(number=10, minutes=minutes, seed=5)
    return begin_exam(tutor, spec, exam=exam)


def answered(
    tutor: StubTutor, state: ExamState, number: int, text: str, took: float = 9
) -> ExamAnswered:
    """An answer to the question with this number, from 0."""
    question = state.questions[number]
    return ExamAnswered(
        id=tutor.new_id(), at=tutor.now, exam=state.id, question=question,
        language=tutor.bank.deck_of(question).language, answer=text, seconds=took,
    )  # fmt: skip


def handed_in(tutor: StubTutor, state: ExamState, number: int, text: str, took: float = 9) -> None:
    """Hand an answer in without the screen."""
    tutor.progress.note(answered(tutor, state, number, text, took))


def over(tutor: StubTutor, *texts: str, exam: str = "e1", graded: bool = True) -> ExamState:
    """An exam that is over, with these answers."""
    state = begun(tutor, exam=exam)
    for number, text in enumerate(texts):
        handed_in(tutor, state, number, text, took=65.0 * (number + 1))
    tutor.progress.end_exam(exam, "handed-in", 600)
    if graded:
        steps = grade_exam(tutor, exam, tutor.grading.grade)
        assert len(list(steps)) == len([text for text in texts if text.strip()])
    return resume_exam(tutor.progress, exam)


def the_exam(tutor: StubTutor) -> ExamState:
    """The only exam, as it is on the disk."""
    (record,) = tutor.progress.past_exams()
    return resume_exam(tutor.progress, record.begun.exam)
