"""The history with the state made from it, and the checkpoint that saves making it again."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.files import set_aside
from tutor.formatting import count_of
from tutor.paths import Paths
from tutor.progress.errors import AttemptNotFound
from tutor.progress.history import History
from tutor.progress.records import SCHEMA, Damaged, UnknownLine
from tutor.progress.snapshot import Checkpoint, SnapshotMeta, read_checkpoint, write_checkpoint
from tutor.progress.state import ProgressState, StateBuilder, with_attempt, with_notes
from tutor.progress.storage import open_kept

if TYPE_CHECKING:
    from tutor.progress.event_lines import Event
    from tutor.progress.events import Attempt, Undone
    from tutor.progress.replay import Change, Replay, Undoable

# `attempt` and `replay` are imported where the history is read: an unchanged profile opens without
# them, and so without pydantic, which takes longer than all the rest.

_LAG = 20
"""The checkpoint may lag by one event for so many standings and days. Writing it costs in
proportion to these, so an event's share of that cost stays the same however many there are; and
with many it is written at fewer than one save in twenty."""

Tell = Callable[[str], None]
Newest = Mapping[str, "Attempt"]
"""The last attempt at each question, of those that were read anew."""


class Ledger:
    """What has happened and what it comes to. The checkpoint follows; the history is the truth.

    One thread at a time. A change raises OSError or ProfileNotWritable, and is then not made.
    """

    def __init__(self, paths: Paths, clock: Callable[[], datetime], tell: Tell) -> None:
        self.state = ProgressState()
        self.damaged = 0
        """How many lines of the history cannot be read."""
        self.recent: dict[str, Attempt] = {}
        """The last attempt at each question, where this run has seen it."""
        self._paths = paths
        self._clock = clock
        self._tell = tell
        self._pending = 0
        self._history = History(paths.history)

    def open(self) -> Newest:
        """Repair what is damaged, and catch up with the history."""
        now = self._clock()
        for notice in self._history.open(now):
            self._tell(notice)
        self._kept = open_kept(
            self._paths.state, self._paths.home / "backups", now, read_checkpoint
        )
        for notice in self._kept.notices:
            self._tell(notice)
        return self._load(self._kept.value)

    @property
    def end(self) -> int:
        """The history's length in bytes."""
        return self._history.size

    @property
    def history(self) -> History:
        """The history, to be read."""
        return self._history

    @property
    def changed(self) -> bool:
        """Whether someone else has changed the history."""
        return self._history.changed

    def catch_up(self) -> Newest:
        """Someone else, or an append that failed half-way, has changed the history."""
        for notice in self._history.open(self._clock()):
            self._tell(notice)
        return self._rebuild(f"{self._paths.history.name} was changed by another program")

    def events(self, *marks: bytes) -> "Iterator[Event | Damaged | UnknownLine]":
        """The events up to now whose lines hold any of `marks`."""
        return self._history.events(0, self.end, having=marks)

    def attempts(self, question: str = "", end: int | None = None) -> "Iterator[Attempt]":
        """All attempts as they count, or those at one question. Damaged lines are passed over."""
        from tutor.progress.replay import read_attempts

        for event in read_attempts(self._history, end=end, question=question):
            if not isinstance(event, Damaged):
                yield event

    def find(self, attempt_id: str) -> "Attempt":
        """The attempt as it counts. Raises AttemptNotFound."""
        from tutor.progress.replay import find_attempt

        recent = (attempt for attempt in self.recent.values() if attempt.id == attempt_id)
        attempt = next(recent, None) or find_attempt(self._history, attempt_id)
        if attempt is None:
            raise AttemptNotFound(attempt_id)
        return attempt

    def last_undoable(self) -> "tuple[Undoable, set[str]] | None":
        """What can be undone next, and the questions that it is about."""
        from tutor.progress.replay import last_undoable, questions_of

        last = last_undoable(self._history)
        return None if last is None else (last, questions_of(self._history, last))

    def last_redoable(self) -> "tuple[Undone, Undoable, set[str]] | None":
        """The undo that can be undone next, what it undid, and the questions that it is about."""
        from tutor.progress.replay import last_redoable, questions_of

        found = last_redoable(self._history)
        return None if found is None else (*found, questions_of(self._history, found[1]))

    def record(self, attempt: "Attempt") -> None:
        """One more attempt."""
        self._history.append(attempt)
        self.state = with_attempt(self.state, attempt)
        self.recent[attempt.question] = attempt
        self._save_soon()

    def note(self, event: "Event") -> None:
        """What is neither an attempt nor changes one."""
        self._history.append(event)
        self.state = with_notes(self.state, [event])
        self._save_soon()

    def amend(self, attempt: "Attempt", line: "Change") -> "Attempt":
        """What changes one attempt, which is most often the last at its question."""
        from tutor.progress.replay import amended

        self._history.append(line)
        changed = amended(attempt, [line])
        making = StateBuilder(self.state)
        if making.standings[attempt.question].attempt == attempt.id:
            making.replace(attempt, changed)
            self.recent[attempt.question] = changed
        else:
            after = tuple(self.attempts(attempt.question))
            before = tuple(attempt if each.id == attempt.id else each for each in after)
            making.restate(attempt.question, before, after)
        self._made(making)
        return changed

    def rewrite(self, line: "Event", questions: Collection[str]) -> None:
        """What may change any attempts at these questions."""
        from tutor.progress.replay import attempts_among, events_about

        events = {id_: events_about(self._history, id_) for id_ in questions}
        self._history.append(line)
        making = StateBuilder(self.state)
        for id_, known in events.items():
            before, after = attempts_among(known, id_), attempts_among([*known, line], id_)
            making.restate(id_, before, after)
            self.recent.pop(id_, None)
        self._made(making)

    def close(self) -> None:
        """Write the checkpoint, if anything has changed since."""
        if self._pending:
            self.try_to(self._write_checkpoint)

    def try_to(self, save: Callable[[], None]) -> None:
        """Save what can be made from the history again; where that fails the student is told."""
        try:
            save()
        except OSError as error:
            self._tell(
                f"Apart from the history, nothing can be saved at present ({error.strerror}). "
                f"All attempts are safe in {self._paths.history.name}."
            )

    def _load(self, checkpoint: Checkpoint | None) -> Newest:
        known = checkpoint or Checkpoint()
        meta = known.meta
        self.state, self.damaged = known.state, meta.damaged
        if checkpoint is None and self._history.size:
            return self._rebuild(f"{self._paths.state.name} contained no standings")
        if meta.version != SCHEMA:
            return self._rebuild(f"{self._paths.state.name} is from an older tutor")
        if meta.offset and self._history.fingerprint(meta.offset) != meta.fingerprint:
            aside = set_aside(self._paths.state, self._clock(), "replaced")
            return self._rebuild(
                f"{self._paths.history.name} does not match the standings (kept as {aside.name})"
            )
        return self._replay_rest(meta.offset) if meta.offset < self._history.size else {}

    def _replay_rest(self, start: int) -> Newest:
        """Add to the standings what came after they were last written."""
        from tutor.progress.replay import reaches_back, replay

        if reaches_back(self._history, start):
            return self._rebuild("")
        return self._take(replay(self._history, start, self.state))

    def _rebuild(self, why: str) -> Newest:
        from tutor.progress.replay import replay

        self.damaged = 0
        self.recent.clear()
        found = replay(self._history, 0, ProgressState())
        newest = self._take(found)
        if why:
            rebuilt = count_of(found.attempts, "attempt")
            self._tell(f"{why}: the standings were rebuilt from {rebuilt}.")
        return newest

    def _take(self, found: "Replay") -> Newest:
        self.state = found.state
        self.damaged += found.damaged
        if found.damaged:
            self._tell(
                f"Damaged lines in {self._paths.history.name}: {found.damaged}. "
                "They were skipped but kept."
            )
        if found.unknown:
            self._tell(
                f"Lines of a later version in {self._paths.history.name}: {found.unknown}. "
                "They are kept but not counted."
            )
        self._pending = 1
        self.try_to(self._write_checkpoint)
        return found.newest

    def _made(self, making: StateBuilder) -> None:
        self.state = making.state()
        self._pending += 1
        self.try_to(self._write_checkpoint)

    def _save_soon(self) -> None:
        self._pending += 1
        if self._pending > (len(self.state.standings) + len(self.state.days)) // _LAG:
            self.try_to(self._write_checkpoint)

    def _write_checkpoint(self) -> None:
        offset = self._history.size
        fingerprint = self._history.fingerprint(offset)
        if fingerprint is None:
            return
        meta = SnapshotMeta(offset=offset, fingerprint=fingerprint, damaged=self.damaged)
        write_checkpoint(self._kept, Checkpoint(meta, self.state))
        self._pending = 0
