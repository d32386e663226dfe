"""The model: prompts in, label distributions and text out.

llama.cpp runs in a child process (`tutor.engine.worker`), which alone imports it; here is the
parent's handle. Imports nothing of ours but `errors` and `paths`.
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
