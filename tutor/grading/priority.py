"""Turns at the model: whoever studies comes first, measuring fills the pauses."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET = 10.0
"""Seconds without a wish of the student's before spare time begins."""


class Turns:
    """Who has the model now. Thread-safe."""

    def __init__(self, clock: Callable[[], float], cancel: Callable[[], None]) -> None:
        """`cancel` ends what runs on the model."""
        self._clock = clock
        self._cancel = cancel
        self._lock = threading.Lock()
        self._students = 0
        self._last = clock()
        self._spare = False

    @contextmanager
    def student(self) -> Iterator[None]:
        """The student wants the model: what fills the pause is cancelled."""
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
        """Whether the model has been left alone long enough; if so it is taken meanwhile."""
        with self._lock:
            quiet = self._clock() - self._last >= QUIET
            taken = quiet and not self._students and not self._spare
            self._spare = self._spare or taken
        try:
            yield taken
        finally:
            if taken:
                with self._lock:
                    self._spare = False
