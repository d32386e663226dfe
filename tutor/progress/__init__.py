"""The student's progress: every attempt, where each question stands, drafts and sessions.

`attempts.jsonl` is the source of truth; the standings can be rebuilt from it. No other package
uses TinyDB. It may import the data types of `tutor.bank` and `tutor.grading`, `tutor.paths` and
`tutor.errors`.
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

if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> object:
        """Import what needs grades, and so pydantic, on first use."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tutor.progress import events, exams

        late = next(module for module in (events, exams) if hasattr(module, name))
        return getattr(late, name)
