"""One student's progress: the history as the truth, the standings and drafts beside it."""

import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Literal, Self

from tutor.bank import Verdict
from tutor.paths import Paths, private_folder
from tutor.progress.checkpoint import Checkpoint, Meta, read_checkpoint, write_checkpoint
from tutor.progress.desk import Desk, read_desk
from tutor.progress.errors import (
    AttemptNotFound,
    ExamNotFound,
    ProfileClosed,
    ProfileNotWritable,
)
from tutor.progress.files import set_aside
from tutor.progress.history import Damaged, History
from tutor.progress.keep import open_kept
from tutor.progress.lock import ProfileLock
from tutor.progress.model import (
    SCHEMA,
    Day,
    Draft,
    ExamPlace,
    OpenExam,
    Rating,
    SessionState,
    Standing,
)
from tutor.progress.state import Making, State, with_attempt, with_notes

if TYPE_CHECKING:
    from tutor.progress.attempt import (
        Attempt,
        ExamAnswered,
        ExamBegun,
        FollowedUp,
        Overruling,
        Rated,
    )
    from tutor.progress.exams import ExamRecord
    from tutor.progress.lines import Event
    from tutor.progress.replay import Replay, Undoable

# `attempt` and `replay` are imported where the history is read: an unchanged profile opens without
# them, and so without pydantic, which takes longer than all the rest.

_LAG = 50
"""The checkpoint may lag by one attempt for so many standings. Writing it costs in proportion to
the standings, so an attempt's share of that cost stays the same however many there are."""

Clock = Callable[[], datetime]


def random_id() -> str:
    """A fresh id: sixteen random hexadecimal digits."""
    return secrets.token_hex(8)


def open_progress(
    paths: Paths, *, clock: Clock, new_id: Callable[[], str] = random_id
) -> "Progress":
    """Take the profile's lock, repair what is damaged, and catch up with the history.

    `new_id` names what is noted beside attempts, which come with ids of their own. Raises
    ProfileLocked, ProfileNotWritable, ProfileTooNew.
    """
    with ExitStack() as undo, _not_writable(paths.home):
        private_folder(paths.home)
        lock = ProfileLock(paths.lock).take(clock())
        undo.callback(lock.release)
        progress = Progress(paths, lock, clock, new_id)
        undo.pop_all()
    return progress


