"""Work that blocks, in a thread, with its failure reported instead of ending the app."""

from collections.abc import Callable
from typing import TypeVar

from textual.dom import DOMNode
from textual.worker import Worker, WorkerCancelled, WorkerFailed

Result = TypeVar("Result")


def background(
    owner: DOMNode,
    work: Callable[[], Result],
    done: Callable[[Result], object] | None = None,
    failed: Callable[[BaseException], object] | None = None,
) -> Worker[Result]:
    """Run `work` in a thread, then `done` with its result or `failed` with its error.

    Both are called on the owner's side of the app, and neither once the owner is gone. A thread
    cannot be stopped from outside: what it waits for has to be cancelled by its own means.
    """
    worker = owner.run_worker(work, exit_on_error=False, thread=True)

    async def follow() -> None:
        try:
            result = await worker.wait()
        except WorkerFailed as error:
            if failed is not None:
                failed(error.error)
        except WorkerCancelled:
            return
        else:
            if done is not None:
                done(result)

    owner.run_worker(follow())
    return worker


def run_in_thread(node: DOMNode, group: str, work: Callable[[], Result]) -> Worker[Result]:
    """Run `work` in a thread; `node` gets `Worker.StateChanged`, success and failure alike."""
    return node.run_worker(work, name=group, group=group, exit_on_error=False, thread=True)
