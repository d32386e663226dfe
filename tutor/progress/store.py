"""One student's progress: the history, the standings built from it, and unfinished work."""

import secrets
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from tutor.bank import Verdict
from tutor.paths import Paths
from tutor.progress.errors import NotInHistory, ProfileClosed, writing
from tutor.progress.ledger import Ledger
from tutor.progress.lock import DRAFTS, ProfileLock, enter
from tutor.progress.records import (
    Day,
    Draft,
    ExamPlace,
    OpenExam,
    Rating,
    SessionState,
    Standing,
)
from tutor.progress.storage import open_database
from tutor.progress.workspace import WorkspaceState, read_workspace, workspace_tables

if TYPE_CHECKING:
    from tutor.grading import Grade
    from tutor.progress.events import Attempt, FollowedUp, Noted
    from tutor.progress.exams import ExamRecord
    from tutor.progress.history import History
    from tutor.progress.replay import Change, Target, Undoable

Clock = Callable[[], datetime]


def random_id() -> str:
    """A fresh id: sixteen random hexadecimal digits."""
    return secrets.token_hex(8)


def open_progress(
    paths: Paths, *, clock: Clock, new_id: Callable[[], str] = random_id
) -> "Progress":
    """Take the profile's lock, repair what is damaged, and catch up with the history.

    `new_id` makes the ids of all events but attempts, which come with their own. Raises
    ProfileLocked, ProfileNotWritable, ProfileTooNew.
    """
    with ExitStack() as undo, writing(paths.home, or_below=True):
        lock = enter(paths, clock())
        undo.callback(lock.release)
        progress = Progress(paths, lock, clock, new_id)
        undo.pop_all()
    return progress


