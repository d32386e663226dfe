"""Options that several commands share, with their words."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    Path | None, typer.Option("--model", metavar="PATH", help="The model file (GGUF) to use.")
]
AllowLarge = Annotated[
    bool, typer.Option("--allow-large-model", help="Load it though memory seems too small.")
]
Server = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", help="A model server to ask instead of a file."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


class GraderChoice(StrEnum):
    """Who is to judge."""

    AUTO = "auto"
    MODEL = "model"
    TERMS = "terms"


class SplitChoice(StrEnum):
    """What sample answers may be used for."""

    TRAIN = "train"
    CALIBRATE = "calibrate"
    TEST = "test"
    APART = "apart"
