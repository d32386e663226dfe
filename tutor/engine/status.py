"""What the model is doing, for the line that shows it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

BUILT_IN_JUDGE = "built-in judge"
"""What students read instead of the name in the judge's file."""


class EngineState(StrEnum):
    """What the model is doing, in one word."""

    OFF = "off"
    STARTING = "starting"
    LOADING = "loading"
    PROBING = "probing"
    READY = "ready"
    READING = "reading"
    JUDGING = "judging"
    WRITING = "writing"
    RESTARTING = "restarting"
    FAILED = "failed"

    @property
    def is_on_its_way(self) -> bool:
        """Whether a model is not ready yet, but will be."""
        return self in (self.STARTING, self.LOADING, self.PROBING, self.RESTARTING)


class Absence(StrEnum):
    """Why no model grades."""

    CHOSEN = "chosen"
    """The student chose key terms."""
    MISSING = "missing"
    """No model is installed."""
    UNUSED = "unused"
    """The judge is installed, but it cannot be run or was not loaded."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the model is doing, for a status line."""

    state: EngineState
    detail: str = ""
    """One line for a person: why it failed or was restarted."""
    progress: float | None = None
    """How far loading is, from 0 to 1; None if unknown."""
    remedy: str = ""
    """What the student can do if it failed."""


StatusListener = Callable[[Status], None]


class StatusSource:
    """Something that runs a model and reports to its listeners what the model is doing."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._status = Status(EngineState.OFF)
        self._listeners: tuple[StatusListener, ...] = ()

    @property
    def status(self) -> Status:
        """What the model is doing now."""
        return self._status

    def subscribe(self, listener: StatusListener) -> None:
        """Call `listener` on every change of `status`, from any thread; it must not block."""
        with self._lock:
            self._listeners += (listener,)

    def _announce(self, status: Status) -> None:
        """Change the status. The caller holds the lock."""
        self._status = status
        for listener in self._listeners:
            listener(status)
