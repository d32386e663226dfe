"""Unfinished work: drafts, sessions and the running exam, in a small database of their own.

So saving a draft every second costs the same however much has been answered.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from tinydb import TinyDB

from tutor.progress.documents import read_document, to_document
from tutor.progress.records import SCHEMA, Draft, ExamPlace, SessionState
from tutor.progress.snapshot import find_meta
from tutor.progress.storage import OpenDatabase


@dataclass(frozen=True)
class WorkspaceState:
    """Everything that is unfinished."""

    drafts: Mapping[str, Draft] = field(default_factory=dict)
    sessions: tuple[SessionState, ...] = ()
    """At most one of each source, the last saved at the end."""
    exam: ExamPlace | None = None


def read_workspace(database: TinyDB, path: Path) -> WorkspaceState:
    """The state in `database`, of this or an older version.

    Raises ValueError, ProfileTooNew naming `path`.
    """
    if not database.tables():
        return WorkspaceState()
    version = find_meta(database, path)["version"]
    drafts = (read_document(Draft, row) for row in database.table("drafts"))
    defaults = _LACKING_IN_1 if version == 1 else {}
    rows = database.table("session")
    sessions = (read_document(SessionState, {**defaults, **row}) for row in rows)
    exams = [read_document(ExamPlace, row) for row in database.table("exam")]
    return WorkspaceState(
        {draft.question: draft for draft in drafts},
        tuple({session.source: session for session in sessions}.values()),
        exams[-1] if exams else None,
    )


_LACKING_IN_1: Mapping[str, object] = MappingProxyType({"kind": "deck", "topic": None})
"""In version 1 every session was over a deck."""


def _sessions_with(state: WorkspaceState, session: SessionState) -> tuple[SessionState, ...]:
    """The sessions with this one as the last, unless it is done.

    A session of a single question that was only looked at is dropped.
    """
    kept = tuple(
        other
        for other in state.sessions
        if other.source != session.source
        and (len(other.questions) > 1 or other.is_begun(state.drafts))
    )
    return kept if session.done else (*kept, session)


class Workspace:
    """Drafts, sessions and exam, in memory and on the disk. A failed change changes nothing."""

    def __init__(self, opened: OpenDatabase[WorkspaceState]) -> None:
        self._opened = opened
        self._state = opened.value

    @property
    def drafts(self) -> Mapping[str, Draft]:
        """The drafts by question id; later changes do not affect them."""
        return MappingProxyType(self._state.drafts)

    @property
    def sessions(self) -> tuple[SessionState, ...]:
        """The unfinished sessions, the last saved at the end."""
        return self._state.sessions

    @property
    def exam(self) -> ExamPlace | None:
        """How far the running exam is."""
        return self._state.exam

    def save_draft(self, draft: Draft) -> None:
        """Replace the draft of its question. Raises OSError."""
        self._change(replace(self._state, drafts={**self._state.drafts, draft.question: draft}))

    def drop_drafts(self, questions: Collection[str]) -> None:
        """Delete the drafts of `questions`. Raises OSError."""
        drafts = {id_: draft for id_, draft in self._state.drafts.items() if id_ not in questions}
        self._change(replace(self._state, drafts=drafts))

    def submit(self, question: str, session: SessionState | None) -> None:
        """Drop the draft of an answer that is saved and move the session on, in one write.

        Other sessions stay. Raises OSError.
        """
        drafts = {id_: draft for id_, draft in self._state.drafts.items() if id_ != question}
        state = replace(self._state, drafts=drafts)
        if session is not None:
            state = replace(state, sessions=_sessions_with(state, session))
        self._change(state)

    def save_session(self, session: SessionState) -> None:
        """Replace the session of the same source, or remove it if it is done. Raises OSError."""
        self._change(replace(self._state, sessions=_sessions_with(self._state, session)))

    def drop_session(self, session: SessionState) -> None:
        """Forget the session of this source. Raises OSError."""
        others = tuple(each for each in self._state.sessions if each.source != session.source)
        self._change(replace(self._state, sessions=others))

    def save_exam_place(self, exam: ExamPlace | None) -> None:
        """Replace the place in the exam; None ends it. Raises OSError."""
        self._change(replace(self._state, exam=exam))

    def _change(self, state: WorkspaceState) -> None:
        if state == self._state:
            return
        with self._opened.storage.batch():
            database = self._opened.database
            database.drop_tables()
            database.table("meta").insert({"version": SCHEMA})
            database.table("drafts").insert_multiple(map(to_document, state.drafts.values()))
            # An older tutor knows one session and takes the last row.
            database.table("session").insert_multiple(map(to_document, state.sessions))
            if state.exam is not None:
                database.table("exam").insert(to_document(state.exam))
        self._state = state
