"""Why a call to the model failed."""

from tutor.errors import TutorError


class EngineError(TutorError):
    """The model could not serve a request."""


class ModelRefused(EngineError):
    """The model file cannot be used; the message says why."""


class ModelTooLarge(ModelRefused):
    """The model needs more memory than is free. The student may load it anyway."""


class PromptTooLong(EngineError):
    """The prompt has more tokens than the model's context."""


class LabelsUnusable(EngineError):
    """A label is more than one token of this model."""


class EngineCrashed(EngineError):
    """The child process died or hung while it worked on this call; it is being started again."""


class EngineGone(EngineError):
    """The model cannot be used again in this session."""


class Cancelled(EngineError):
    """The call was cancelled from another thread."""
