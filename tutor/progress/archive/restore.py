"""Putting another history, or other standings, in the place of a profile's: all of it or nothing.

What shall be is first made whole in a folder of its own, and opened there as every start opens a
profile; so what cannot be opened never gets in. Then the folder takes the name `restoring`, in one
step: from here on it counts. Its files take the places of the old ones, and where a crash comes
between, the next that opens the profile goes on.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from tinydb import TinyDB

from tutor.files import sync_folder, write_safely
from tutor.paths import Paths, private_folder
from tutor.progress.archive.contents import EMPTY_TABLES, Contents
from tutor.progress.errors import ProfileNotWritable
from tutor.progress.history import History
from tutor.progress.lock import ProfileLock
from tutor.progress.records import Standing
from tutor.progress.snapshot import read_checkpoint
from tutor.progress.state import ProgressState
from tutor.progress.storage import SafeStorage
from tutor.progress.store import open_progress
from tutor.progress.unfinished_restore import DRAFTS, finish_replacing, staged

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Remade:
    """What a history comes to."""

    standings: Mapping[str, Standing]
    damaged: int
    """The lines that cannot be read."""

    @property
    def attempts(self) -> int:
        """How many attempts there are."""
        return sum(standing.attempts for standing in self.standings.values())


@contextmanager
def locked(paths: Paths, now: datetime) -> Iterator[None]:
    """Alone in a profile that nobody has open, an interrupted replacement finished.

    Raises ProfileLocked, ProfileNotWritable.
    """
    with ExitStack() as undo:
        try:
            private_folder(paths.home)
            undo.callback(ProfileLock(paths.lock).take(now).release)
            finish_replacing(paths)
            yield
        except OSError as error:
            named = error.filename if isinstance(error.filename, str) else paths.home
            raise ProfileNotWritable(Path(named), error) from error


def replace_contents(paths: Paths, contents: Contents, clock: Clock) -> Remade:
    """Put `contents`, and the standings made from them, in the place of what the profile holds.

    The caller is alone in the profile. Raises ProfileTooNew, OSError; nothing is changed then.
    """
    made, remade = _make(paths, contents, clock)
    made.rename(staged(paths))
    sync_folder(paths.home)
    finish_replacing(paths)
    return remade


def replace_standings(paths: Paths, history: bytes, clock: Clock) -> Remade:
    """Make `progress.json` anew from the profile's own `history`; all else stays as it is.

    The caller is alone in the profile. Raises ProfileTooNew, OSError; nothing is changed then.
    """
    made, remade = _make(paths, Contents(history), clock)
    (made / paths.state.name).replace(paths.state)
    sync_folder(paths.home)
    shutil.rmtree(made)
    return remade


def _make(paths: Paths, contents: Contents, clock: Clock) -> tuple[Path, Remade]:
    """A profile in a folder beside, made from `contents`, and what it comes to."""
    folder = staged(paths).with_suffix(".tmp")
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
    beside = Paths(home=private_folder(folder), resources=paths.resources)
    write_safely(beside.history, contents.history)
    if contents.drafts is not None:
        write_safely(folder / DRAFTS, contents.drafts)
    with open_progress(beside, clock=clock) as progress:
        remade = Remade(dict(progress.standings()), progress.damaged_lines)
    if not beside.state.exists():
        write_safely(beside.state, EMPTY_TABLES)
    return folder, remade


@dataclass(frozen=True)
class Change:
    """How one part of the state differs, by the keys of its entries."""

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
    """What a rebuilding has done."""

    changes: tuple[Change, ...]
    """One for each part of the state, differing or not."""
    remade: Remade
    notices: tuple[str, ...]
    """What had to be repaired, in words."""

    @property
    def different(self) -> int:
        """How many entries are not what they were."""
        return sum(len(c.new) + len(c.changed) + len(c.gone) for c in self.changes)


def rebuild(paths: Paths, *, clock: Clock) -> Rebuilt:
    """Make `progress.json` from the history; drafts, session and history stay as they are.

    Raises ProfileLocked, ProfileNotWritable, ProfileTooNew; nothing is changed then.
    """
    with locked(paths, clock()):
        before = _state(paths.state)
        history = History(paths.history)
        notices = history.open(clock())
        data = paths.history.read_bytes() if history.size else b""
        remade = replace_standings(paths, data, clock)
        after = _state(paths.state)
    parts = (field.name for field in fields(ProgressState))
    changes = (_change(part, getattr(before, part), getattr(after, part)) for part in parts)
    return Rebuilt(tuple(changes), remade, notices)


def _state(path: Path) -> ProgressState:
    """The state in the file at `path`; none where it cannot be read. Raises ProfileTooNew."""
    try:
        checkpoint = read_checkpoint(TinyDB(storage=lambda: SafeStorage(path)), path)
    except ValueError:
        return ProgressState()
    return checkpoint.state if checkpoint else ProgressState()


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
