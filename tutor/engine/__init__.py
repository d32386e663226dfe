"""The model: prompts in, label distributions and text out.

Only the child process (`tutor.engine.worker`) imports llama.cpp; this package is the parent's side
of it. Of the rest of `tutor` it imports only `errors` and `paths`.
"""

from tutor.engine.api import (
    Ask,
    Branch,
    Cancelled,
    Distribution,
    Engine,
    EngineCrashed,
    EngineError,
    EngineGone,
    EngineState,
    LabelsUnusable,
    ModelInfo,
    ModelRefused,
    Prompt,
    Scored,
    Segment,
    Status,
    StatusListener,
    Token,
)
from tutor.engine.probe_cache import ProbeMemory, processor_name

__all__ = [
    "Ask",
    "Branch",
    "Cancelled",
    "Distribution",
    "Engine",
    "EngineCrashed",
    "EngineError",
    "EngineGone",
    "EngineState",
    "LabelsUnusable",
    "ModelInfo",
    "ModelRefused",
    "ProbeMemory",
    "Prompt",
    "Scored",
    "Segment",
    "Status",
    "StatusListener",
    "Token",
    "processor_name",
]
