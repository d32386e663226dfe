"""A lock on a file that only one process holds; its end, however it comes, gives the lock back."""

import os
import sys
import time

TICK_SECONDS = 0.5
FAR = 1 << 20
"""Windows keeps others from reading what is locked: a byte that no content reaches is taken."""


def try_lock(descriptor: int) -> bool:
    """Take the lock on an open file if no other open file has it; its closing gives it back."""
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
    """Take the lock as soon as it is free; False where that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor):
        if time.monotonic() >= deadline:
            return False
        time.sleep(min(TICK_SECONDS, seconds))
    return True
