"""Measures how near a question is to the field that a judge was trained in.

A field has words of its own. Leaving aside words that any question may have, we take the share of
a question's words that also occur in the judge's training questions: in English, about four fifths
of the beginnings of words in the judge's own field, and about half elsewhere.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tutor.bank import Language, Question
from tutor.grading.text import character_pairs, is_chinese, is_number, is_word, normalise, tokens

COMMON, OWN = 25, 2
"""A word in `COMMON` questions or more says nothing; one in `OWN` or more belongs to the field."""
_LETTERS = 5
"""Letters at the beginning of a word, which its forms have in common."""
_BOUNDS: Mapping[Language, tuple[float, float]] = {
    "de": (0.55, 0.75),
    "en": (0.55, 0.75),
    "ru": (0.42, 0.62),
    "zh": (0.25, 0.35),
}
"""The shares that count as far from the field and as in it; some languages have more word forms."""
_MARK = "*"
"""Marks a common beginning in the file."""


@dataclass(frozen=True)
class Field:
    """The beginnings of words and pairs of Chinese characters in one judge's questions."""

    common: frozenset[str]
    own: frozenset[str]

    @classmethod
    def of_texts(cls, questions: Iterable[Iterable[str]]) -> "Field":
        """Collect them from each question's texts in all languages."""
        counts = Counter(
            part
            for texts in questions
            for part in frozenset().union(*(_parts(normalise(text)) for text in texts))
        )
        return cls(
            frozenset(part for part, times in counts.items() if times >= COMMON),
            frozenset(part for part, times in counts.items() if OWN <= times < COMMON),
        )

    @classmethod
    def read(cls, text: str) -> "Field":
        """Parse what `written` returned."""
        lines = text.split()
        return cls(
            frozenset(line[: -len(_MARK)] for line in lines if line.endswith(_MARK)),
            frozenset(line for line in lines if not line.endswith(_MARK)),
        )

    def written(self) -> str:
        """The contents of a file: one beginning per line, sorted."""
        marked = {part + _MARK for part in self.common}
        return "".join(f"{line}\n" for line in sorted(self.own | marked))

    def nearness(self, question: Question, language: Language) -> float:
        """How near a question is, from 0 (another field) to 1 (this field)."""
        text = normalise(f"{question.prompt.to(language)} {question.answer.to(language)}")
        specific = _parts(text) - self.common
        if not specific:
            return 1.0
        far, near = _BOUNDS[question.prompt.language_for(language)]
        share = len(specific & self.own) / len(specific)
        return min(1.0, max(0.0, (share - far) / (near - far)))


def _parts(text: str) -> frozenset[str]:
    words = (word for word in tokens(text) if is_word(word) and not is_number(word))
    beginnings = frozenset(word[:_LETTERS] for word in words if not is_chinese(word))
    return beginnings.union(character_pairs(text))
