"""Runs blocking work in a thread, and reports its failure instead of ending the app."""

from collections.abc import Callable
from typing import TypeVar

from textual.dom import DOMNode
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from tutor.tui.labels import explain

Result = TypeVar("Result")


def background(
    owner: DOMNode,
    work: Callable[[], Result],
    done: Callable[[Result], None] | None = None,
    failed: Callable[[BaseException], None] | None = None,
) -> Worker[Result]:
    """Run `work` in a thread, then `done` with its result or `failed` with its error.

    Without `failed` the student is notified of the error. Both are called in the app's event loop,
    after the owner has handled every message that `work` posted to it, and neither is called once
    the owner is gone. A thread cannot be stopped from outside: cancel whatever it waits for.
    """
    worker = owner.run_worker(work, exit_on_error=False, thread=True)

    async def follow() -> None:
        try:
            result = await worker.wait()
        except WorkerFailed as error:
            if failed is None:
                owner.app.notify(explain(error.error), severity="error", markup=False)
            else:
                owner.call_later(failed, error.error)
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
