"""Progress of compiling llama.cpp and downloading the judge while the tutor runs.

Read from a small JSON file that the set-up writes and `TUTOR_SETUP` names; if that is not set,
no set-up is running.
"""

import json
import time
from dataclasses import dataclass
from enum import StrEnum
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

SILENCE = 180.0
"""Seconds without an update after which the set-up counts as stopped."""


class SetupStage(StrEnum):
    """What the set-up is doing."""

    WAITING = "waiting"
    COMPILING = "compiling"
    FETCHING = "fetching"
    """Downloading the judge's model."""
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """It was interrupted and resumes at the next start."""


@dataclass(frozen=True, slots=True)
class SetupState:
    """How far the set-up is."""

    stage: SetupStage
    done: int = 0
    total: int = 0
    """Files to compile or MiB to download; 0 if unknown."""
    compiled: bool = False
    """Whether llama.cpp is compiled, so that a model can run."""
    problem: str = ""
    """Why it failed and what to do, in one line."""
    log: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it has ended, for this session."""
        return self.stage in (SetupStage.DONE, SetupStage.FAILED, SetupStage.STOPPED)


def read_setup(file: Path | None, now: float | None = None) -> SetupState | None:
    """The state in `file`; None if there is none or it cannot be read."""
    if file is None:
        return None
    try:
        silent = (time.time() if now is None else now) - file.stat().st_mtime
        stored = json.loads(file.read_text(encoding="utf-8"))
        state = SetupState(
            SetupStage(stored["stage"]),
            max(0, int(stored["done"])),
            max(0, int(stored["total"])),
            stored["compiled"] is True,
            str(stored["problem"]),
            str(stored["log"]),
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    if silent > SILENCE and not state.is_over:
        return SetupState(SetupStage.STOPPED, compiled=state.compiled, log=state.log)
    return state


def can_run_models() -> bool:
    """Whether llama.cpp is installed. Checked afresh, since it may be installed while we run."""
    invalidate_caches()
    return find_spec("llama_cpp") is not None
