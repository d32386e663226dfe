"""What is asked: decks of questions, read from YAML, checked, and kept compiled.

Imports nothing of ours but `paths` and `errors`. YAML is parsed only where a file has changed; an
unchanged bank is opened from its compiled index. `docs/bank.md` tells how to write a deck.
"""

from typing import TYPE_CHECKING

from tutor.bank.bank import Bank, check, open_bank
from tutor.bank.index import DeckInfo, QuestionInfo, SectionInfo
from tutor.bank.problems import (
    BankError,
    Check,
    Finding,
    Problem,
    UnknownDeckError,
    UnknownQuestionError,
    printable,
)
from tutor.bank.text import ENGLISH_NAMES, LANGUAGES, Kind, Language, Split, Text, Verdict

if TYPE_CHECKING:
    from tutor.bank.questions import (
        DeckHead,
        Question,
        QuestionId,
        RubricPoint,
        Sample,
        SampleFile,
        Section,
        Source,
    )
    from tutor.bank.section_reader import (
        ReadSection,
        deck_files,
        read_head,
        read_samples,
        read_section,
        section_files,
    )
    from tutor.bank.source_files import samples_path
    from tutor.bank.yaml_reader import Document, read

__all__ = [
    "ENGLISH_NAMES",
    "LANGUAGES",
    "Bank",
    "BankError",
    "Check",
    "DeckHead",
    "DeckInfo",
    "Document",
    "Finding",
    "Kind",
    "Language",
    "Problem",
    "Question",
    "QuestionId",
    "QuestionInfo",
    "ReadSection",
    "RubricPoint",
    "Sample",
    "SampleFile",
    "Section",
    "SectionInfo",
    "Source",
    "Split",
    "Text",
    "UnknownDeckError",
    "UnknownQuestionError",
    "Verdict",
    "check",
    "deck_files",
    "open_bank",
    "printable",
    "read",
    "read_head",
    "read_samples",
    "read_section",
    "samples_path",
    "section_files",
]

if not TYPE_CHECKING:  # a type checker would take any name for good

    def __getattr__(name: str) -> object:
        """Import the models when the first is asked for: they and pydantic take 50 ms."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tutor.bank import questions, section_reader, source_files, yaml_reader

        parts = (questions, section_reader, source_files, yaml_reader)
        return getattr(next(part for part in parts if hasattr(part, name)), name)
