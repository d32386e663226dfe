"""A file lock for one process; it is released when the process ends for whatever reason."""

import os
import sys
import time

TICK_SECONDS = 0.5
FAR = 1 << 20
"""An offset beyond any content: on Windows other processes cannot read the locked bytes."""


def try_lock(descriptor: int) -> bool:
    """Lock an open file if no other open file has the lock; closing it releases the lock."""
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
    """Take the lock once it is free; return False if that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(min(TICK_SECONDS, seconds))
    return True
