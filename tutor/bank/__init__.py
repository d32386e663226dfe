"""What is asked: decks of questions, read from YAML, checked, and kept compiled.

Imports nothing of ours but `paths` and `errors`. YAML is parsed only where a file has changed; an
unchanged bank is opened from its compiled index. `docs/bank.md` tells how to write a deck.
"""

from tutor.bank.bank import Bank, check, open_bank
from tutor.bank.index import DeckInfo, QuestionInfo, SectionInfo
from tutor.bank.model import (
    LANGUAGES,
    DeckHead,
    Language,
    Question,
    RubricPoint,
    Sample,
    SampleFile,
    Section,
    Source,
    Text,
    Verdict,
)
from tutor.bank.problem import (
    BankError,
    Problem,
    UnknownDeckError,
    UnknownQuestionError,
    printable,
)

__all__ = [
    "LANGUAGES",
    "Bank",
    "BankError",
    "DeckHead",
    "DeckInfo",
    "Language",
    "Problem",
    "Question",
    "QuestionInfo",
    "RubricPoint",
    "Sample",
    "SampleFile",
    "Section",
    "SectionInfo",
    "Source",
    "Text",
    "UnknownDeckError",
    "UnknownQuestionError",
    "Verdict",
    "check",
    "open_bank",
    "printable",
]
