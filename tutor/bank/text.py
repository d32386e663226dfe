"""Texts in several languages, and verdicts: what the first screen needs from a bank.

This is plain Python, since importing pydantic takes far longer than opening an unchanged bank.
`questions.py` validates data from files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from tutor.formatting import VERDICT_MARKS

SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
"""The pattern of a plain name: small Latin letters, digits and single hyphens."""
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


VERDICT_LETTERS: Mapping[str, Verdict] = {
    "m": Verdict.MET,
    "p": Verdict.PARTIAL,
    "x": Verdict.MISSED,
}
"""The letters for verdicts in the progress files and in marked sample answers."""


def verdict_marks(letters: str) -> str:
    """Verdicts from their letters as marks: `✗◐✗`."""
    return "".join(VERDICT_MARKS[VERDICT_LETTERS[letter]] for letter in letters)


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

    def to(self, *languages: Language) -> str:
        """The text in the first of `languages` that it has, else in English, else in any."""
        text: str = getattr(self, self.language_for(*languages))
        return text

    def language_for(self, *languages: Language) -> Language:
        """The language that `to` gives the text in."""
        choices = (*languages, "en", *LANGUAGES)
        return next(each for each in choices if getattr(self, each) is not None)

    def by_language(self) -> dict[Language, str]:
        """The text in every language that it exists in."""
        return {language: self.to(language) for language in self.languages}
