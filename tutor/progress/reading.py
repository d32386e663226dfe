"""Looking at the history without opening the profile: nothing is locked, repaired or written."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.progress.errors import ProgressError
from tutor.progress.history import Damaged, History

if TYPE_CHECKING:
    from tutor.progress.attempt import Attempt


class HistoryUnreadable(ProgressError):
    """The history is there and cannot be read."""

    def __init__(self, path: Path, cause: OSError) -> None:
        super().__init__(
            f"{path} cannot be read: {cause.strerror or type(cause).__name__}.",
            remedy="Mend the permissions of the file and of its folder.",
        )


def read_history(path: Path) -> "Iterator[Attempt]":
    """All attempts in the history at `path`, oldest first, with overrulings applied.

    A tutor that is running does not mind; what it saves meanwhile may be missing. Damaged lines
    are passed over. No file is an empty history. Raises ProfileTooNew, HistoryUnreadable.
    """
    from tutor.progress.replay import read_attempts

    try:
        end = path.stat().st_size
        for event in read_attempts(History(path), end=end):
            if not isinstance(event, Damaged):
                yield event
    except FileNotFoundError:
        return
    except OSError as error:
        raise HistoryUnreadable(path, error) from error
