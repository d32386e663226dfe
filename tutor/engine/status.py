"""What the model is doing, for the line that shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Status:
    """What the model is doing, for a status line."""

    state: EngineState
    detail: str = ""
    """One line for a person: why it failed or was restarted."""
    progress: float | None = None
    """From 0 to 1 while loading."""
    remedy: str = ""
    """What the student can do if it failed."""


StatusListener = Callable[[Status], None]
