"""The model that the command line names, without Typer, which the first screen does not load."""

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class ModelChoice:
    """The model that the options name, before or after the command's name."""

    model: Path | None = None
    allow_large_model: bool = False
    server: str | None = None

    def __post_init__(self) -> None:
        """Raises WrongUsage for a model and a server, ModelRefused for a path without a name."""
        if self.model is not None and not self.model.parts:  # `.`, `./` or empty
            from tutor.engine.discovery import find_model  # late: most start without a path

            find_model(self.model.absolute(), ())
        if self.model and self.server:
            from tutor.cli.options import WrongUsage

            raise WrongUsage("give --model or --server, not both")

    @property
    def arguments(self) -> dict[str, object]:
        """The settings that these options override; a model file turns off a server."""
        return {
            "model": self.model,
            "allow_large_model": self.allow_large_model or None,  # None leaves it as it is set
            "server": "" if self.model else self.server,
        }

    def over(self, outer: "ModelChoice") -> "ModelChoice":
        """Fill what this choice leaves open from `outer`, the choice before the command's name."""
        large = self.allow_large_model or outer.allow_large_model
        if self.model or self.server:
            return replace(self, allow_large_model=large)
        return replace(outer, allow_large_model=large)
