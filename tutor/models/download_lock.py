"""A lock, so that only one process downloads a file."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tutor.models.failures import PullRunning


@contextmanager
def exclusive(lock: Path, what: str) -> Iterator[None]:
    """Hold `lock` while `what` is downloaded. Raises `PullRunning` if another process holds it."""
    from filelock import FileLock, Timeout  # late: only needed to download

    try:
        with FileLock(lock, timeout=0):
            try:
                yield
            finally:
                with suppress(OSError):  # an open file cannot be deleted on Windows; it is empty
                    lock.unlink()
    except Timeout as error:
        raise PullRunning(
            f"Another process is downloading {what}.",
            remedy="Wait for it, or end it; the download so far is kept.",
        ) from error
