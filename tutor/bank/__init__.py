"""The question bank: decks of questions, read from YAML, checked and compiled.

YAML is parsed only if a file has changed; an unchanged bank is opened from its compiled index.
`docs/bank.md` describes how to write a deck.
"""

from typing import TYPE_CHECKING

from tutor.bank.bank import Bank, open_bank
from tutor.bank.index import DeckInfo, QuestionInfo, SectionInfo
from tutor.bank.problems import BankError, Problem
from tutor.bank.text import ENGLISH_NAMES, LANGUAGES, Kind, Language, Split, Text, Verdict

if TYPE_CHECKING:
    from tutor.bank.lint import check
    from tutor.bank.questions import Question, QuestionId, RubricPoint, Sample

__all__ = [
    "ENGLISH_NAMES",
    "LANGUAGES",
    "Bank",
    "BankError",
    "DeckInfo",
    "Kind",
    "Language",
    "Problem",
    "Question",
    "QuestionId",
    "QuestionInfo",
    "RubricPoint",
    "Sample",
    "SectionInfo",
    "Split",
    "Text",
    "Verdict",
    "check",
    "open_bank",
]

if not TYPE_CHECKING:  # or a type checker would accept any name

    def __getattr__(name: str) -> object:
        """Import what needs pydantic when it is first used: that takes 50 ms."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        if name == "check":
            from tutor.bank.lint import check

            return check
        from tutor.bank import questions

        return getattr(questions, name)
