"""What has happened: every attempt, where each question stands, drafts and the session.

`attempts.jsonl` is the truth; the rest can be made from it again. May import the data types of
`tutor.bank` and `tutor.grading`, `tutor.paths` and `tutor.errors`; it alone knows TinyDB.
"""

from typing import TYPE_CHECKING

from tutor.progress.agreement import Agreement, agreement
from tutor.progress.errors import (
    AttemptNotFound,
    ExamNotFound,
    ProfileClosed,
    ProfileLocked,
    ProfileNotWritable,
    ProfileTooNew,
    ProgressError,
)
from tutor.progress.history import HistoryUnreadable, read_history
from tutor.progress.records import (
    Day,
    Draft,
    ExamPlace,
    Memory,
    OpenExam,
    Rating,
    Scale,
    SessionKind,
    SessionState,
    Standing,
)
from tutor.progress.store import Progress, open_progress

if TYPE_CHECKING:
    from tutor.progress.events import (
        Attempt,
        Deleted,
        ExamAnswered,
        ExamBegun,
        FollowedUp,
        Overruling,
        Rated,
    )
    from tutor.progress.exams import ExamRecord
    from tutor.progress.replay import Undoable

__all__ = [
    "Agreement",
    "Attempt",
    "AttemptNotFound",
    "Day",
    "Deleted",
    "Draft",
    "ExamAnswered",
    "ExamBegun",
    "ExamNotFound",
    "ExamPlace",
    "ExamRecord",
    "FollowedUp",
    "HistoryUnreadable",
    "Memory",
    "OpenExam",
    "Overruling",
    "ProfileClosed",
    "ProfileLocked",
    "ProfileNotWritable",
    "ProfileTooNew",
    "Progress",
    "ProgressError",
    "Rated",
    "Rating",
    "Scale",
    "SessionKind",
    "SessionState",
    "Standing",
    "Undoable",
    "agreement",
    "open_progress",
    "read_history",
]

if not TYPE_CHECKING:  # a type checker would take any name for good

    def __getattr__(name: str) -> object:
        """Import what needs the grades, and so pydantic, when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tutor.progress import events, exams, replay

        late = next(module for module in (events, exams, replay) if hasattr(module, name))
        return getattr(late, name)
