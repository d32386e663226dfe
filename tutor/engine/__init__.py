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
    ModelTooLarge,
    Prompt,
    PromptTooLong,
    Scored,
    Segment,
    Status,
    StatusListener,
    Token,
)
from tutor.engine.discovery import find_adapter, find_model
from tutor.engine.probe_cache import ProbeMemory, library_version, processor_name
from tutor.engine.setup_state import SetupStage, SetupState, can_run_models, read_setup

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
    "ModelTooLarge",
    "ProbeMemory",
    "Prompt",
    "PromptTooLong",
    "Scored",
    "Segment",
    "SetupStage",
    "SetupState",
    "Status",
    "StatusListener",
    "Token",
    "can_run_models",
    "find_adapter",
    "find_model",
    "library_version",
    "processor_name",
    "read_setup",
]
