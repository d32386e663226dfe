"""Takes turns at the model: the student comes first, and measuring fills the pauses."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET = 10.0
"""Seconds since the student last used the model after which spare time begins."""


class Turns:
    """Decides who may use the model now. Thread-safe."""

    def __init__(self, clock: Callable[[], float], cancel: Callable[[], None]) -> None:
        """`cancel` ends what is running on the model."""
        self._clock = clock
        self._cancel = cancel
        self._lock = threading.Lock()
        self._students = 0
        self._last = clock()
        self._spare = False

    @contextmanager
    def student(self) -> Iterator[None]:
        """Use the model for the student; work in spare time is cancelled."""
        with self._lock:
            self._students += 1
            if self._spare:
                self._cancel()
        try:
            yield
        finally:
            with self._lock:
                self._students -= 1
                self._last = self._clock()

    @contextmanager
    def spare(self) -> Iterator[bool]:
        """Use the model in spare time; yields whether the student has left it alone long enough."""
        with self._lock:
            is_quiet = self._clock() - self._last >= QUIET
            is_ours = is_quiet and not self._students and not self._spare
            self._spare = self._spare or is_ours
        try:
            yield is_ours
        finally:
            if is_ours:
                with self._lock:
                    self._spare = False
