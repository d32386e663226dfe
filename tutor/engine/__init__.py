"""The model: prompts in, label distributions and text out.

Only the child process (`tutor.engine.worker`) imports llama.cpp; this package is the parent's side
of it. Of the rest of `tutor` it imports only `errors`, `files`, `formatting`
and `paths`.
"""

from tutor.engine.cpu_features import processor_name
from tutor.engine.errors import (
    Cancelled,
    EngineCrashed,
    EngineError,
    EngineGone,
    LabelsUnusable,
    ModelRefused,
)
from tutor.engine.probe_cache import ProbeMemory
from tutor.engine.status import BUILT_IN_JUDGE, Absence, EngineState, Status, StatusListener

__all__ = [
    "BUILT_IN_JUDGE",
    "Absence",
    "Cancelled",
    "EngineCrashed",
    "EngineError",
    "EngineGone",
    "EngineState",
    "LabelsUnusable",
    "ModelRefused",
    "ProbeMemory",
    "Status",
    "StatusListener",
    "processor_name",
]
