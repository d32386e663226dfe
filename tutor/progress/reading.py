"""The state, read next to a running tutor: nothing is locked, repaired or written."""

from pathlib import Path

from tinydb import TinyDB
from tinydb.storages import MemoryStorage

from tutor.paths import Paths
from tutor.progress.errors import HistoryUnreadable
from tutor.progress.history import History
from tutor.progress.records import SCHEMA
from tutor.progress.snapshot import Checkpoint, read_checkpoint
from tutor.progress.state import ProgressState
from tutor.progress.storage import parse_tables


def read_state(paths: Paths) -> ProgressState:
    """The state as the disk has it; what a running tutor saves meanwhile may be missing.

    Quick where the checkpoint is up to date; else the rest of the history is read, or all of it.
    Raises ProfileTooNew, HistoryUnreadable.
    """
    try:
        history = History(paths.history, size=paths.history.stat().st_size)
        return _state(history, _checkpoint(paths.state))
    except FileNotFoundError:
        return ProgressState()
    except OSError as error:
        raise HistoryUnreadable(paths.history, error) from error


def _state(history: History, known: Checkpoint) -> ProgressState:
    meta = known.meta
    valid = meta.version == SCHEMA and history.fingerprint(meta.offset) == meta.fingerprint
    if valid and meta.offset == history.size:
        return known.state
    from tutor.progress.replay import reaches_back, replay  # here, since grades need pydantic

    if valid and not reaches_back(history, meta.offset):
        return replay(history, meta.offset, known.state).state
    return replay(history, 0, ProgressState()).state


def _checkpoint(path: Path) -> Checkpoint:
    """What was made of the history last; an empty one where there is none that can be read."""
    try:
        tables = parse_tables(path.read_bytes())
        database = TinyDB(storage=MemoryStorage)
        database.storage.write(tables)
        return read_checkpoint(database, path) or Checkpoint()
    except (FileNotFoundError, ValueError):
        return Checkpoint()
