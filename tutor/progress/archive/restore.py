"""Replaces a profile's history, or only its standings, as a whole or not at all.

The new profile is first built in a folder of its own and opened there, so one that cannot be opened
never replaces the old one. Then the folder is renamed to `restoring`: from this step on the new
profile counts. Its files are moved over the old ones; after a crash in between, whoever opens the
profile next finishes the job.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from tutor.files import sync_folder, write_safely
from tutor.paths import Paths, private_folder
from tutor.progress.errors import ProfileTooNew, writing
from tutor.progress.history import History
from tutor.progress.lock import DRAFTS, enter, finish_replacing, staged
from tutor.progress.records import SCHEMA, Standing
from tutor.progress.snapshot import stored_checkpoint
from tutor.progress.state import ProgressState
from tutor.progress.store import Clock, open_progress

EMPTY_TABLES = b"{}"
"""A TinyDB file without tables."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a profile is made from."""

    history: bytes
    drafts: bytes | None = None
    """None if there are none, or if those in the profile are to stay."""


@dataclass(frozen=True)
class HistorySummary:
    """The standings that a history leads to."""

    standings: Mapping[str, Standing]
    damaged: int
    """How many lines cannot be read."""

    @property
    def attempts(self) -> int:
        """How many attempts there are."""
        return sum(standing.attempts for standing in self.standings.values())


@contextmanager
def locked(paths: Paths, now: datetime) -> Iterator[None]:
    """Hold the lock of a profile that nobody has open; finishes an interrupted replacement.

    Raises ProfileLocked, ProfileNotWritable.
    """
    with writing(paths.home, or_below=True):
        lock = enter(paths, now)
        try:
            yield
        finally:
            lock.release()


def replace_contents(
    paths: Paths, contents: Contents, source: Path, clock: Clock
) -> HistorySummary:
    """Replace the profile by `contents` and the standings built from them.

    The caller has the lock. Raises ProfileTooNew, naming `source`, and OSError; nothing is changed
    then.
    """
    folder, summary = _build(paths, contents, source, clock)
    folder.rename(staged(paths))
    sync_folder(paths.home)
    finish_replacing(paths)
    return summary


def _build(
    profile: Paths, contents: Contents, source: Path, clock: Clock
) -> tuple[Path, HistorySummary]:
    """Build a profile from `contents` in a folder inside `profile`; returns it and a summary.

    `source` is the file that the contents came from. After an error the folder is gone.
    """
    folder = staged(profile).with_suffix(".tmp")
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        paths = Paths(home=private_folder(folder), resources=profile.resources)
        write_safely(paths.history, contents.history)
        if contents.drafts is not None:
            write_safely(folder / DRAFTS, contents.drafts)
        try:
            with open_progress(paths, clock=clock) as progress:
                summary = HistorySummary(dict(progress.standings()), progress.damaged_lines)
        except ProfileTooNew as error:
            raise ProfileTooNew(source, error.version, SCHEMA) from error
        if not paths.state.exists():
            write_safely(paths.state, EMPTY_TABLES)
        undo.pop_all()
    return folder, summary


@dataclass(frozen=True)
class Change:
    """How one part of the state has changed, by the keys of its entries."""

    part: str
    """Such as `standings`, whose keys are questions."""
    before: int
    after: int
    """How many entries there were, and are."""
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild has changed."""

    changes: tuple[Change, ...]
    """One for each part of the state, changed or not."""
    summary: HistorySummary
    notices: tuple[str, ...]
    """Messages about repairs."""


def rebuild(paths: Paths, *, clock: Clock) -> Rebuilt:
    """Rebuild `progress.json` from the history; drafts, sessions and the history stay as they are.

    Raises ProfileLocked, ProfileNotWritable, ProfileTooNew; nothing is changed then.
    """
    with locked(paths, clock()):
        before = stored_checkpoint(paths.state).state
        history = History(paths.history)
        notices = history.open(clock())
        data = paths.history.read_bytes() if history.size else b""
        folder, summary = _build(paths, Contents(data), paths.history, clock)
        (folder / paths.state.name).replace(paths.state)
        sync_folder(paths.home)
        shutil.rmtree(folder)
        after = stored_checkpoint(paths.state).state
    parts = (field.name for field in fields(ProgressState))
    changes = (_change(part, getattr(before, part), getattr(after, part)) for part in parts)
    return Rebuilt(tuple(changes), summary, notices)


def _change(part: str, before: Mapping[object, object], after: Mapping[object, object]) -> Change:
    both = before.keys() & after.keys()
    return Change(
        part,
        len(before),
        len(after),
        new=_names(after.keys() - both),
        changed=_names({key for key in both if before[key] != after[key]}),
        gone=_names(before.keys() - both),
    )


def _names(keys: set[object]) -> tuple[str, ...]:
    return tuple(sorted(map(str, keys)))
