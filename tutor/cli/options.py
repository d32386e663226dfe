"""Options and arguments that several commands share."""

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
Events = Annotated[bool, typer.Option("--json", help="Print one line of JSON for each event.")]
Force = Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")]

MOST_CHARACTERS = 200_000
"""The longest answer that is accepted; no student writes that much."""


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
QuestionId = Annotated[
    str,
    typer.Argument(metavar="ID", help="A question's id, such as my-deck.2.4, or its beginning."),
]
DeckId = Annotated[str, typer.Argument(metavar="DECK", help="The deck's id, from `bank list`.")]
