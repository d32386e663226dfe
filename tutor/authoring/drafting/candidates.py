"""Finds the formulas, dates and words in a text that can become key terms.

It also measures how rare a word is, and so how much it says about one answer.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from tutor.authoring.drafting.sentences import without_sources
from tutor.bank import Language
from tutor.grading.keyterms.overlap import FUNCTION_WORDS
from tutor.grading.keyterms.words import GERMAN_WORDS
from tutor.grading.text import (
    Stemming,
    Tongue,
    as_typed,
    character_pairs,
    is_chinese,
    is_cyrillic,
    is_word,
    tokens,
    word_set,
)

_LONGEST_TERM = 60
_LEAST_STEM = 5
"""Letters of the shortest stem that gets a star; a shorter one begins too many other words."""
_ALWAYS_RARE = 100.0
"""The rarity of a formula, which nothing else in the text can replace."""
_DISTINCTIVE = 1.5
"""The factor for numbers, names with a digit in them and acronyms."""
_LONG = 10
"""Letters of a long word; further ones make it no rarer."""
_NAME_FACTOR = 1.25
"""The factor for words that a capital letter within a sentence shows to be names."""
_ASIDE_FACTOR = 0.8
"""The factor for words in brackets, or in a label before a colon."""
_CERTAIN = 3
"""Function words of the deck's language that show that a text is in it."""
_LONGEST_ENDING = 3
"""Letters that a stem may have more than another one and still be a form of the same word."""
_SYMBOL = r"(?:\d+(?:[.,]\d+)?|[A-Za-zΑ-Ωα-ω]{1,3}[₀-₉⁰-⁹²³]{0,3}|\([^()\n]{1,20}\))"
"""A symbol in a formula written as plain text: `E = mc²`, `C + I + G`."""
_FORMULA = re.compile(
    r"\$\$?([^$\n]{1,60})\$\$?|\\\((.{1,60}?)\\\)|\\\[(.{1,60}?)\\\]"
    r"|((?<![^\W\d_])[A-Za-zΑ-Ωα-ω]{1,3}\([^()\s][^()\n]{0,30}\))"
    r"|((?<!\w)\w{1,12}[_^](?:\w{1,12}|\{\w{1,12}\}))"
)
_OPERATOR = re.compile(r"[=≈∝]|\s[-+−*·×]\s")
_TYPED_FORMULA = re.compile(
    rf"((?<![\w.,]){_SYMBOL}(?:\s?[-+−*·×/]\s?{_SYMBOL}){{0,8}}\s?[=≈∝]"
    rf"\s?{_SYMBOL}(?:\s?[-+−*·×/]\s?{_SYMBOL}){{0,8}}(?!\w))"
    rf"|((?<![\w.,]){_SYMBOL}(?:\s[-+−*·×]\s{_SYMBOL}){{2,8}}(?!\w))"
)
_MOST_SIGNS = 12
"""Tokens of the longest formula that is one term as a whole."""
_NAME = re.compile(r"(?<![^\W_])[^\W\d_][^\W_]*(?:\^\w+)?")
_FENCE = re.compile(r"```\w*")
_FULL_NAME = re.compile(
    r"[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.'’-]*(?:\s(?:(?:von|van|zu|de|der|den|di|da|del|la|le)\s){0,2}"
    r"(?![IVX]+\b)[A-ZÀ-ÖØ-ÞА-ЯЁ][\w'’-]*){1,4}"
)
_LABEL = re.compile(r"[^.:：]{1,40}(?::\s(?=\w)|：)")
"""The beginning of a point that only says what it is about."""
_BRACKETS = re.compile(r"[(（][^()（）]{0,400}[)）]")
_EXAMPLE = re.compile(
    r"[(（]\s?(?:e\.\s?g\.|for\s+example|for\s+instance|such\s+as|like|z\.\s?B\.|zum\s+Beispiel"
    r"|bspw\.|beispielsweise|etwa|wie|например|напр\.|такие\s+как|例如|比如|如)",
    re.IGNORECASE,
)
"""The beginning of brackets with an example."""
_DAY = r"(?<![\d.])(?:0?[1-9]|[12]\d|3[01])"
_MONTH = (
    r"\s+(?:jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec"
    r"|янв|фев|мар|апр|ма[яй]|июн|июл|авг|сен|окт|ноя|дек)"
)
_DIGIT = re.compile(r"\d")
_DAY_OF_MONTH = re.compile(
    rf"{_DAY}(?=(?:\.|st|nd|rd|th)?{_MONTH})|{_DAY}(?=(?:st|nd|rd|th)?,\s+\d{{4}})"
    rf"|{_DAY}(?=\s?[月日号])",
    re.IGNORECASE,
)
"""The day of a date, which nobody is asked for without its month and year."""
_DATE = re.compile(r"(?<![\d.])\d{1,2}\.\s?\d{1,2}\.\s?(\d{4})(?![\d.])")
"""A date; its year alone is also accepted."""
_TO_A_YEAR = re.compile(r"(?<=\d{4})[/–-]\d{2,4}(?![\d])")
"""The end of a span of years: `/71` in `1870/71`."""
_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(
    rf"[{_HAN}]+|(?<!\w)[-−]?\d+(?:[.,]\d+)*(?:\s?%)?(?![^\W{_HAN}])"
    rf"|[^\W{_HAN}]+(?:[-'’][^\W{_HAN}]+)*[⁺⁻]?"
)
_CHINESE_PARTICLES = frozenset("ucpryeo")
"""The segmenter's tags for words that only connect others, such as prepositions."""
_SAYS_LITTLE = word_set(
    "etc eg ie e.g i.e thus therefore hence however moreover furthermore further additionally "
    "typically usually generally often always sometimes possibly mainly mostly done get gets got "
    "make makes made use used uses using way ways thing things like e g approx before after "
    "against first second third next last finally therein without within "
    "something someone somebody anything anyone everything everyone nothing nobody "
    "etwas jemand irgendetwas irgendjemand alles nichts niemand "
    "statt findet finden zustande "
    "zum beispiel usw bzw ca etwa deshalb daher somit jedoch zudem außerdem zusätzlich meist oft "
    "immer meistens gibt geben macht machen lassen lässt z b dabei damit dadurch hierbei dazu "
    "zuerst danach schließlich endlich letztlich führte führten führt führen "
    "относится относятся имеет имеют имеющих называется называются "
    "应当 能够 受到 没有 包括 具有 进行 称为 属于 以上 以下 之间 之日起 "
    "что-то кто-то что-либо кто-либо что-нибудь нечто ничто никто всё "
    "например поэтому также однако кроме обычно часто всегда иногда является являются т е д п"
)
"""Words, besides the function words, that say little about a subject."""


