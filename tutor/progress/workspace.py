"""Unfinished work: drafts, sessions and the running exam, in a small database of their own.

So saving a draft every second costs the same however much has been answered.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Self

from tinydb import TinyDB

from tutor.progress.documents import Document, read_document, to_document
from tutor.progress.records import SCHEMA, Draft, ExamPlace, SessionState
from tutor.progress.snapshot import find_meta


@dataclass(frozen=True)
class WorkspaceState:
    """Everything that is unfinished."""

    drafts: Mapping[str, Draft] = field(default_factory=dict)
    sessions: tuple[SessionState, ...] = ()
    """At most one of each source, the last saved at the end."""
    exam: ExamPlace | None = None

    def with_draft(self, draft: Draft) -> Self:
        """With this draft of its question."""
        return replace(self, drafts={**self.drafts, draft.question: draft})

    def without_drafts(self, questions: Collection[str]) -> Self:
        """Without the drafts of these questions."""
        drafts = {id_: draft for id_, draft in self.drafts.items() if id_ not in questions}
        return replace(self, drafts=drafts)

    def with_session(self, session: SessionState) -> Self:
        """With this session as the last, unless it is done; another of its source goes.

        A session of a single question that was only looked at is dropped.
        """
        others = self.without_session(session).sessions
        kept = (each for each in others if len(each.questions) > 1 or each.is_begun(self.drafts))
        return replace(self, sessions=(*kept, *([] if session.done else [session])))

    def without_session(self, session: SessionState) -> Self:
        """Without the session of this source."""
        others = tuple(each for each in self.sessions if each.source != session.source)
        return replace(self, sessions=others)


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


def workspace_tables(state: WorkspaceState) -> dict[str, Iterable[Document]]:
    """The state as it is stored."""
    tables: dict[str, Iterable[Document]] = {
        "meta": [{"version": SCHEMA}],
        "drafts": map(to_document, state.drafts.values()),
        # An older tutor knows one session and takes the last row.
        "session": map(to_document, state.sessions),
    }
    if state.exam is not None:
        tables["exam"] = [to_document(state.exam)]
    return tables
