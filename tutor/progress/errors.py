"""What can go wrong with a profile, each with what the student can do about it."""

from pathlib import Path

from tutor.errors import TutorError


class ProgressError(TutorError):
    """The root of all errors of this package."""


class ProfileLocked(ProgressError):
    """Another process has this profile open."""


class ProfileNotWritable(ProgressError):
    """Something could not be saved: the disk is full, or the folder may not be written."""

    def __init__(self, path: Path, cause: OSError) -> None:
        reason = cause.strerror or type(cause).__name__
        super().__init__(
            f"{path} cannot be written: {reason}.",
            remedy="Free some space or mend the folder's permissions, then save again.",
        )


class ProfileTooNew(ProgressError):
    """The profile was written by a newer version of this program."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"{path} has schema version {found}; this program knows up to {known}.",
            remedy="Install the newer version of tutor. Nothing was lost.",
        )


class ProfileClosed(ProgressError):
    """Something was to be saved after the profile was closed."""

    def __init__(self) -> None:
        super().__init__("The profile is closed already.", remedy="Start tutor again.")


class AttemptNotFound(ProgressError):
    """The history holds no attempt with this id."""

    def __init__(self, attempt_id: str) -> None:
        super().__init__(
            f"There is no attempt {attempt_id!r} in the history.",
            remedy="Look up the attempt's id in the history first.",
        )


class ExamNotFound(ProgressError):
    """The history holds no exam with this id."""

    def __init__(self, exam: str) -> None:
        super().__init__(
            f"There is no exam {exam!r} in the history.",
            remedy="Look up the exam's id in the history first.",
        )
