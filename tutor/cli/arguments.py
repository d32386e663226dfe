"""Arguments that several commands share."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ModelChoice:
    """Which model the command line names, before the command's name or after it."""

    model: Path | None = None
    allow_large_model: bool | None = None

    @property
    def arguments(self) -> dict[str, object]:
        """For `Profile`."""
        return {"model": self.model, "allow_large_model": self.allow_large_model}

    def over(self, outer: object) -> "ModelChoice":
        """The same choice; what it leaves open is taken from before the command's name."""
        if not isinstance(outer, ModelChoice):
            return self
        return ModelChoice(
            self.model or outer.model, self.allow_large_model or outer.allow_large_model
        )
