"""Runs blocking work in a thread, and reports its failure instead of ending the app."""

from collections.abc import Callable
from typing import TypeVar

from textual.app import App
from textual.dom import DOMNode
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from tutor.tui.labels import explain
from tutor.tui.notice_screen import complain

Result = TypeVar("Result")


def background(
    owner: DOMNode,
    work: Callable[[], Result],
    done: Callable[[Result], object] | None = None,
    failed: Callable[[BaseException], object] | str = "",
) -> Worker[Result]:
    """Run `work` in a thread, then `done` with its result or `failed` with its error.

    If `failed` is a text, such as "Not saved.", the student reads it, followed by what went wrong:
    on the owner's screen, or if the owner is the app in a toast, since the student may be typing
    anywhere, which clears a notice. All this happens in the app's event loop, after the owner has
    handled every message that `work` posted to it, and not at all once the owner is gone. A thread
    cannot be stopped from outside: cancel whatever it waits for.
    """
    worker = owner.run_worker(work, exit_on_error=False, thread=True)

    def report(error: BaseException) -> None:
        if callable(failed):
            failed(error)
        else:
            place = owner if isinstance(owner, App) else owner.screen
            complain(place, f"{failed} {explain(error)}".lstrip())

    async def follow() -> None:
        try:
            result = await worker.wait()
        except WorkerFailed as error:
            owner.call_later(report, error.error)
        except WorkerCancelled:
            return
        else:
            if done is not None:
                owner.call_later(done, result)

    _: Worker[None] = owner.run_worker(follow)  # not follow(), which may never be awaited
    return worker


async def in_thread(owner: DOMNode, work: Callable[[], Result]) -> Result:
    """The result of `work`, for a worker to wait for. Raises `WorkerFailed` with its error."""
    return await owner.run_worker(work, exit_on_error=False, thread=True).wait()
