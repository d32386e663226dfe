"""How near a question is to the field of those that a judge was trained on.

A field has its words. Of a question's words, apart from those that every question may have, the
share is taken that stand in the questions of the judge's training: in its own field about four
fifths of the beginnings of words in English, elsewhere about half.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tutor.bank import Language, Question
from tutor.grading.text import character_pairs, is_chinese, is_number, is_word, normalise, tokens

COMMON, OWN = 25, 2
"""In so many questions a word is common, and tells nothing; in so many it is one of the field."""
_LETTERS = 5
"""The beginning of a word, which its forms have in common."""
_BOUNDS: Mapping[Language, tuple[float, float]] = {
    "de": (0.55, 0.75),
    "en": (0.55, 0.75),
    "ru": (0.42, 0.62),
    "zh": (0.25, 0.35),
}
"""The shares that are far from the field, and in it: words have more forms in one language."""
_MARK = "*"
"""Behind a common one in the file."""


@dataclass(frozen=True)
class Field:
    """The beginnings of words, and pairs of Chinese characters, of one judge's questions."""

    common: frozenset[str]
    own: frozenset[str]

    @classmethod
    def of_texts(cls, questions: Iterable[Iterable[str]]) -> "Field":
        """From the texts of each question in all its languages."""
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
        """From what `written` gave."""
        lines = text.split()
        return cls(
            frozenset(line[: -len(_MARK)] for line in lines if line.endswith(_MARK)),
            frozenset(line for line in lines if not line.endswith(_MARK)),
        )

    def written(self) -> str:
        """One a line, sorted."""
        marked = {part + _MARK for part in self.common}
        return "".join(f"{line}\n" for line in sorted(self.own | marked))

    def nearness(self, question: Question, language: Language) -> float:
        """From 0, a question of another field, to 1, one of this."""
        text = normalise(f"{question.prompt.to(language)} {question.answer.to(language)}")
        telling = _parts(text) - self.common
        if not telling:
            return 1.0
        far, near = _BOUNDS[question.prompt.language_for(language)]
        share = len(telling & self.own) / len(telling)
        return min(1.0, max(0.0, (share - far) / (near - far)))


def _parts(text: str) -> frozenset[str]:
    words = (word for word in tokens(text) if is_word(word) and not is_number(word))
    beginnings = frozenset(word[:_LETTERS] for word in words if not is_chinese(word))
    return beginnings.union(character_pairs(text))