class Rarity:
    """How rare words are in the texts of the bank. A common word says nothing about one answer.

    Not thread-safe: it remembers stems. The texts are read when the first word is looked up, which
    takes a tenth of a second for a thousand texts.
    """

    def __init__(self, texts: Iterable[str], stemming: Stemming) -> None:
        self._texts = texts
        self._stemming = stemming

    def of(self, word: str, language: Language) -> float:
        """A word's rarity, higher if fewer texts have it, for numbers, acronyms and long words."""
        text_count, texts_with = self._counts
        pairs = [*character_pairs(word)] if len(word) > 2 and is_chinese(word) else []
        texts = min(texts_with[part] for part in pairs or [self.stem(word, language)])
        is_distinctive = any(map(str.isdigit, word)) or (len(word) > 1 and word.isupper())
        rarity = math.log((text_count + 2) / (texts + 1))
        return (_DISTINCTIVE if is_distinctive else 1) * rarity + min(len(word), _LONG) / _LONG

    def stem(self, word: str, language: Language) -> str:
        """The stem that all forms of a word share."""
        lower = word.casefold().removesuffix("'s")
        return self._stemming.stem(lower, _tongue(lower, german=language == "de"))

    @cached_property
    def _counts(self) -> tuple[int, Mapping[str, int]]:
        """The number of texts, and how many of them have each stem or pair of characters."""
        words: Counter[tuple[str, bool]] = Counter()
        count = 0
        for text in self._texts:
            count += 1
            distinct = frozenset(filter(is_word, tokens(text)))
            german = not GERMAN_WORDS.isdisjoint(distinct)
            words.update((word, german) for word in distinct)
            words.update((pair, False) for pair in frozenset(character_pairs(text)))
        texts_with: Counter[str] = Counter()
        for (word, german), texts in words.items():
            texts_with[self._stemming.stem(word, _tongue(word, german=german))] += texts
        return count, texts_with


