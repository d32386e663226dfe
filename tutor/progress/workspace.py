"""What the student is in the middle of: drafts, session, exam, in a TinyDB of their own.

It is small, so that saving a draft every second costs the same however much has been answered.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from tinydb import TinyDB

from tutor.progress.documents import read_draft, read_exam_place, read_session, to_document
from tutor.progress.records import SCHEMA, Draft, ExamPlace, SessionState
from tutor.progress.snapshot import find_meta
from tutor.progress.storage import OpenDatabase


@dataclass(frozen=True)
class WorkspaceState:
    """All that lies on the desk."""

    drafts: Mapping[str, Draft] = field(default_factory=dict)
    session: SessionState | None = None
    exam: ExamPlace | None = None


def read_workspace(database: TinyDB, path: Path) -> WorkspaceState:
    """What lies on the desk in `database`, of any version so far.

    Raises ValueError, ProfileTooNew naming `path`.
    """
    if not database.tables():
        return WorkspaceState()
    version = find_meta(database, path)["version"]
    drafts = map(read_draft, database.table("drafts").all())
    lacking = _LACKING_IN_1 if version == 1 else {}
    sessions = [read_session({**lacking, **row}) for row in database.table("session").all()]
    exams = [read_exam_place(row) for row in database.table("exam").all()]
    return WorkspaceState(
        {draft.question: draft for draft in drafts},
        sessions[-1] if sessions else None,
        exams[-1] if exams else None,
    )


_LACKING_IN_1: Mapping[str, object] = MappingProxyType({"kind": "deck", "topic": None})
"""Version 1 knew sessions over a deck only."""


class Workspace:
    """Drafts, session and exam. Reading costs no disk; a change that fails changes nothing."""

    def __init__(self, kept: OpenDatabase[WorkspaceState]) -> None:
        self._kept = kept
        self._state = kept.value

    @property
    def drafts(self) -> Mapping[str, Draft]:
        """The drafts by question id: a view that later changes leave alone."""
        return MappingProxyType(self._state.drafts)

    @property
    def session(self) -> SessionState | None:
        """The unfinished session."""
        return self._state.session

    @property
    def exam(self) -> ExamPlace | None:
        """How far the running exam is."""
        return self._state.exam

    def keep(self, draft: Draft) -> None:
        """Put `draft` in the place of its question's draft. Raises OSError."""
        self._change(replace(self._state, drafts={**self._state.drafts, draft.question: draft}))

    def drop(self, questions: Collection[str]) -> None:
        """Throw the drafts of `questions` away. Raises OSError."""
        drafts = {id_: kept for id_, kept in self._state.drafts.items() if id_ not in questions}
        self._change(replace(self._state, drafts=drafts))

    def submit(self, question: str, session: SessionState | None) -> None:
        """Drop the draft of an answer that is saved and move the session on, in one write.

        Without a session the one that is kept stays. Raises OSError.
        """
        drafts = {id_: kept for id_, kept in self._state.drafts.items() if id_ != question}
        left = self._state.session if session is None else None if session.done else session
        self._change(replace(self._state, drafts=drafts, session=left))

    def keep_session(self, session: SessionState | None) -> None:
        """Put `session` in the place of the session before; None ends it. Raises OSError."""
        self._change(replace(self._state, session=session))

    def sit(self, exam: ExamPlace | None) -> None:
        """Put `exam` in the place of the one before; None ends it. Raises OSError."""
        self._change(replace(self._state, exam=exam))

    def _change(self, state: WorkspaceState) -> None:
        if state == self._state:
            return
        with self._kept.storage.batch():
            database = self._kept.database
            database.drop_tables()
            database.table("meta").insert({"version": SCHEMA})
            database.table("drafts").insert_multiple(map(to_document, state.drafts.values()))
            if state.session is not None:
                database.table("session").insert(to_document(state.session))
            if state.exam is not None:
                database.table("exam").insert(to_document(state.exam))
        self._state = state
