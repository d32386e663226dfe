"""A file lock for one process, which is released however the process ends."""

import os
import sys
import time

TICK_SECONDS = 0.5
FAR = 1 << 20
"""An offset beyond any contents, since on Windows locked bytes cannot be read."""


def try_lock(descriptor: int) -> bool:
    """Lock an open file, if it is not locked already; closing the file releases the lock."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def lock_within(descriptor: int, seconds: float) -> bool:
    """Wait for the lock and take it; return False if that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(min(TICK_SECONDS, seconds))
    return True
