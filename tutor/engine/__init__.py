"""The model: prompts in, label distributions and text out.

llama.cpp runs in a child process (`tutor.engine.child`), which alone imports it; here is the
parent's handle. Imports nothing of ours but `errors` and `paths`.
"""

from tutor.engine.find import find_adapter, find_model
from tutor.engine.front import (
    Ask,
    Branch,
    Cancelled,
    Distribution,
    Engine,
    EngineCrashed,
    EngineError,
    EngineGone,
    LabelsUnusable,
    ModelInfo,
    ModelRefused,
    ModelTooLarge,
    Prompt,
    PromptTooLong,
    Scored,
    Segment,
    State,
    Status,
    StatusListener,
    Token,
)
from tutor.engine.memory import ProbeMemory, library_version, processor_name

__all__ = [
    "Ask",
    "Branch",
    "Cancelled",
    "Distribution",
    "Engine",
    "EngineCrashed",
    "EngineError",
    "EngineGone",
    "LabelsUnusable",
    "ModelInfo",
    "ModelRefused",
    "ModelTooLarge",
    "ProbeMemory",
    "Prompt",
    "PromptTooLong",
    "Scored",
    "Segment",
    "State",
    "Status",
    "StatusListener",
    "Token",
    "find_adapter",
    "find_model",
    "library_version",
    "processor_name",
]
