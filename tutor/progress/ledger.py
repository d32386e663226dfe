"""The history, the state built from it, and the checkpoint that saves rebuilding the state."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.files import set_aside
from tutor.formatting import count_of
from tutor.paths import Paths
from tutor.progress.errors import NotInHistory
from tutor.progress.history import History
from tutor.progress.records import SCHEMA
from tutor.progress.snapshot import Checkpoint, SnapshotMeta, checkpoint_tables, read_checkpoint
from tutor.progress.state import ProgressState
from tutor.progress.storage import open_database

if TYPE_CHECKING:
    from tutor.progress.events import Attempt, Event, Noted
    from tutor.progress.replay import Change, Replay, Undoable

# `events` and `replay` are imported where the history is read: an unchanged profile opens without
# them, and so without pydantic, which takes longer to import than all the rest.

_LAG = 20
"""The checkpoint may lag by one event for this many standings and days. Writing it costs in
proportion to their number, so the cost of an event stays the same however many there are."""


class Ledger:
    """Adds events to the history, and keeps the state and its checkpoint up to date.

    Not thread-safe. A change that raises OSError or ProfileNotWritable was not made.
    """

    def __init__(self, paths: Paths, clock: Callable[[], datetime]) -> None:
        """Open the history, repair what is damaged, and apply what the checkpoint lacks."""
        self.state = ProgressState()
        self.damaged = 0
        """How many lines of the history cannot be read."""
        self.recent: dict[str, Attempt] = {}
        """The last attempt at each question, as far as this run has seen it."""
        self.notices: tuple[str, ...] = ()
        """Messages about repairs and failures, oldest first."""
        self._paths = paths
        self._clock = clock
        self._pending = 0
        now = clock()
        self.history = History(paths.history)
        self.notify(*self.history.open(now))
        self._database = open_database(paths.state, now, read_checkpoint, checkpoint_tables)
        self.notify(*self._database.notices)
        self._load(self._database.value)

    def notify(self, *notices: str) -> None:
        """Add messages to `notices`, each once."""
        self.notices = tuple(dict.fromkeys((*self.notices, *notices)))

    def catch_up(self) -> None:
        """Rebuild the state after another program, or a failed append, has changed the history."""
        self.notify(*self.history.open(self._clock()))
        self._rebuild(f"{self._paths.history.name} was changed by another program")

    def find(self, attempt_id: str) -> "Attempt":
        """The attempt with this id, as it counts now. Raises NotInHistory."""
        from tutor.progress.replay import find_attempt

        recent = (attempt for attempt in self.recent.values() if attempt.id == attempt_id)
        attempt = next(recent, None) or find_attempt(self.history, attempt_id)
        if attempt is None:
            raise NotInHistory("attempt", attempt_id)
        return attempt

    def record(self, attempt: "Attempt") -> None:
        """Add an attempt, unless it already is the last one at its question."""
        before = self.state.standings.get(attempt.question)
        if before is not None and before.attempt == attempt.id:
            return
        self.history.append(attempt)
        state = self.state.copy()
        state.attempt(attempt)
        self.recent[attempt.question] = attempt
        self._save_soon(state)

    def note(self, event: "Noted") -> None:
        """Add an event that neither is an attempt nor changes one."""
        self.history.append(event)
        state = self.state.copy()
        state.note(event)
        self._save_soon(state)

    def amend(self, change: "Change") -> "Attempt":
        """Change one attempt, usually the last at its question; returns it as it is now.

        A change that makes no difference is not added. Raises NotInHistory, and KeyError for
        a verdict on a point that the attempt does not have.
        """
        from tutor.progress.events import Overruling
        from tutor.progress.replay import amended, read_attempts

        attempt = self.find(change.attempt)
        if isinstance(change, Overruling):
            attempt.grade.overrule(change.verdicts)  # raises KeyError
        changed = amended(attempt, [change])
        if changed == attempt:
            return attempt
        self.history.append(change)
        state = self.state.copy()
        # a standing has forgotten the points that its last attempt lacked: other points need them
        points = [[point.id for point in each.grade.points] for each in (attempt, changed)]
        if state.standings[attempt.question].attempt == attempt.id and points[0] == points[1]:
            state.replace(attempt, changed)
            self.recent[attempt.question] = changed
        else:
            after = tuple(read_attempts(self.history, question=attempt.question))
            before = tuple(attempt if each.id == attempt.id else each for each in after)
            state.restate(attempt.question, before, after)
            self.recent[attempt.question] = after[-1]
        self._save_now(state)
        return changed

    def rewrite(self, line: "Event", changed: "Undoable") -> None:
        """Add a line that changes the standings of the questions that `changed` is about."""
        from tutor.progress.replay import attempts_among, events_about, questions_of

        questions = questions_of(self.history, changed)
        events = {id_: events_about(self.history, id_) for id_ in questions}
        self.history.append(line)
        state = self.state.copy()
        for id_, earlier in events.items():
            before, after = attempts_among(earlier, id_), attempts_among([*earlier, line], id_)
            state.restate(id_, before, after)
            self.recent.pop(id_, None)
        self._save_now(state)

    def close(self) -> None:
        """Write the checkpoint, if anything has changed since."""
        if self._pending:
            self.save_if_possible(self._write_checkpoint)

    def save_if_possible(self, save: Callable[[], None]) -> None:
        """Save what can be rebuilt from the history; report a failure to the student."""
        try:
            save()
        except OSError as error:
            self.notify(
                f"Apart from the history, nothing can be saved at present ({error.strerror}). "
                f"All attempts are safe in {self._paths.history.name}."
            )

    def _load(self, stored: Checkpoint) -> None:
        meta, state_file, history_file = stored.meta, self._paths.state, self._paths.history.name
        self.state, self.damaged = stored.state, meta.damaged
        if meta.version != SCHEMA:
            self._rebuild(f"{state_file.name} is from an older tutor")
        elif not meta.fingerprint and self.history.size:
            self._rebuild(f"{state_file.name} contained no standings")
        elif meta.offset and self.history.fingerprint(meta.offset) != meta.fingerprint:
            aside = set_aside(state_file, self._clock(), "replaced")
            self._rebuild(f"{history_file} does not match the standings (kept as {aside.name})")
        elif meta.offset < self.history.size:
            from tutor.progress.replay import reaches_back, replay

            if reaches_back(self.history, meta.offset):
                self._rebuild("")
            else:
                self._apply(replay(self.history, meta.offset, self.state))

    def _rebuild(self, reason: str) -> None:
        from tutor.progress.replay import replay

        self.damaged = 0
        self.recent.clear()
        replayed = replay(self.history, 0, ProgressState())
        self._apply(replayed)
        if reason:
            attempts = count_of(replayed.attempts, "attempt")
            self.notify(f"{reason}: the standings were rebuilt from {attempts}.")

    def _apply(self, replayed: "Replay") -> None:
        self.state = replayed.state
        self.damaged += replayed.damaged
        self.recent.update(replayed.newest)
        if replayed.damaged:
            self.notify(
                f"Damaged lines in {self._paths.history.name}: {replayed.damaged}. "
                "They were skipped but kept."
            )
        if replayed.unknown:
            self.notify(
                f"Lines of a later version in {self._paths.history.name}: {replayed.unknown}. "
                "They are kept but not counted."
            )
        self._pending = 1
        self.save_if_possible(self._write_checkpoint)

    def _save_now(self, state: ProgressState) -> None:
        self.state = state
        self._pending += 1
        self.save_if_possible(self._write_checkpoint)

    def _save_soon(self, state: ProgressState) -> None:
        self.state = state
        self._pending += 1
        if self._pending > (len(state.standings) + len(state.days)) // _LAG:
            self.save_if_possible(self._write_checkpoint)

    def _write_checkpoint(self) -> None:
        offset = self.history.size
        fingerprint = self.history.fingerprint(offset)
        if fingerprint is None:
            return
        meta = SnapshotMeta(offset=offset, fingerprint=fingerprint, damaged=self.damaged)
        self._database.save(Checkpoint(meta, self.state))
        self._pending = 0