class Progress(AbstractContextManager["Progress"]):
    """Saves what the student does, and shows where every question stands.

    Thread-safe. What `standings` and `drafts` return never changes; call them again after a change.
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
        self._submitted: dict[str, datetime] = {}
        """When each question was answered, since the profile was opened or an answer undone."""
        self._ledger = Ledger(paths, clock)
        self._workspace = open_database(
            paths.home / DRAFTS, clock(), read_workspace, workspace_tables
        )
        self._ledger.notify(*self._workspace.notices)
        self._clear_submitted()

    @property
    def notices(self) -> tuple[str, ...]:
        """Messages about what was repaired and what could not be saved for now, oldest first."""
        return self._ledger.notices

    @property
    def damaged_lines(self) -> int:
        """How many lines of the history cannot be read."""
        return self._ledger.damaged

    # --- answers, and changes to them

    def record(self, attempt: "Attempt", session: SessionState | None = None) -> None:
        """Save `attempt`, which is on the disk when this returns.

        Then drop its question's draft, unless it is part of an exam, and save the session, in one
        write. A session that is finished is forgotten; other sessions stay. Recording the last
        attempt of a question again does not count twice. Raises ProfileNotWritable; nothing is
        saved then.
        """
        with self._changing():
            self._ledger.record(attempt)
            self._submitted[attempt.question] = attempt.at
            unfinished = self._unfinished
            if attempt.exam is None:
                unfinished = unfinished.without_drafts({attempt.question})
            if session is not None:
                unfinished = unfinished.with_session(session)
            self._save_if_possible(unfinished)

    def overrule(self, attempt_id: str, verdicts: Mapping[str, Verdict | None]) -> "Attempt":
        """Save the student's own verdicts, by point id; None removes one.

        The attempt may be an older one. Returns it as it is now. Raises NotInHistory,
        ProfileNotWritable, and KeyError for a point that it does not have.
        """
        from tutor.progress.events import Overruling

        id_, now, own = self._new_id(), self._clock(), dict(verdicts)
        return self._amend(Overruling(id=id_, at=now, attempt=attempt_id, verdicts=own))

    def rate(self, attempt_id: str, rating: Rating | None) -> "Attempt":
        """Save the student's own rating instead of the score's; None removes it.

        Returns the attempt as it is now. Raises NotInHistory, ProfileNotWritable.
        """
        from tutor.progress.events import Rated

        id_, now = self._new_id(), self._clock()
        return self._amend(Rated(id=id_, at=now, attempt=attempt_id, rating=rating))

    def regrade(self, attempt_id: str, grade: "Grade") -> "Attempt":
        """Replace an attempt's grade; the student's own rating stays.

        Returns the attempt as it is now. Raises NotInHistory, ProfileNotWritable.
        """
        from tutor.progress.events import Regraded

        id_, now = self._new_id(), self._clock()
        return self._amend(Regraded(id=id_, at=now, attempt=attempt_id, grade=grade))

    def _amend(self, change: "Change") -> "Attempt":
        with self._changing():
            return self._ledger.amend(change)

    def delete(self, attempt_ids: Collection[str]) -> None:
        """Stop counting these attempts. Raises NotInHistory, ProfileNotWritable."""
        from tutor.progress.events import Deleted

        if not attempt_ids:
            return
        with self._changing():
            ids = tuple(dict.fromkeys(attempt_ids))
            for id_ in ids:
                self._ledger.find(id_)
            line = Deleted(id=self._new_id(), at=self._clock(), attempts=ids)
            self._ledger.rewrite(line, line)

    def undo(self) -> "Undoable | None":
        """Undo the last attempt, change to one, or deletion; called again, the one before.

        Returns what was undone; None if nothing is left. Raises ProfileNotWritable.
        """
        from tutor.progress.replay import last_undoable

        return self._undo(last_undoable)

    def redo(self) -> "Undoable | None":
        """Redo what was undone last; called again, what was undone before that.

        Returns what was redone; None if nothing was undone since the last change. Raises
        ProfileNotWritable.
        """
        from tutor.progress.replay import last_redoable

        return self._undo(last_redoable)

    def _undo(self, find: "Callable[[History], Target | None]") -> "Undoable | None":
        from tutor.progress.events import Undone

        with self._changing():
            found = find(self._ledger.history)
            if found is None:
                return None
            target, changed = found
            line = Undone(id=self._new_id(), at=self._clock(), target=target)
            self._ledger.rewrite(line, changed)
            self._submitted.clear()
            return changed

    def attempts(self, question: str | None = None) -> Iterator["Attempt"]:
        """All attempts, or those at one question, oldest first, with overrulings applied.

        What is recorded while this runs is not among them. Damaged lines are skipped.
        """
        from tutor.progress.replay import read_attempts

        yield from read_attempts(self._ledger.history, question=question or "")

    # --- what changes no answer

    def flag(self, question: str, note: str | None) -> None:
        """Flag a question as bad, with a note; None removes the flag. Raises ProfileNotWritable."""
        from tutor.progress.events import Flagged

        self.note(Flagged(id=self._new_id(), at=self._clock(), question=question, note=note))

    def skip(self, question: str, day: date) -> None:
        """Do not ask a question again on `day`. Raises ProfileNotWritable."""
        from tutor.progress.events import Skipped

        self.note(Skipped(id=self._new_id(), at=self._clock(), question=question, day=day))

    def note(self, event: "Noted") -> None:
        """Save an event that changes no attempt, such as an answer in an exam.

        Raises ProfileNotWritable.
        """
        with self._changing():
            self._ledger.note(event)

    def follow_ups(self) -> "Iterator[FollowedUp]":
        """All second answers, oldest first."""
        from tutor.progress.events import FollowedUp

        mark = f'"{FollowedUp.kind}"'.encode()
        for event in self._ledger.history.events(having=(mark,)):
            if isinstance(event, FollowedUp):
                yield event

    def end_exam(
        self,
        exam: str,
        how: Literal["handed-in", "time-up", "judged", "abandoned"],
        used: float = 0,
    ) -> None:
        """Save that an exam is over, fully graded or abandoned. Raises ProfileNotWritable."""
        from tutor.progress.events import ExamEnded

        event = ExamEnded(id=self._new_id(), at=self._clock(), exam=exam, how=how, used=used)
        with self._changing():
            self.note(event)
            if self._unfinished.exam is not None and self._unfinished.exam.exam == exam:
                self._save_if_possible(replace(self._unfinished, exam=None))

    def exam(self, exam: str) -> "ExamRecord":
        """One exam as it is now. Raises NotInHistory."""
        from tutor.progress.exams import read_exams

        records = read_exams(self._ledger.history, exam)
        if exam not in records:
            raise NotInHistory("exam", exam)
        return records[exam]

    def past_exams(self) -> "Sequence[ExamRecord]":
        """All exams, oldest first."""
        from tutor.progress.exams import read_exams

        return tuple(read_exams(self._ledger.history).values())

    # --- where the student stands

    def standings(self) -> Mapping[str, Standing]:
        """Where every answered question stands, by question id."""
        return MappingProxyType(self._ledger.state.standings)

    def days(self) -> Mapping[date, Day]:
        """What was done on every day with an attempt."""
        return MappingProxyType(self._ledger.state.days)

    def flags(self) -> Mapping[str, str]:
        """The notes on flagged questions, by question id."""
        return MappingProxyType(self._ledger.state.flags)

    def skipped(self) -> Mapping[str, date]:
        """The day on which each question was last skipped, by question id."""
        return MappingProxyType(self._ledger.state.skipped)

    def open_exams(self) -> Mapping[str, OpenExam]:
        """The exams that can be resumed or have yet to be graded, by id."""
        return MappingProxyType(self._ledger.state.exams)

    # --- what is unfinished

    def save_draft(self, draft: Draft) -> None:
        """Save what was typed so far; it is on the disk on return. Raises ProfileNotWritable.

        A draft older than an attempt that was just saved is already submitted and is ignored: it
        may arrive late from another thread. After the clock was set back, no draft is.
        """
        with self._changing():
            submitted = self._submitted.get(draft.question)
            if submitted is None or not draft.at < submitted <= self._clock():
                self._workspace.save(self._unfinished.with_draft(draft))

    def draft(self, question: str) -> Draft | None:
        """The draft of one question."""
        return self._unfinished.drafts.get(question)

    def drafts(self) -> Mapping[str, Draft]:
        """All drafts, by question id."""
        return MappingProxyType(self._unfinished.drafts)

    def discard_draft(self, question: str) -> None:
        """Delete one draft, if it exists. Raises ProfileNotWritable."""
        with self._changing():
            self._workspace.save(self._unfinished.without_drafts({question}))

    def save_session(self, session: SessionState) -> None:
        """Save how far the session is, or forget it if it is done.

        Sessions of other sources stay. Raises ProfileNotWritable.
        """
        with self._changing():
            self._workspace.save(self._unfinished.with_session(session))

    def sessions(self) -> tuple[SessionState, ...]:
        """The sessions that were begun and not ended, the last saved first."""
        return self._unfinished.sessions[::-1]

    def end_session(self, session: SessionState) -> None:
        """Forget the session of this source; its attempts stay. Raises ProfileNotWritable."""
        with self._changing():
            self._workspace.save(self._unfinished.without_session(session))

    def save_exam_place(self, place: ExamPlace) -> None:
        """Save how far a running exam is. Raises ProfileNotWritable."""
        with self._changing():
            self._workspace.save(replace(self._unfinished, exam=place))

    def exam_place(self) -> ExamPlace | None:
        """How far the running exam is."""
        return self._unfinished.exam

    # --- closing, and what all changes share

    def close(self) -> None:
        """Write the checkpoint and let other processes in. Closing twice does nothing."""
        with self._mutex:
            if self._closed:
                return
            self._closed = True
            self._ledger.close()
            self._lock.release()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Make one change: alone, in an open profile, on the history as it is on the disk."""
        with self._mutex, writing(self._paths.home, or_below=True):
            if self._closed:
                raise ProfileClosed
            if self._ledger.history.changed:
                self._ledger.catch_up()
                self._clear_submitted()
            yield

    def _clear_submitted(self) -> None:
        """Drop drafts of saved attempts: a crash may have prevented that.

        A draft with another text was typed later, after the clock was set back.
        """
        drafts = self._unfinished.drafts
        submitted = {
            id_
            for id_, attempt in self._ledger.recent.items()
            if id_ in drafts
            and attempt.exam is None
            and drafts[id_].at <= attempt.at
            and attempt.answer.startswith(drafts[id_].text.strip())
        }
        self._save_if_possible(self._unfinished.without_drafts(submitted))

    @property
    def _unfinished(self) -> WorkspaceState:
        return self._workspace.value

    def _save_if_possible(self, unfinished: WorkspaceState) -> None:
        self._ledger.save_if_possible(lambda: self._workspace.save(unfinished))
