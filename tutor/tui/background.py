"""Work that blocks, in a thread, with its failure reported instead of ending the app."""

from collections.abc import Callable
from typing import TypeVar

from textual.dom import DOMNode
from textual.worker import Worker

Result = TypeVar("Result")


def run_in_thread(node: DOMNode, group: str, work: Callable[[], Result]) -> Worker[Result]:
    """Run `work` in a thread; `node` gets `Worker.StateChanged`, success and failure alike.

    A thread cannot be stopped from outside: what it waits for has to be cancelled by its own means.
    """
    return node.run_worker(work, name=group, group=group, exit_on_error=False, thread=True)
