"""Making the state from the history again, and telling what that changed."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from tinydb import TinyDB

from tutor.paths import Paths
from tutor.progress.checkpoint import read_checkpoint
from tutor.progress.history import History
from tutor.progress.remake import Clock, Remade, locked, replace_standings
from tutor.progress.state import State
from tutor.progress.storage import SafeStorage


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
    parts = (field.name for field in fields(State))
    changes = (_change(part, getattr(before, part), getattr(after, part)) for part in parts)
    return Rebuilt(tuple(changes), remade, notices)


def _state(path: Path) -> State:
    """The state in the file at `path`; none where it cannot be read. Raises ProfileTooNew."""
    try:
        checkpoint = read_checkpoint(TinyDB(storage=lambda: SafeStorage(path)), path)
    except ValueError:
        return State()
    return checkpoint.state if checkpoint else State()


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
