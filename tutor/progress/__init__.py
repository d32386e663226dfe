"""What has happened: every attempt, where each question stands, drafts and the session.

`attempts.jsonl` is the truth; the rest can be made from it again. May import the data types of
`tutor.bank` and `tutor.grading`, `tutor.paths` and `tutor.errors`; it alone knows TinyDB.
"""

from typing import TYPE_CHECKING

from tutor.progress.agreement import Agreement, agreement
from tutor.progress.errors import (
    AttemptNotFound,
    ProfileClosed,
    ProfileLocked,
    ProfileNotWritable,
    ProfileTooNew,
    ProgressError,
)
from tutor.progress.model import Draft, SessionState, Standing
from tutor.progress.reading import HistoryUnreadable, read_history
from tutor.progress.store import Progress, open_progress

if TYPE_CHECKING:
    from tutor.progress.attempt import Attempt

__all__ = [
    "Agreement",
    "Attempt",
    "AttemptNotFound",
    "Draft",
    "HistoryUnreadable",
    "ProfileClosed",
    "ProfileLocked",
    "ProfileNotWritable",
    "ProfileTooNew",
    "Progress",
    "ProgressError",
    "SessionState",
    "Standing",
    "agreement",
    "open_progress",
    "read_history",
]

if not TYPE_CHECKING:  # a type checker would take any name for good

    def __getattr__(name: str) -> object:
        """Import `Attempt` when it is first asked for: it needs the grades and pydantic."""
        if name != "Attempt":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tutor.progress.attempt import Attempt

        return Attempt