def _tongue(word: str, *, german: bool) -> Tongue:
    if is_cyrillic(word):
        return "russian"
    return "german" if german else "english"


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may become a key term of a point."""

    term: str
    word: str
    """The word in lower case."""
    stem: str
    rarity: float
    light: int = 0
    """How little it says: 1 for a single letter, or a word like `thus`, 2 for a function word."""
    also: tuple[str, ...] = ()
    """Alternatives to the term."""

    @property
    def is_number(self) -> bool:
        """Whether the term begins with a digit."""
        return self.term[0].isdigit()


class Candidates:
    """Finds the candidates in texts. Not thread-safe: it remembers words."""

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity
        self._of_word = cache(self._word)

    def of(self, text: str, language: Language) -> Iterator[Candidate]:
        """The candidates in a text: formulas, then dates, then words, each in their order."""
        text = _FENCE.sub(" ", without_sources(text) or text)
        rest = text
        for pattern in (_FORMULA, _TYPED_FORMULA) if _OPERATOR.search(text) else (_FORMULA,):
            for match in pattern.finditer(rest):
                formula = as_typed(next(filter(None, match.groups())))
                if not {*"…*"} & {*formula} and any(map(is_word, tokens(formula))):
                    rest = rest.replace(match[0], " ", 1)
                    yield from self._of_formula(formula, language)
        if _DIGIT.search(rest):
            for match in _DATE.finditer(rest):
                rarity = self._rarity.of(match[1], language)
                yield Candidate(match[0], match[0], match[0], rarity, also=(match[1],))
            rest = _TO_A_YEAR.sub("", _DAY_OF_MONTH.sub(" ", _DATE.sub(" ", rest)))
        yield from self._of_prose(rest, language)

    def _of_prose(self, text: str, language: Language) -> Iterator[Candidate]:
        """The words; those in brackets and in a label count less, and names more."""
        asides = [*_asides(text)]
        written_in = _languages_of(text, language)
        function_words = FUNCTION_WORDS[language]
        if written_in != [language]:
            function_words = function_words.union(*(FUNCTION_WORDS[each] for each in written_in))
        capitals_are_names = "de" not in written_in
        has_chinese = is_chinese(text)
        for match in _WORD.finditer(text):
            if len(match[0]) > _LONGEST_TERM:
                continue
            is_name = capitals_are_names and _is_capitalised(text, match.start())
            factor = _NAME_FACTOR if is_name else 1.0
            in_example = False
            for start, end, is_example in asides:
                if start <= match.start() < end:
                    factor, in_example = _ASIDE_FACTOR, in_example or is_example
            word = match[0]
            chinese = self._chinese(word, language) if has_chinese and is_chinese(word) else ()
            for one in chinese or (self._of_word(word, language),):
                light = 2 if one.word in function_words else one.light or int(in_example)
                if factor != 1.0 or light != one.light:
                    rarity = factor * one.rarity
                    one = Candidate(one.term, one.word, one.stem, rarity, light, one.also)
                yield one

    def _of_formula(self, formula: str, language: Language) -> Iterator[Candidate]:
        """The formula itself if it is short, else its result or the names in it.

        A long formula can be typed in many ways. Its result is what is right of the last `=`, and
        is used if the formula has no more than one name.
        """
        names = _NAME.findall(formula)
        if len(tokens(formula)) <= _MOST_SIGNS or not any(len(name) > 1 for name in names):
            is_letter = len(formula) == 1 and formula.isalpha()
            yield Candidate(formula, formula, formula, _ALWAYS_RARE, light=int(is_letter))
            return
        result = formula.rpartition("=")[2].strip()
        long_names = {name for name in names if len(name) > 1 and "^" not in name}
        if len(long_names) < 2 and 1 < len(tokens(result)) <= _MOST_SIGNS:
            yield Candidate(result, result, result, _ALWAYS_RARE)
            return
        for name in names:
            yield self._of_word(name, language)

    def _word(self, word: str, language: Language) -> Candidate:
        lower = word.casefold()
        stem = self._rarity.stem(word, language)
        light = int(lower in _SAYS_LITTLE or (len(word) == 1 and word.isalpha()))
        may_vary = lower.isalpha() and not word.isupper() and _LEAST_STEM <= len(stem) < len(lower)
        term = f"{word[: len(stem)]}*" if may_vary and lower.startswith(stem) else word
        return Candidate(term, lower, stem, self._rarity.of(word, language), light)

    def _chinese(self, run: str, language: Language) -> Iterator[Candidate]:
        """The words in a run of Chinese characters."""
        from rjieba import tag  # late: its dictionary takes a second and 30 MiB

        for word, kind in tag(run):
            light = len(word) == 1 or kind[0] in _CHINESE_PARTICLES or word in _SAYS_LITTLE
            yield Candidate(word, word, word, self._rarity.of(word, language), int(light))


def without_forms(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """The candidates without those that another one's term also finds."""
    open_stems = {one.stem for one in candidates if one.term.endswith("*")}
    for one in candidates:
        shortest = max(len(one.stem) - _LONGEST_ENDING, _LEAST_STEM)
        if not any(one.stem[:end] in open_stems for end in range(shortest, len(one.stem))):
            yield one


def _languages_of(text: str, language: Language) -> Sequence[Language]:
    """The languages that have more function words in the text than `language`, else `language`."""
    words = frozenset(text.casefold().split())
    own = len(words & FUNCTION_WORDS[language])
    if own >= _CERTAIN:
        return [language]
    others = [each for each, known in FUNCTION_WORDS.items() if len(words & known) > own]
    return others or [language]


def _asides(text: str) -> Iterator[tuple[int, int, bool]]:
    """The start and end of brackets and of a label, and whether it is an example."""
    if (":" in text or "：" in text) and (label := _LABEL.match(text)):
        yield 0, label.end(), False
    for match in _BRACKETS.finditer(text):
        yield match.start(), match.end(), bool(_EXAMPLE.match(match[0]))


def given_names(text: str) -> frozenset[str]:
    """All but the last word of people's names, in lower case: the last name is enough."""
    names = (match[0].split() for match in _FULL_NAME.finditer(text))
    return frozenset(word.casefold() for name in names for word in name[:-1])


def _is_capitalised(text: str, at: int) -> bool:
    """Whether the word at `at` has a capital letter that does not begin a sentence."""
    if not text[at].isupper():
        return False
    before = text[max(at - 3, 0) : at].rstrip()
    return bool(before) and (before[-1].isalnum() or before[-1] in ",;-")
