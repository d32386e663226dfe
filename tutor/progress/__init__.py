"""What has happened: every attempt, where each question stands, drafts and the session.

`attempts.jsonl` is the truth; the rest can be made from it again. May import the data types of
`tutor.bank` and `tutor.grading`, `tutor.paths` and `tutor.errors`; it alone knows TinyDB.
"""

from tutor.progress.errors import (
    AttemptNotFound,
    ProfileClosed,
    ProfileLocked,
    ProfileNotWritable,
    ProfileTooNew,
    ProgressError,
)
from tutor.progress.model import Attempt, Draft, SessionState, Standing
from tutor.progress.store import Progress, open_progress

__all__ = [
    "Attempt",
    "AttemptNotFound",
    "Draft",
    "ProfileClosed",
    "ProfileLocked",
    "ProfileNotWritable",
    "ProfileTooNew",
    "Progress",
    "ProgressError",
    "SessionState",
    "Standing",
    "open_progress",
]
