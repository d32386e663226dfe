"""One student's progress: the history as the truth, the standings and drafts beside it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from tutor.bank import Verdict
from tutor.paths import Paths, private_folder
from tutor.progress.checkpoint import Checkpoint, Meta, read_checkpoint, write_checkpoint
from tutor.progress.desk import Desk, read_desk
from tutor.progress.errors import AttemptNotFound, ProfileClosed, ProfileNotWritable
from tutor.progress.files import set_aside
from tutor.progress.history import Damaged, History
from tutor.progress.keep import open_kept
from tutor.progress.lock import ProfileLock
from tutor.progress.model import Draft, SessionState, Standing
from tutor.progress.standing import advance, amend, standings_of

if TYPE_CHECKING:
    from tutor.progress.attempt import Attempt
    from tutor.progress.replay import Replay

# `attempt` and `replay` are imported where the history is read: an unchanged profile opens without
# them, and so without pydantic, which takes longer than all the rest.

_LAG = 50
"""The checkpoint may lag by one attempt for so many standings. Writing it costs in proportion to
the standings, so an attempt's share of that cost stays the same however many there are."""

Clock = Callable[[], datetime]


def open_progress(paths: Paths, *, clock: Clock) -> "Progress":
    """Take the profile's lock, repair what is damaged, and catch up with the history.

    Raises ProfileLocked, ProfileNotWritable, ProfileTooNew.
    """
    with ExitStack() as undo, _not_writable(paths.home):
        private_folder(paths.home)
        lock = ProfileLock(paths.lock).take(clock())
        undo.callback(lock.release)
        progress = Progress(paths, lock, clock)
        undo.pop_all()
    return progress


