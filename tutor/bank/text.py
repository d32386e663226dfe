"""Texts in several languages, and verdicts: what the first screen needs of a bank.

Plain Python, since importing pydantic takes far longer than opening an unchanged bank. Data from
files is validated in `questions.py`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Language = Literal["de", "en", "ru", "zh"]
LANGUAGES: tuple[Language, ...] = ("de", "en", "ru", "zh")
ENGLISH_NAMES: dict[Language, str] = {
    "de": "German",
    "en": "English",
    "ru": "Russian",
    "zh": "Chinese",
}

Kind = Literal["full", "paraphrase", "partial", "reversed", "wrong", "off-topic"]
"""What a sample answer is like."""
Split = Literal["train", "calibrate", "test", "apart"]
"""What a sample answer may be used for."""


class Verdict(StrEnum):
    """Whether an answer makes one point of the rubric."""

    MET = "met"
    PARTIAL = "partial"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Text:
    """The same text in one or more languages. Raises ValueError without any."""

    de: str | None = None
    en: str | None = None
    ru: str | None = None
    zh: str | None = None

    def __post_init__(self) -> None:
        if not self.languages:
            raise ValueError("a text needs at least one language: de, en, ru or zh")

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that the text exists in, in alphabetical order."""
        return tuple(language for language in LANGUAGES if getattr(self, language) is not None)

    def to(self, language: Language) -> str:
        """The text in `language`, else in English, else in any language that it exists in."""
        for choice in (language, "en", *LANGUAGES):
            text: str | None = getattr(self, choice)
            if text is not None:
                return text
        raise AssertionError("a text has at least one language")

    def by_language(self) -> dict[Language, str]:
        """The text in every language that it exists in."""
        return {language: self.to(language) for language in self.languages}
