"""A rubric drafted from a reference answer: its points, and key terms for each.

It is a beginning: `Question.drafted` says that nobody has looked at it. What the model answer says
meets every point, and the prompt alone meets none.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tutor.authoring.points import cut_into_points, joined_points
from tutor.bank import Language, RubricPoint, Text
from tutor.grading.keyterms.negation import is_negative
from tutor.grading.keyterms.overlap import FUNCTION_WORDS
from tutor.grading.keyterms.patterns import Pattern
from tutor.grading.keyterms.text import Stemming, Tongue, is_chinese, is_cyrillic, is_word, tokens
from tutor.grading.keyterms.words import Words
from tutor.grading.sentences import split_sentences

MOST_GROUPS = 4
_LONGEST_TERM = 60
_LEAST_STEM = 5
"""Letters of a stem that is worth a star; a shorter one begins too many other words."""
_FORMULA = re.compile(
    r"\$\$?([^$\n]{1,60})\$\$?|\\\((.{1,60}?)\\\)|\\\[(.{1,60}?)\\\]"
    r"|([A-Za-zΑ-Ωα-ω]{1,3}\([^()\s][^()\n]{0,30}\))|((?<!\w)\w{1,12}[_^]\w{1,12})"
)
_CHINESE = r"\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(
    rf"[{_CHINESE}]+|[-−]?(?<!\w)\d+(?:[.,]\d+)*(?:\s?%)?(?![^\W{_CHINESE}])"
    rf"|[^\W{_CHINESE}]+(?:[-'’][^\W{_CHINESE}]+)*"
)
_CHINESE_LIGHT = re.compile(
    "[的了是在和与及或而但也就都被把将对从为以于其这那之所等并且有不没无能可会要由使让给向到个种某该它他她们]+"
)
_CHINESE_TERM = 2
_TONGUES: dict[Language, Tongue] = {"de": "german", "ru": "russian"}


@dataclass(frozen=True, slots=True)
class _Candidate:
    term: str
    rarity: float
    light: bool
    """Whether it is a function word."""


class Drafter:
    """Drafts rubrics. Not thread-safe."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts` are those of the bank, which show how common words are. Read when needed."""
        self._texts = texts
        self._stemming = Stemming()

    def rubric(self, answer: Text, prompt: Text) -> tuple[RubricPoint, ...]:
        """1 to 12 points of equal weight, in the answer's languages."""
        points = _points(answer)
        said = {language: self._words(answer, language) for language in answer.languages}
        asked = [self._words(prompt, language) for language in prompt.languages]
        return tuple(
            RubricPoint(id=f"p{number}", point=point, terms=self._terms(point, said, asked))
            for number, point in enumerate(points, start=1)
        )

    def _words(self, text: Text, language: Language) -> Words:
        own = text.to(language)
        return Words(own, split_sentences(own), language, self._stemming)

    def _terms(
        self, point: Text, said: dict[Language, Words], asked: Sequence[Words]
    ) -> tuple[tuple[str, ...], ...]:
        """Groups with a term of each language."""
        negative = any(is_negative(tokens(text)) for text in point.by_language().values())
        found = [
            self._best(text, language, said[language], asked, negative=negative)
            for language, text in point.by_language().items()
        ]
        if not all(found):
            return ()
        most = max(map(len, found))
        groups = [tuple(terms[min(at, len(terms) - 1)] for terms in found) for at in range(most)]
        return tuple(tuple(dict.fromkeys(group)) for group in groups)

    def _best(
        self,
        text: str,
        language: Language,
        said: Words,
        asked: Sequence[Words],
        *,
        negative: bool,
    ) -> list[str]:
        """The terms that tell the most."""
        usable = [
            one
            for one in self._candidates(text, language)
            if _stands(one.term, said, negative=negative)
            and not any(_stands(one.term, words, negative=True) for words in asked)
        ]
        heavy = [one for one in usable if not one.light] or usable
        heavy = list({one.term.casefold(): one for one in heavy}.values())
        rarest = sorted(heavy, key=lambda one: -one.rarity)[:MOST_GROUPS]
        return [one.term for one in heavy if one in rarest]

    def _candidates(self, text: str, language: Language) -> Iterator[_Candidate]:
        rest = text
        for match in _FORMULA.finditer(text):
            formula = next(filter(None, match.groups())).strip()
            if "…" not in formula and "*" not in formula and any(map(is_word, tokens(formula))):
                rest = rest.replace(match[0], " ", 1)
                yield _Candidate(formula, 2 * math.log(self._count + 1), light=False)
        for match in _WORD.finditer(rest):
            yield from self._of_word(match[0], language)

    def _of_word(self, word: str, language: Language) -> Iterator[_Candidate]:
        if len(word) > _LONGEST_TERM:
            return
        if is_chinese(word):
            for run in _CHINESE_LIGHT.split(word):
                for at in range(0, len(run), _CHINESE_TERM):
                    term = run[at : at + _CHINESE_TERM] if len(run) > 3 else run
                    if len(term) == _CHINESE_TERM or at == 0:
                        yield _Candidate(term, self._rarity(term, language), len(term) < 2)
                    if len(run) <= 3:
                        break
            return
        light = word.casefold() in FUNCTION_WORDS[language]
        yield _Candidate(self._open(word, language), self._rarity(word, language), light)

    def _open(self, word: str, language: Language) -> str:
        """With a star where the stem warrants it."""
        small = word.casefold()
        stem = self._stemming.stem(small, self._tongue(small, language))
        if small.isalpha() and not word.isupper() and _LEAST_STEM <= len(stem) < len(small):
            if small.startswith(stem):
                return word[: len(stem)] + "*"
        return word

    def _rarity(self, word: str, language: Language) -> float:
        small = word.casefold()
        key = (
            small if is_chinese(word) else self._stemming.stem(small, self._tongue(small, language))
        )
        seen = self._frequencies[key]
        number = 1.5 if any(map(str.isdigit, word)) else 1
        return number * math.log((self._count + 2) / (seen + 1)) + min(len(word), 10) / 10

    @staticmethod
    def _tongue(word: str, language: Language) -> Tongue:
        if is_cyrillic(word):
            return "russian"
        return "german" if language == "de" else "english"

    @cached_property
    def _read(self) -> tuple[Counter[str], int]:
        frequencies: Counter[str] = Counter()
        count = 0
        for text in self._texts:
            count += 1
            words = {word for word in tokens(text) if is_word(word)}
            frequencies.update({stem for word in words for stem in self._stemming.stems(word)})
            frequencies.update(
                {
                    text[at : at + 2]
                    for match in re.finditer(rf"[{_CHINESE}]+", text)
                    for at in range(match.start(), match.end() - 1)
                }
            )
        return frequencies, count

    @property
    def _frequencies(self) -> Counter[str]:
        return self._read[0]

    @property
    def _count(self) -> int:
        return self._read[1]


def _points(answer: Text) -> list[Text]:
    """The points in all languages of the answer, as many as that has which has the fewest."""
    cut = {language: cut_into_points(text) for language, text in answer.by_language().items()}
    fewest = min(map(len, cut.values()))
    even = {language: joined_points(points, fewest) for language, points in cut.items()}
    return [
        Text(**{language: points[at] for language, points in even.items()}) for at in range(fewest)
    ]


def _stands(term: str, words: Words, *, negative: bool) -> bool:
    """Whether the term stands there as the key terms find it."""
    pattern = Pattern.of(term)
    return any(
        negative or pattern.negative or not (words.negated[start] or words.negated[end - 1])
        for start, end in pattern.spans(words)
    )
