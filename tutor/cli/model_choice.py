"""Which model the command line names. Read by the first screen, which has no time for Typer."""

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True)
class ModelChoice:
    """Which model the command line names, before the command's name or after it."""

    model: Path | None = None
    allow_large_model: bool = False
    server: str | None = None

    def __post_init__(self) -> None:
        """One of the two graders, and a path that names something."""
        if self.model is not None and not self.model.parts:  # `.`, `./` and an empty text
            from tutor.engine.discovery import find_model  # late: most start without a path

            find_model(self.model.absolute(), ())
        if self.model and self.server:
            from tutor.cli.wrong_usage import WrongUsage

            raise WrongUsage("give --model or --server, not both")

    @property
    def arguments(self) -> dict[str, object]:
        """For `Profile`. A model file takes the place of a server that the settings name."""
        return {
            "model": self.model,
            "allow_large_model": self.allow_large_model or None,  # not given: as it is set
            "server": "" if self.model else self.server,
        }

    def over(self, outer: object) -> "ModelChoice":
        """The same choice; what it leaves open is taken from before the command's name."""
        if not isinstance(outer, ModelChoice):
            return self
        large = self.allow_large_model or outer.allow_large_model
        if self.model or self.server:
            return replace(self, allow_large_model=large)
        return replace(outer, allow_large_model=large)
