"""Work in a thread: its result or failure is handled once, in order, and by a living owner."""

from gc import collect
from threading import Event
from warnings import catch_warnings, simplefilter

from textual.app import App
from textual.message import Message

from tests.support.patience import SECONDS
from tests.tui.conftest import wait_until
from tests.tui.steps import notes
from tutor.errors import TutorError
from tutor.tui.background import background
from tutor.tui.notice_screen import NoticeScreen


class Step(Message):
    """Posted from within the work."""


class Host(App[None]):
    """Records what it is expected."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def on_step(self) -> None:
        self.heard.append("step")


async def test_messages_of_the_work_are_handled_before_its_result() -> None:
    app = Host()

    def work() -> str:
        for _ in range(3):
            app.post_message(Step())
        return "done"

    async with app.run_test() as pilot:
        background(app, work, app.heard.append)
        await wait_until(pilot, lambda: len(app.heard) == 4)
    assert app.heard == ["step", "step", "step", "done"]


async def test_a_failure_goes_to_its_callback() -> None:
    app = Host()

    def fail() -> None:
        raise TutorError("It broke.", remedy="Try again.")

    async with app.run_test() as pilot:
        background(app, fail, failed=lambda error: app.heard.append(str(error)))
        await wait_until(pilot, lambda: app.heard)
    assert "It broke." in app.heard[0]


async def test_a_failure_without_a_callback_is_shown_to_the_student() -> None:
    app = Host()

    def fail() -> None:
        raise TutorError("It [/broke].", remedy="Try again.")

    async with app.run_test() as pilot:
        background(app, fail)
        await wait_until(pilot, lambda: notes(app))
        assert notes(app) == ["It [/broke]. Try again."]


async def test_a_failure_of_the_app_itself_stays_while_the_student_types() -> None:
    app = Host()

    def fail() -> None:
        raise TutorError("The model cannot be used.")

    async with app.run_test() as pilot:
        await app.push_screen(NoticeScreen())
        background(app, fail)
        await wait_until(pilot, lambda: notes(app))
        await pilot.press("x")
        assert notes(app) == ["The model cannot be used."]


async def test_nothing_is_called_once_the_owner_is_gone() -> None:
    app, release = Host(), Event()
    async with app.run_test():
        worker = background(app, lambda: release.wait(SECONDS), lambda _: app.heard.append("late"))
    release.set()
    assert worker.is_cancelled or worker.is_finished
    assert app.heard == []


async def test_an_app_that_ends_at_once_leaves_nothing_unawaited() -> None:
    app = Host()
    with catch_warnings():
        simplefilter("error")
        async with app.run_test():
            background(app, lambda: None, lambda _: app.heard.append("late"))
            app.workers.cancel_all()
        collect()
    assert app.heard == []
