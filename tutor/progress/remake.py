"""Putting another history, or other standings, in the place of a profile's: all of it or nothing.

What shall be is first made whole in a folder of its own, and opened there as every start opens a
profile; so what cannot be opened never gets in. Then the folder takes the name `restoring`, in one
step: from here on it counts. Its files take the places of the old ones, and where a crash comes
between, the next that opens the profile goes on.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tutor.paths import Paths, private_folder
from tutor.progress.archive import EMPTY_TABLES, Contents
from tutor.progress.errors import ProfileNotWritable
from tutor.progress.files import sync_folder, write_safely
from tutor.progress.lock import ProfileLock
from tutor.progress.model import Standing
from tutor.progress.moving import DRAFTS, finish_replacing, staged
from tutor.progress.store import open_progress

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
