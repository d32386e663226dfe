"""Options that several commands share, with their words."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    Path | None, typer.Option("--model", metavar="PATH", help="The model file (GGUF) to use.")
]
AllowLarge = Annotated[
    bool, typer.Option("--allow-large-model", help="Load the model even if memory looks too small.")
]
Server = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", help="Use this model server instead of a file."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Events = Annotated[
    bool, typer.Option("--json", help="Print a JSON object a line, one for each event.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")]


class Tongue(StrEnum):
    """A language of questions."""

    DE = "de"
    EN = "en"
    RU = "ru"
    ZH = "zh"


class GraderChoice(StrEnum):
    """Who is to grade."""

    AUTO = "auto"
    MODEL = "model"
    TERMS = "terms"


class SplitChoice(StrEnum):
    """What sample answers may be used for."""

    TRAIN = "train"
    CALIBRATE = "calibrate"
    TEST = "test"
    APART = "apart"


InLanguage = Annotated[
    Tongue | None, typer.Option("--language", help="Default: one that you read.")
]
DeckLanguage = Annotated[
    Tongue | None, typer.Option("--language", help="Default: the deck's own language.")
]
ChosenGrader = Annotated[
    GraderChoice, typer.Option("--grader", help="auto: the model if there is one, else key terms.")
]
DeckId = Annotated[str, typer.Argument(metavar="DECK", help="The deck's id, from `bank list`.")]


@dataclass(frozen=True)
class ModelChoice:
    """Which model the command line names, before the command's name or after it."""

    model: Path | None = None
    allow_large_model: bool | None = None
    server: str | None = None

    def __post_init__(self) -> None:
        """One of the two graders, and a path that names something."""
        if self.model is not None and not self.model.parts:  # `.`, `./` and an empty text
            from tutor.engine.discovery import find_model

            find_model(self.model.absolute(), ())
        if self.model and self.server:
            raise typer.BadParameter("give --model or --server, not both")

    @property
    def arguments(self) -> dict[str, object]:
        """For `Profile`. A model file takes the place of a server that the settings name."""
        return {
            "model": self.model,
            "allow_large_model": self.allow_large_model,
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
