"""Reads progress while the tutor may be running: nothing is locked, repaired or written.

What the tutor saves while this reads may be missing. A profile without a history is empty.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.paths import Paths
from tutor.progress.errors import reading
from tutor.progress.history import History
from tutor.progress.records import SCHEMA
from tutor.progress.snapshot import stored_checkpoint
from tutor.progress.state import ProgressState

if TYPE_CHECKING:
    from tutor.progress.events import Attempt
    from tutor.progress.exams import ExamRecord

# `replay` and `exams` are imported where they are used, since they load pydantic.


def read_state(paths: Paths) -> ProgressState:
    """The state as it is on the disk. Raises ProfileTooNew, HistoryUnreadable.

    Quick if the checkpoint is up to date; otherwise the rest of the history is read, or all of it.
    """
    with reading(paths.history):
        history = History(paths.history)
        if not history.size:
            return ProgressState()
        checkpoint = stored_checkpoint(paths.state)
        meta = checkpoint.meta
        valid = meta.version == SCHEMA and history.fingerprint(meta.offset) == meta.fingerprint
        if valid and meta.offset == history.size:
            return checkpoint.state
        from tutor.progress.replay import reaches_back, replay

        if valid and not reaches_back(history, meta.offset):
            return replay(history, meta.offset, checkpoint.state).state
        return replay(history, 0, ProgressState()).state


def read_history(path: Path) -> "Iterator[Attempt]":
    """All attempts in the history at `path`, oldest first, with overrulings applied.

    Damaged lines are skipped. Raises ProfileTooNew, HistoryUnreadable.
    """
    from tutor.progress.replay import read_attempts

    with reading(path):
        yield from read_attempts(History(path))


def read_exam_records(path: Path) -> "tuple[ExamRecord, ...]":
    """All exams in the history at `path`, oldest first. Raises ProfileTooNew, HistoryUnreadable."""
    from tutor.progress.exams import read_exams

    with reading(path):
        return tuple(read_exams(History(path)).values())
