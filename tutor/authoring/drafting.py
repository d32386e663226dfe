"""A rubric drafted from a reference answer: its points, and key terms for each.

It is a beginning: `Question.drafted` says that nobody has looked at it. What the model answer says
meets every point, and the prompt alone meets none.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tutor.authoring.points import cut_into_points, joined_points
from tutor.authoring.rarity import Rarity
from tutor.bank import Language, RubricPoint, Text
from tutor.grading.keyterms.negation import is_negative
from tutor.grading.keyterms.overlap import FUNCTION_WORDS
from tutor.grading.keyterms.patterns import Pattern
from tutor.grading.keyterms.words import Words
from tutor.grading.sentences import split_sentences
from tutor.grading.text import Stemming, is_chinese, is_word, tokens, word_set

LEAST_GROUPS, MOST_GROUPS = 2, 4
_WORDS_A_GROUP = 4
"""So many words more make a point ask for one group more."""
_LONGEST_TERM = 60
_LEAST_STEM = 5
"""Letters of a stem that gets a star; a shorter one begins too many other words."""
_ALWAYS_RARE = 100.0
"""The rarity of a formula, which is what nothing else says."""
_FORMULA = re.compile(
    r"\$\$?([^$\n]{1,60})\$\$?|\\\((.{1,60}?)\\\)|\\\[(.{1,60}?)\\\]"
    r"|((?<![^\W\d_])[A-Za-zΑ-Ωα-ω]{1,3}\([^()\s][^()\n]{0,30}\))|((?<!\w)\w{1,12}[_^]\w{1,12})"
)
_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(
    rf"[{_HAN}]+|(?<!\w)[-−]?\d+(?:[.,]\d+)*(?:\s?%)?(?![^\W{_HAN}])"
    rf"|[^\W{_HAN}]+(?:[-'’][^\W{_HAN}]+)*"
)
_CHINESE_LIGHT = re.compile(
    "[的了是在和与及或而但也就都被把将对从为以于其这那之所等并且有不没无能可会要由使让给向到个种某该它他她们则若即]+"
)
_TELLS_LITTLE = word_set(
    "etc eg ie e.g i.e thus therefore hence however moreover furthermore further additionally "
    "typically usually generally often always sometimes possibly mainly mostly done get gets got "
    "make makes made use used uses using way ways thing things like e g "
    "zum beispiel usw bzw ca etwa deshalb daher somit jedoch zudem außerdem zusätzlich meist oft "
    "immer meistens gibt geben macht machen lassen lässt z b dabei damit dadurch hierbei dazu "
    "например поэтому также однако кроме обычно часто всегда иногда является являются т е д п"
)
"""Words that hold a text together in one of the languages, besides the function words."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """What may become a key term of a point."""

    term: str
    word: str
    """In small letters."""
    stem: str
    rarity: float
    light: bool = False
    """Whether it says little: a function word, or one letter."""


class Drafter:
    """Drafts rubrics: some tenths of a millisecond each. Not thread-safe."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts` show which words are common: those of the bank, and what is drafted for."""
        self._stemming = Stemming()
        self._rarity = Rarity(texts, self._stemming)
        self._of_words: dict[tuple[str, Language], _Candidate] = {}

    def rubric(self, answer: Text, prompt: Text) -> tuple[RubricPoint, ...]:
        """1 to 12 points of equal weight, in the answer's languages.

        A point has no terms where all its words are in the prompt.
        """
        said = {each: _Said(self._words(answer, each)) for each in answer.languages}
        asked = _Asked([self._words(prompt, language) for language in prompt.languages])
        return tuple(
            RubricPoint(id=f"p{number}", point=point, terms=self._terms(point, said, asked))
            for number, point in enumerate(_points(answer), start=1)
        )

    def _words(self, text: Text, language: Language) -> Words:
        own = text.to(language)
        return Words(own, split_sentences(own), language, self._stemming)

    def _terms(
        self, point: Text, said: "Mapping[Language, _Said]", asked: "_Asked"
    ) -> tuple[tuple[str, ...], ...]:
        """Groups with one term of each language."""
        texts = point.by_language()
        negative = any(is_negative(tokens(text)) for text in texts.values())
        by_language = [
            self._best(text, language, said[language], asked, negative=negative)
            for language, text in texts.items()
        ]
        return tuple(tuple(dict.fromkeys(group)) for group in zip(*by_language, strict=False))

    def _best(
        self,
        text: str,
        language: Language,
        said: "_Said",
        asked: "_Asked",
        *,
        negative: bool,
    ) -> list[str]:
        """The rarest terms, in the order of the text."""
        given = asked.stems(self._rarity, language)
        distinct = {one.stem: one for one in self._candidates(text, language)}
        fresh = [one for one in distinct.values() if one.stem not in given]
        heavy = [one for one in fresh if not one.light] or fresh
        most = min(MOST_GROUPS, LEAST_GROUPS + len(heavy) // _WORDS_A_GROUP)
        chosen: list[_Candidate] = []
        for one in sorted(heavy, key=lambda one: -one.rarity):
            pattern = Pattern.of(one.term)
            if said.has(one, pattern, denied=negative) and not asked.finds(pattern):
                chosen.append(one)
            if len(chosen) == most:
                break
        return [one.term for one in heavy if one in chosen]

    def _candidates(self, text: str, language: Language) -> Iterator[_Candidate]:
        rest = text
        for match in _FORMULA.finditer(text):
            formula = next(filter(None, match.groups())).strip()
            if not {*"…*"} & {*formula} and any(map(is_word, tokens(formula))):
                rest = rest.replace(match[0], " ", 1)
                yield _Candidate(formula, formula, formula, _ALWAYS_RARE)
        for match in _WORD.finditer(rest):
            word = match[0]
            if len(word) > _LONGEST_TERM:
                continue
            if is_chinese(word):
                yield from self._chinese(word, language)
            else:
                yield self._of_word(word, language)

    def _of_word(self, word: str, language: Language) -> _Candidate:
        made = self._of_words.get((word, language))
        if made is None:
            made = self._of_words[word, language] = self._new_candidate(word, language)
        return made

    def _new_candidate(self, word: str, language: Language) -> _Candidate:
        small = word.casefold()
        stem = self._rarity.stem(word, language)
        light = small in FUNCTION_WORDS[language] or small in _TELLS_LITTLE
        light = light or (len(word) == 1 and word.isalpha())
        warrants = small.isalpha() and not word.isupper() and _LEAST_STEM <= len(stem) < len(small)
        term = f"{word[: len(stem)]}*" if warrants and small.startswith(stem) else word
        return _Candidate(term, small, stem, self._rarity.of(word, language), light)

    def _chinese(self, run: str, language: Language) -> Iterator[_Candidate]:
        """The words of a run of characters, as far as they show without a dictionary."""
        for part in _CHINESE_LIGHT.split(run):
            for word in self._chinese_words(part) if len(part) > 3 else filter(None, [part]):
                yield _Candidate(word, word, word, self._rarity.of(word, language), len(word) == 1)

    def _chinese_words(self, run: str) -> Iterator[str]:
        """Cut into pairs where the likeliest words are."""
        best: list[tuple[float, int]] = [(0.0, 0), (0.0, 1)]
        for end in range(2, len(run) + 1):
            pair = best[end - 2][0] + self._rarity.chinese_pair(run[end - 2 : end])
            best.append(max((pair, 2), (best[end - 1][0], 1)))
        end, words = len(run), list[str]()
        while end:
            words.append(run[end - best[end][1] : end])
            end -= best[end][1]
        yield from reversed(words)


class _Said:
    """What the answer says in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def has(self, one: _Candidate, pattern: Pattern, *, denied: bool) -> bool:
        """Whether key terms find the candidate, with `denied` also where the answer denies it."""
        negated = self._words.negated
        places = self._places.get(one.word)
        spans = [(at, at + 1) for at in places] if places else pattern.spans(self._words)
        return any(
            denied or pattern.negative or not (negated[start] or negated[end - 1])
            for start, end in spans
        )

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """Where each word stands as it is, which takes no looking for its other forms."""
        places: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self._words.tokens):
            places[word].append(at)
        return places


class _Asked:
    """What the prompt gives away, in any of its languages."""

    def __init__(self, prompts: Sequence[Words]) -> None:
        self._prompts = prompts
        self._stems: dict[Language, frozenset[str]] = {}

    def stems(self, rarity: Rarity, language: Language) -> frozenset[str]:
        """The stems of its words, as `language` has them."""
        known = self._stems.get(language)
        if known is None:
            words = (word for prompt in self._prompts for word in prompt.tokens)
            known = self._stems[language] = frozenset(rarity.stem(word, language) for word in words)
        return known

    def finds(self, pattern: Pattern) -> bool:
        """Whether key terms find a term in it, denied or not."""
        return any(any(True for _ in pattern.spans(words)) for words in self._prompts)


def _points(answer: Text) -> list[Text]:
    """The points in all languages of the answer, as many as the language with the fewest has."""
    cut = {language: cut_into_points(text) for language, text in answer.by_language().items()}
    fewest = min(map(len, cut.values()))
    even = {language: joined_points(points, fewest) for language, points in cut.items()}
    return [
        Text(**{language: points[at] for language, points in even.items()}) for at in range(fewest)
    ]