class Progress:
    """What has happened, and where every question stands.

    Thread-safe. What `standings` and `drafts` return never changes; ask again after a change.
    After `close` every change raises ProfileClosed.
    """

    def __init__(self, paths: Paths, lock: ProfileLock, clock: Clock) -> None:
        self._mutex = threading.RLock()
        self._paths = paths
        self._lock = lock
        self._clock = clock
        self._closed = False
        self._notices: tuple[str, ...] = ()
        self._recent: dict[str, Attempt] = {}
        self._pending = 0
        self._open_files()

    @property
    def notices(self) -> tuple[str, ...]:
        """What was repaired, and what could not be saved for now, in words; oldest first."""
        return self._notices

    @property
    def damaged_lines(self) -> int:
        """How many lines of the history cannot be read."""
        return self._damaged

    def record(self, attempt: "Attempt") -> None:
        """Save `attempt`: it is on the disk when this returns. Its question's draft is cleared.

        Recording the last attempt of a question once more changes nothing. Raises
        ProfileNotWritable; the attempt is then not saved.
        """
        with self._changing():
            before = self._standings.get(attempt.question)
            if before is not None and before.attempt == attempt.id:
                return
            self._history.append(attempt)
            self._stand(advance(before, attempt), attempt)
            self._try(lambda: self._desk.drop({attempt.question}))
            self._pending += 1
            if self._pending > len(self._standings) // _LAG:
                self._try(self._write_checkpoint)

    def overrule(self, attempt_id: str, verdicts: Mapping[str, Verdict | None]) -> "Attempt":
        """Put the student's verdicts, by point id, beside the grader's; None takes one back.

        The attempt may be an older one. Returns it as it is now. Raises AttemptNotFound,
        ProfileNotWritable, and KeyError for a point that it does not have.
        """
        from tutor.progress.attempt import Overruling
        from tutor.progress.replay import overrule

        with self._changing():
            attempt = self._find(attempt_id)
            grade = attempt.grade.overrule(verdicts)
            if grade == attempt.grade:
                return attempt
            line = Overruling(attempt=attempt_id, at=self._clock(), verdicts=dict(verdicts))
            self._history.append(line)
            changed = overrule(attempt, [line])
            self._restand(changed)
            self._pending += 1
            self._try(self._write_checkpoint)
            return changed

    def attempts(self, question: str | None = None) -> Iterator["Attempt"]:
        """All attempts, or those at one question, oldest first, with overrulings applied.

        What is recorded while this runs is not among them. Damaged lines are passed over.
        """
        from tutor.progress.replay import read_attempts

        with self._mutex:
            end = self._history.size
        for event in read_attempts(self._history, end=end, question=question or ""):
            if not isinstance(event, Damaged):
                yield event

    def standings(self) -> Mapping[str, Standing]:
        """Where every answered question stands, by question id."""
        return MappingProxyType(self._standings)

    def save_draft(self, draft: Draft) -> None:
        """Keep what was typed so far; it is on the disk on return. Raises ProfileNotWritable.

        What was typed before the question's last attempt is submitted already and is passed over:
        a worker may come late with it.
        """
        with self._changing():
            recent = self._recent.get(draft.question)
            if recent is None or draft.at >= recent.at:
                self._desk.keep(draft)

    def draft(self, question: str) -> Draft | None:
        """The draft of one question."""
        return self._desk.drafts.get(question)

    def drafts(self) -> Mapping[str, Draft]:
        """All drafts, by question id."""
        return self._desk.drafts

    def discard_draft(self, question: str) -> None:
        """Throw one draft away; there need not be one. Raises ProfileNotWritable."""
        with self._changing():
            self._desk.drop({question})

    def save_session(self, session: SessionState) -> None:
        """Keep how far the session has come. Raises ProfileNotWritable."""
        with self._changing():
            self._desk.lay_out(session)

    def session(self) -> SessionState | None:
        """The session that was begun and not ended."""
        return self._desk.session

    def end_session(self) -> None:
        """Forget the session; its attempts stay. Raises ProfileNotWritable."""
        with self._changing():
            self._desk.lay_out(None)

    def close(self) -> None:
        """Write the checkpoint and let other processes in. Closing twice does nothing."""
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            if self._pending:
                self._try(self._write_checkpoint)
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One change: alone, in an open profile, on the history as it is on the disk."""
        with self._mutex, _not_writable(self._paths.home):
            if self._closed:
                raise ProfileClosed
            if self._history.changed:
                self._catch_up()
            yield

    def _try(self, save: Callable[[], None]) -> None:
        """Save what can be made from the history again; where that fails the student is told."""
        try:
            save()
        except OSError as error:
            self._tell(
                f"Beside the history nothing can be written now ({error.strerror}). "
                f"All attempts are saved in {self._paths.history.name}."
            )

    def _tell(self, *notices: str) -> None:
        self._notices += tuple(notice for notice in notices if notice not in self._notices)

    def _open_files(self) -> None:
        now, paths = self._clock(), self._paths
        backups = paths.home / "backups"
        self._history = History(paths.history)
        self._tell(*self._history.open(now))
        self._kept = open_kept(paths.state, backups, now, read_checkpoint)
        desk = open_kept(paths.home / "drafts.json", backups, now, read_desk)
        self._desk = Desk(desk)
        self._tell(*self._kept.notices, *desk.notices)
        self._load(self._kept.value)

    def _load(self, checkpoint: Checkpoint | None) -> None:
        known = checkpoint or Checkpoint()
        meta = known.meta
        self._standings, self._damaged = known.standings, meta.damaged
        if checkpoint is None and self._history.size:
            self._rebuild(f"{self._paths.state.name} held no standings")
        elif meta.offset and self._history.fingerprint(meta.offset) != meta.fingerprint:
            aside = set_aside(self._paths.state, self._clock(), "replaced")
            self._rebuild(
                f"{self._paths.history.name} is not the history that the standings were made from "
                f"(they are kept as {aside.name})"
            )
        elif meta.offset < self._history.size:
            self._replay_rest(meta.offset)

    def _replay_rest(self, start: int) -> None:
        """Add to the standings what came after they were last written."""
        from tutor.progress.replay import reaches_back, replay

        if reaches_back(self._history, start):
            self._rebuild("")
        else:
            self._take(replay(self._history, start, self._standings))

    def _catch_up(self) -> None:
        """Someone else, or an append that failed half-way, has changed the history."""
        self._tell(*self._history.open(self._clock()))
        self._rebuild(f"{self._paths.history.name} was changed from outside")

    def _rebuild(self, why: str) -> None:
        from tutor.progress.replay import replay

        self._damaged = 0
        self._recent.clear()
        found = replay(self._history, 0, {})
        self._take(found)
        if why:
            self._tell(f"{why}: the standings were made again from {found.attempts} attempts.")

    def _take(self, found: "Replay") -> None:
        self._standings = found.standings
        self._damaged += found.damaged
        if found.damaged:
            self._tell(
                f"Damaged lines in {self._paths.history.name}: {found.damaged}. "
                "They were passed over, and are still there."
            )
        submitted = {id_ for id_, attempt in found.newest.items() if self._is_submitted(attempt)}
        self._try(lambda: self._desk.drop(submitted))
        self._pending = 1
        self._try(self._write_checkpoint)

    def _is_submitted(self, attempt: "Attempt") -> bool:
        """Whether a crash came between saving `attempt` and clearing the draft it came from."""
        draft = self._desk.drafts.get(attempt.question)
        return draft is not None and draft.at <= attempt.at

    def _find(self, attempt_id: str) -> "Attempt":
        from tutor.progress.replay import find_attempt

        recent = (attempt for attempt in self._recent.values() if attempt.id == attempt_id)
        attempt = next(recent, None) or find_attempt(self._history, attempt_id)
        if attempt is None:
            raise AttemptNotFound(attempt_id)
        return attempt

    def _stand(self, standing: Standing, attempt: "Attempt") -> None:
        self._standings = {**self._standings, standing.question: standing}
        self._recent[standing.question] = attempt

    def _restand(self, changed: "Attempt") -> None:
        """Bring the standing in line with an attempt whose verdicts have changed."""
        standing = self._standings[changed.question]
        if standing.attempt == changed.id:
            self._stand(amend(standing, changed), changed)
            return
        again = standings_of(self.attempts(changed.question))
        self._standings = {**self._standings, **again}

    def _write_checkpoint(self) -> None:
        offset = self._history.size
        fingerprint = self._history.fingerprint(offset)
        if fingerprint is None:
            return
        meta = Meta(offset=offset, fingerprint=fingerprint, damaged=self._damaged)
        write_checkpoint(self._kept, Checkpoint(meta, self._standings))
        self._pending = 0


@contextmanager
def _not_writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        named = Path(error.filename) if isinstance(error.filename, str) else path
        raise ProfileNotWritable(named, error) from error
