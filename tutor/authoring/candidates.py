"""What in a text can become a key term: formulas, dates and words, and how much each says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.authoring.model_sentences import without_sources
from tutor.authoring.rarity import Rarity
from tutor.bank import Language
from tutor.grading.keyterms.overlap import FUNCTION_WORDS
from tutor.grading.text import as_typed, is_chinese, is_word, tokens, word_set

_LONGEST_TERM = 60
_LEAST_STEM = 5
"""Letters of a stem that gets a star; a shorter one begins too many other words."""
_ALWAYS_RARE = 100.0
"""The rarity of a formula, which is what nothing else says."""
_NAMED = 1.25
"""What words with a capital letter within a sentence count more, where that makes them names."""
_ASIDE = 0.8
"""What words in brackets count, and those of a label before a colon."""
_SURELY = 3
"""Function words of the deck's language with which a text is in it."""
_ALIKE = 3
"""Letters more of a stem that make it the form of another one."""
_SYMBOL = r"(?:\d+(?:[.,]\d+)?|[A-Za-zΑ-Ωα-ω]{1,3}[₀-₉⁰-⁹²³]{0,3}|\([^()\n]{1,20}\))"
"""Of a formula that is typed as it is: `E = mc²`, `C + I + G`."""
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
"""Tokens of a formula that is a term as a whole."""
_NAME = re.compile(r"(?<![^\W_])[^\W\d_][^\W_]*(?:\^\w+)?")
_FENCE = re.compile(r"```\w*")
_FULL_NAME = re.compile(
    r"[A-ZÀ-ÖØ-ÞА-ЯЁ][\w.'’-]*(?:\s(?:(?:von|van|zu|de|der|den|di|da|del|la|le)\s){0,2}"
    r"(?![IVX]+\b)[A-ZÀ-ÖØ-ÞА-ЯЁ][\w'’-]*){1,4}"
)
_LABEL = re.compile(r"[^.:：]{1,40}(?::\s(?=\w)|：)")
"""What a point begins with that only says what it is about."""
_BRACKETS = re.compile(r"[(（][^()（）]{0,400}[)）]")
_EXAMPLE = re.compile(
    r"[(（]\s?(?:e\.\s?g\.|for\s+example|for\s+instance|such\s+as|like|z\.\s?B\.|zum\s+Beispiel"
    r"|bspw\.|beispielsweise|etwa|wie|например|напр\.|такие\s+как|例如|比如|如)",
    re.IGNORECASE,
)
"""How brackets begin that name an example."""
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
"""Nobody is asked for the day alone."""
_DATE = re.compile(r"(?<![\d.])\d{1,2}\.\s?\d{1,2}\.\s?(\d{4})(?![\d.])")
"""Its year does as well."""
_TO_A_YEAR = re.compile(r"(?<=\d{4})[/–-]\d{2,4}(?![\d])")
"""What makes a year a span: `1870/71`."""
_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(
    rf"[{_HAN}]+|(?<!\w)[-−]?\d+(?:[.,]\d+)*(?:\s?%)?(?![^\W{_HAN}])"
    rf"|[^\W{_HAN}]+(?:[-'’][^\W{_HAN}]+)*[⁺⁻]?"
)
_CHINESE_PARTICLES = frozenset("ucpryeo")
"""Kinds of words, as the segmenter calls them, that hold a sentence together: prepositions, say."""
_TELLS_LITTLE = word_set(
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
"""Words that hold a text together in one of the languages, besides the function words."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may become a key term of a point."""

    term: str
    word: str
    """In small letters."""
    stem: str
    rarity: float
    light: int = 0
    """How little it says: 1 for one letter, or a word like `thus`, 2 for a function word."""
    also: tuple[str, ...] = ()
    """What does as well."""

    @property
    def is_number(self) -> bool:
        """Whether it begins with a digit; of these, not all terms of a point are made."""
        return self.term[0].isdigit()


class Candidates:
    """Finds the candidates of texts. Not thread-safe: it remembers those of words."""

    def __init__(self, rarity: Rarity) -> None:
        self._rarity = rarity
        self._of_words: dict[tuple[str, Language], Candidate] = {}

    def of(self, text: str, language: Language) -> Iterator[Candidate]:
        """Those of a text, in no certain order: formulas, dates, then words as they stand in it."""
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
        """Its words; those in brackets and of a label count less, and names more."""
        asides = [*_asides(text)]
        spoken = _spoken(text, language)
        holding = FUNCTION_WORDS[language]
        if spoken != [language]:
            holding = holding.union(*(FUNCTION_WORDS[each] for each in spoken))
        has_names = "de" not in spoken
        for match in _WORD.finditer(text):
            if len(match[0]) > _LONGEST_TERM:
                continue
            counts = _NAMED if has_names and _is_name(text, match.start()) else 1.0
            is_example = False
            for start, end, example in asides:
                if start <= match.start() < end:
                    counts, is_example = _ASIDE, is_example or example
            word = match[0]
            chinese = self._chinese(word, language) if is_chinese(word) else ()
            for one in chinese or (self._of_word(word, language),):
                light = 2 if one.word in holding else one.light or int(is_example)
                if counts != 1.0 or light != one.light:
                    rarity = counts * one.rarity
                    one = Candidate(one.term, one.word, one.stem, rarity, light, one.also)
                yield one

    def _of_formula(self, formula: str, language: Language) -> Iterator[Candidate]:
        """The formula if it is short; the names in a long one, which has many ways to be typed.

        What it is equal to, if it has but one.
        """
        names = _NAME.findall(formula)
        if len(tokens(formula)) <= _MOST_SIGNS or not any(len(name) > 1 for name in names):
            is_letter = len(formula) == 1 and formula.isalpha()
            yield Candidate(formula, formula, formula, _ALWAYS_RARE, light=int(is_letter))
            return
        result = formula.rpartition("=")[2].strip()
        told_apart = {name for name in names if len(name) > 1 and "^" not in name}
        if len(told_apart) < 2 and 1 < len(tokens(result)) <= _MOST_SIGNS:
            yield Candidate(result, result, result, _ALWAYS_RARE)
            return
        for name in names:
            yield self._of_word(name, language)

    def _of_word(self, word: str, language: Language) -> Candidate:
        made = self._of_words.get((word, language))
        if made is None:
            made = self._of_words[word, language] = self._new_candidate(word, language)
        return made

    def _new_candidate(self, word: str, language: Language) -> Candidate:
        small = word.casefold()
        stem = self._rarity.stem(word, language)
        light = int(small in _TELLS_LITTLE or (len(word) == 1 and word.isalpha()))
        warrants = small.isalpha() and not word.isupper() and _LEAST_STEM <= len(stem) < len(small)
        term = f"{word[: len(stem)]}*" if warrants and small.startswith(stem) else word
        return Candidate(term, small, stem, self._rarity.of(word, language), light)

    def _chinese(self, run: str, language: Language) -> Iterator[Candidate]:
        """The words of a run of characters."""
        from rjieba import tag  # its dictionary takes a second and 30 MiB

        for word, kind in tag(run):
            light = len(word) == 1 or kind[0] in _CHINESE_PARTICLES or word in _TELLS_LITTLE
            yield Candidate(word, word, word, self._rarity.of(word, language), int(light))


def without_forms(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """The candidates without those that the term of another one finds as well."""
    open_stems = {one.stem for one in candidates if one.term.endswith("*")}
    for one in candidates:
        longest, shortest = len(one.stem) - 1, max(len(one.stem) - _ALIKE, _LEAST_STEM)
        if not any(one.stem[:end] in open_stems for end in range(shortest, longest + 1)):
            yield one


def _spoken(text: str, language: Language) -> Sequence[Language]:
    """The languages of which the text has more function words than of its deck's, else that."""
    words = frozenset(text.casefold().split())
    own = len(words & FUNCTION_WORDS[language])
    if own >= _SURELY:
        return [language]
    others = [each for each, known in FUNCTION_WORDS.items() if len(words & known) > own]
    return others or [language]


def _asides(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where brackets and a label begin and end, and whether they have an example."""
    if (":" in text or "：" in text) and (label := _LABEL.match(text)):
        yield 0, label.end(), False
    for match in _BRACKETS.finditer(text):
        yield match.start(), match.end(), bool(_EXAMPLE.match(match[0]))


def given_names(text: str) -> frozenset[str]:
    """The words of people's names, in small letters, before the last, which is enough."""
    names = (match[0].split() for match in _FULL_NAME.finditer(text))
    return frozenset(word.casefold() for name in names for word in name[:-1])


def _is_name(text: str, at: int) -> bool:
    """Whether the word at `at` has a capital letter that no sentence begins with."""
    if not text[at].isupper():
        return False
    before = text[max(at - 3, 0) : at].rstrip()
    return bool(before) and (before[-1].isalnum() or before[-1] in ",;-")
