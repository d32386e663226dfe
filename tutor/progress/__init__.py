"""What has happened: every attempt, where each question stands, drafts and the session.

`attempts.jsonl` is the truth; the rest can be rebuilt from it. May import the data types of
`tutor.bank` and `tutor.grading`, `tutor.paths` and `tutor.errors`; it alone knows TinyDB.
"""

from typing import TYPE_CHECKING

from tutor.progress.errors import ProfileNotWritable
from tutor.progress.records import (
    Day,
    Draft,
    ExamPlace,
    Memory,
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
        Rated,
        Regraded,
    )
    from tutor.progress.exams import ExamRecord

__all__ = [
    "Attempt",
    "Day",
    "Deleted",
    "Draft",
    "ExamAnswered",
    "ExamBegun",
    "ExamPlace",
    "ExamRecord",
    "FollowedUp",
    "Memory",
    "ProfileNotWritable",
    "Progress",
    "Rated",
    "Rating",
    "Regraded",
    "Scale",
    "SessionKind",
    "SessionState",
    "Standing",
    "open_progress",
]

if not TYPE_CHECKING:  # a type checker would take any name for good

    def __getattr__(name: str) -> object:
        """Import what needs the grades, and so pydantic, when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tutor.progress import events, exams

        late = next(module for module in (events, exams) if hasattr(module, name))
        return getattr(late, name)