class Progress:
    """What has happened, and where every question stands.

    Thread-safe. What `standings` and `drafts` return never changes; ask again after a change.
    After `close` every change raises ProfileClosed.
    """

    def __init__(
        self, paths: Paths, lock: ProfileLock, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._mutex = threading.RLock()
        self._paths = paths
        self._lock = lock
        self._clock = clock
        self._new_id = new_id
        self._closed = False
        self._notices: tuple[str, ...] = ()
        self._recent: dict[str, Attempt] = {}
        self._pending = 0
        self._state = State()
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
            before = self._state.standings.get(attempt.question)
            if before is not None and before.attempt == attempt.id:
                return
            self._history.append(attempt)
            self._state = with_attempt(self._state, attempt)
            self._recent[attempt.question] = attempt
            if attempt.exam is None:
                self._try(lambda: self._desk.drop({attempt.question}))
            self._save_soon()

    def overrule(self, attempt_id: str, verdicts: Mapping[str, Verdict | None]) -> "Attempt":
        """Put the student's verdicts, by point id, beside the grader's; None takes one back.

        The attempt may be an older one. Returns it as it is now. Raises AttemptNotFound,
        ProfileNotWritable, and KeyError for a point that it does not have.
        """
        from tutor.progress.attempt import Overruling

        with self._changing():
            attempt = self._find(attempt_id)
            if attempt.grade.overrule(verdicts) == attempt.grade:
                return attempt
            line = Overruling(
                id=self._new_id(), attempt=attempt_id, at=self._clock(), verdicts=dict(verdicts)
            )
            return self._amend(attempt, line)

    def rate(self, attempt_id: str, rating: Rating | None) -> "Attempt":
        """Put the student's own rating in the place of the score's; None takes it back.

        Returns the attempt as it is now. Raises AttemptNotFound, ProfileNotWritable.
        """
        from tutor.progress.attempt import Rated

        with self._changing():
            attempt = self._find(attempt_id)
            if attempt.rated is rating:
                return attempt
            line = Rated(id=self._new_id(), at=self._clock(), attempt=attempt_id, rating=rating)
            return self._amend(attempt, line)

    def delete(self, attempt_ids: Collection[str]) -> None:
        """Have these attempts count no longer. Raises AttemptNotFound, ProfileNotWritable."""
        from tutor.progress.attempt import Deleted

        with self._changing():
            questions = {self._find(id_).question for id_ in attempt_ids}
            ids = tuple(dict.fromkeys(attempt_ids))
            self._rewrite(Deleted(id=self._new_id(), at=self._clock(), attempts=ids), questions)

    def undo(self) -> "Undoable | None":
        """Take back the last attempt, overruling, rating or deletion; again: the one before.

        Returns what was undone, None where nothing is left. Raises ProfileNotWritable.
        """
        from tutor.progress.attempt import Undone
        from tutor.progress.replay import last_undoable, questions_of

        with self._changing():
            last = last_undoable(self._history)
            if last is None or last.id is None:
                return None
            line = Undone(id=self._new_id(), at=self._clock(), target=last.id)
            self._rewrite(line, questions_of(self._history, last))
            return last

    def flag(self, question: str, note: str | None) -> None:
        """Keep that a question is bad, and why; None takes it back. Raises ProfileNotWritable."""
        from tutor.progress.attempt import Flagged

        self._note(Flagged(id=self._new_id(), at=self._clock(), question=question, note=note))

    def skip(self, question: str, day: date) -> None:
        """Leave a question alone for the rest of `day`. Raises ProfileNotWritable."""
        from tutor.progress.attempt import Skipped

        self._note(Skipped(id=self._new_id(), at=self._clock(), question=question, day=day))

    def follow_up(self, answer: "FollowedUp") -> None:
        """Save a second answer, about one point alone. Raises ProfileNotWritable."""
        self._note(answer)

    def follow_ups(self) -> "Iterator[FollowedUp]":
        """All second answers, oldest first."""
        from tutor.progress.attempt import FollowedUp

        mark = f'"{FollowedUp.kind}"'.encode()
        for event in self._history.events(0, self._end(), having=(mark,)):
            if isinstance(event, FollowedUp):
                yield event

    def begin_exam(self, exam: "ExamBegun") -> None:
        """Save how an exam was drawn. Raises ProfileNotWritable."""
        self._note(exam)

    def answer_exam(self, answer: "ExamAnswered") -> None:
        """Save an answer unjudged: it is on the disk on return. Raises ProfileNotWritable."""
        self._note(answer)

    def end_exam(
        self,
        exam: str,
        how: Literal["handed-in", "time-up", "judged", "abandoned"],
        used: float = 0,
    ) -> None:
        """Save that an exam is over, or done with. Raises ProfileNotWritable."""
        from tutor.progress.attempt import ExamEnded

        event = ExamEnded(id=self._new_id(), at=self._clock(), exam=exam, how=how, used=used)
        with self._changing():
            self._note(event)
            if self._desk.exam is not None and self._desk.exam.exam == exam:
                self._try(lambda: self._desk.sit(None))

    def exam(self, exam: str) -> "ExamRecord":
        """One exam as it stands. Raises ExamNotFound."""
        from tutor.progress.exams import read_exams

        found = read_exams(self._history, self._end(), exam)
        if exam not in found:
            raise ExamNotFound(exam)
        return found[exam]

    def past_exams(self) -> "Sequence[ExamRecord]":
        """All exams, oldest first."""
        from tutor.progress.exams import read_exams

        return tuple(read_exams(self._history, self._end()).values())

    def attempts(self, question: str | None = None) -> Iterator["Attempt"]:
        """All attempts, or those at one question, oldest first, with overrulings applied.

        What is recorded while this runs is not among them. Damaged lines are passed over.
        """
        from tutor.progress.replay import read_attempts

        for event in read_attempts(self._history, end=self._end(), question=question or ""):
            if not isinstance(event, Damaged):
                yield event

    def standings(self) -> Mapping[str, Standing]:
        """Where every answered question stands, by question id."""
        return MappingProxyType(self._state.standings)

    def days(self) -> Mapping[date, Day]:
        """What was done on every day with an attempt."""
        return MappingProxyType(self._state.days)

    def flags(self) -> Mapping[str, str]:
        """The notes on flagged questions, by question id."""
        return MappingProxyType(self._state.flags)

    def skipped(self) -> Mapping[str, date]:
        """On which day a question was last skipped, by question id."""
        return MappingProxyType(self._state.skipped)

    def open_exams(self) -> Mapping[str, OpenExam]:
        """The exams that are to be gone on with, or to be judged, by id."""
        return MappingProxyType(self._state.exams)

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

    def save_exam_place(self, place: ExamPlace) -> None:
        """Keep how far a running exam is. Raises ProfileNotWritable."""
        with self._changing():
            self._desk.sit(place)

    def exam_place(self) -> ExamPlace | None:
        """How far the running exam is."""
        return self._desk.exam

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
        self._state, self._damaged = known.state, meta.damaged
        if checkpoint is None and self._history.size:
            self._rebuild(f"{self._paths.state.name} held no standings")
        elif meta.version != SCHEMA:
            self._rebuild(f"{self._paths.state.name} is of an older tutor")
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
            self._take(replay(self._history, start, self._state))

    def _catch_up(self) -> None:
        """Someone else, or an append that failed half-way, has changed the history."""
        self._tell(*self._history.open(self._clock()))
        self._rebuild(f"{self._paths.history.name} was changed from outside")

    def _rebuild(self, why: str) -> None:
        from tutor.progress.replay import replay

        self._damaged = 0
        self._recent.clear()
        found = replay(self._history, 0, State())
        self._take(found)
        if why:
            self._tell(f"{why}: the standings were made again from {found.attempts} attempts.")

    def _take(self, found: "Replay") -> None:
        self._state = found.state
        self._damaged += found.damaged
        if found.damaged:
            self._tell(
                f"Damaged lines in {self._paths.history.name}: {found.damaged}. "
                "They were passed over, and are still there."
            )
        if found.unknown:
            self._tell(
                f"Lines of a later version in {self._paths.history.name}: {found.unknown}. "
                "They are kept, and count for nothing here."
            )
        submitted = {id_ for id_, attempt in found.newest.items() if self._is_submitted(attempt)}
        self._try(lambda: self._desk.drop(submitted))
        self._pending = 1
        self._try(self._write_checkpoint)

    def _is_submitted(self, attempt: "Attempt") -> bool:
        """Whether a crash came between saving `attempt` and clearing the draft it came from."""
        draft = self._desk.drafts.get(attempt.question)
        return draft is not None and attempt.exam is None and draft.at <= attempt.at

    def _find(self, attempt_id: str) -> "Attempt":
        from tutor.progress.replay import find_attempt

        recent = (attempt for attempt in self._recent.values() if attempt.id == attempt_id)
        attempt = next(recent, None) or find_attempt(self._history, attempt_id)
        if attempt is None:
            raise AttemptNotFound(attempt_id)
        return attempt

    def _end(self) -> int:
        with self._mutex:
            return self._history.size

    def _note(self, event: "Event") -> None:
        """Save what is neither an attempt nor changes one."""
        with self._changing():
            self._history.append(event)
            self._state = with_notes(self._state, [event])
            self._save_soon()

    def _amend(self, attempt: "Attempt", line: "Overruling | Rated") -> "Attempt":
        """Save what changes one attempt, which is most often the last at its question."""
        from tutor.progress.replay import overrule

        self._history.append(line)
        changed = overrule(attempt, [line])
        making = Making(self._state)
        if making.standings[attempt.question].attempt == attempt.id:
            making.replace(attempt, changed)
            self._recent[attempt.question] = changed
        else:
            after = tuple(self.attempts(attempt.question))
            before = tuple(attempt if each.id == attempt.id else each for each in after)
            making.restate(attempt.question, before, after)
        self._state = making.state()
        self._pending += 1
        self._try(self._write_checkpoint)
        return changed

    def _rewrite(self, line: "Event", questions: Collection[str]) -> None:
        """Save what may change any attempts at these questions."""
        before = {id_: tuple(self.attempts(id_)) for id_ in questions}
        self._history.append(line)
        making = Making(self._state)
        for id_ in questions:
            after = tuple(self.attempts(id_))
            making.restate(id_, before[id_], after)
            self._recent.pop(id_, None)
        self._state = making.state()
        self._pending += 1
        self._try(self._write_checkpoint)

    def _save_soon(self) -> None:
        self._pending += 1
        if self._pending > len(self._state.standings) // _LAG:
            self._try(self._write_checkpoint)

    def _write_checkpoint(self) -> None:
        offset = self._history.size
        fingerprint = self._history.fingerprint(offset)
        if fingerprint is None:
            return
        meta = Meta(offset=offset, fingerprint=fingerprint, damaged=self._damaged)
        write_checkpoint(self._kept, Checkpoint(meta, self._state))
        self._pending = 0


@contextmanager
def _not_writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        named = Path(error.filename) if isinstance(error.filename, str) else path
        raise ProfileNotWritable(named, error) from error
