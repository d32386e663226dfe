"""The errors of a profile, each with what the student can do about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tutor.errors import TutorError


class ProgressError(TutorError):
    """The root of all errors of this package."""


class ProfileLocked(ProgressError):
    """Another process has this profile open."""


class ProfileNotWritable(ProgressError):
    """Something could not be saved, such as on a full disk or in a protected folder."""

    def __init__(self, path: Path, cause: OSError) -> None:
        reason = cause.strerror or type(cause).__name__
        super().__init__(
            f"{path} cannot be written: {reason}.",
            remedy="Check that the folder exists, that you may write to it and that the disk is "
            "not full, then try again.",
        )


@contextmanager
def writing(path: Path, *, or_below: bool = False) -> Iterator[None]:
    """Turn an OSError into ProfileNotWritable that names `path`.

    With `or_below` it names the file that failed, if the error has one.
    """
    try:
        yield
    except OSError as error:
        failed = error.filename if or_below and isinstance(error.filename, str) else path
        raise ProfileNotWritable(Path(failed), error) from error


class ProfileTooNew(ProgressError):
    """The profile was written by a newer version of this program."""

    def __init__(self, path: Path, version: int, supported: int) -> None:
        self.version = version
        super().__init__(
            f"{path} has schema version {version}; this program knows versions up to {supported}.",
            remedy="Install a newer version of tutor. Nothing is lost.",
        )


class ProfileClosed(ProgressError):
    """The profile was closed before something was saved."""

    def __init__(self) -> None:
        super().__init__("The profile is already closed.", remedy="Start tutor again.")


class NotInHistory(ProgressError):
    """The history has no attempt, or no exam, with this id."""

    def __init__(self, what: Literal["attempt", "exam"], id_: str) -> None:
        super().__init__(
            f"There is no {what} {id_!r} in the history.",
            remedy="`tutor progress export` shows the ids.",
        )


class HistoryUnreadable(ProgressError):
    """The history, or another file of the profile, exists and cannot be read."""

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(
            f"{path} cannot be read: {cause.strerror or type(cause).__name__}.",
            remedy="Check the permissions of the file and its folder.",
        )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an OSError into HistoryUnreadable, naming the file that failed, else `path`."""
    try:
        yield
    except OSError as error:
        failed = error.filename if isinstance(error.filename, str) else path
        raise HistoryUnreadable(Path(failed), error) from error
