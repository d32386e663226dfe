"""How far llama.cpp is that is compiled while the tutor runs, as whoever compiles it tells.

A small JSON file, named by `TUTOR_SETUP`; without that nothing is being set up.
"""

import json
import time
from dataclasses import dataclass
from enum import StrEnum
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

SILENCE = 180.0
"""Seconds without a word after which nobody is at it any more."""


class SetupStage(StrEnum):
    """What is being done."""

    WAITING = "waiting"
    COMPILING = "compiling"
    FETCHING = "fetching"
    """The judge's model."""
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    """It was broken off, and goes on at the next start."""


@dataclass(frozen=True, slots=True)
class SetupState:
    """How far it is."""

    stage: SetupStage
    done: int = 0
    total: int = 0
    """Files compiled or megabytes fetched; 0 where that is not known."""
    compiled: bool = False
    """Whether a model can be run by now."""
    problem: str = ""
    """Why it failed and what to do, in one line."""
    log: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it in this session."""
        return self.stage in (SetupStage.DONE, SetupStage.FAILED, SetupStage.STOPPED)


def read_setup(file: Path | None, now: float | None = None) -> SetupState | None:
    """What the file tells; None without one, or with one that cannot be read."""
    if file is None:
        return None
    try:
        silent = (time.time() if now is None else now) - file.stat().st_mtime
        told = json.loads(file.read_text(encoding="utf-8"))
        state = SetupState(
            SetupStage(told["stage"]),
            max(0, int(told["done"])),
            max(0, int(told["total"])),
            told["compiled"] is True,
            str(told["problem"]),
            str(told["log"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if silent > SILENCE and not state.is_over:
        return SetupState(SetupStage.STOPPED, compiled=state.compiled, log=state.log)
    return state


def can_run_models() -> bool:
    """Whether llama.cpp is installed; looked for anew, since it may come while we run."""
    invalidate_caches()
    return find_spec("llama_cpp") is not None
