"""Measures how much of a text an answer says in its words, to grade points without key terms.

It is a weighted recall of the text's stems and pairs of neighbours, slightly reduced if the answer
says much else. What the answer denies does not count, and no words make up for a missing number.
The figures were tuned on half the questions of graded answers (docs/measurements.md).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tutor.bank import Language, Question
from tutor.grading.keyterms.negation import denies, is_negative, negated
from tutor.grading.keyterms.numbers import readings
from tutor.grading.text import (
    Stemming,
    Tongue,
    is_chinese,
    is_cyrillic,
    is_number,
    is_word,
    tokens,
    word_set,
)

LIGHT = 0.3
"""The weight of a function word, and of a word in the question."""
PAIR = 0.3
"""The weight of a pair of neighbours, relative to that of the two words."""
UNDENIED = 0.4
"""Factor on the overlap with a denial if the answer denies nothing: too little for met."""
ALIKE = 0.5
"""The cosine of trigrams from which two stems count as forms or parts of one another."""
RECALL, ABOUT = 0.55, 0.1
"""Exponents of the recall, and of the share of the answer that is about the rubric at all. Below 1,
since an answer in other words never has all words of a text."""
FUNCTION_WORDS: Mapping[Language, frozenset[str]] = {
    "en": word_set(
        "a an the this that these those it its they them their he she his her we you i my your our "
        "is are was were be been being am has have had do does did will would can could should may "
        "might must of in on at to for from by with as into about than then so such and or but if "
        "because when which who whom what where how there here also only very just more most some "
        "any each other same both all one between during"
    ),
    "de": word_set(
        "der die das den dem des ein eine einen einem einer eines er sie es ihm ihn ihr ihre ihren "
        "ich du wir man sich mich dich uns dieser diese dieses diesen diesem dies ist sind war "
        "waren sein wird werden wurde wurden worden hat haben hatte kann können soll sollen muss "
        "müssen darf würde von in im an am auf zu zum zur für aus bei beim mit nach über um als "
        "wie und oder aber wenn dass weil da so auch nur noch schon sehr mehr dann also was wer wo "
        "welche welcher welches hier dort alle jede jeder jedes andere anderen gleich durch"
    ),
    "ru": word_set(
        "и в во на с со к ко у о об от до из за по под над при для без через между а но или если "
        "что чтобы как так также тоже то это этот эта эти этого этой этих тот та те того той тех "
        "он она оно они его ее их им ему ей мы вы я ты свой свою своих который которая которое "
        "которые которых был была было были быть есть будет может можно нужно где когда чем там "
        "тут здесь уже еще только очень более все всех весь каждый другой же ли бы"
    ),
    "zh": frozenset(),
}  # fmt: skip
"""Chinese has none here: its characters are parts of words, and making some light lowered the
correlation on the tuning half."""
_PARTICLES = frozenset(
    "的了是在和与及或而但也就都被把将对从为以于其这那之所等并且有不没无能可会要由使让给向到个种某该它他她们则若即者应"
)
"""Chinese characters that are more often between words than within them."""


@dataclass(frozen=True)
class Wording:
    """The words of a text, ready for comparison."""

    weights: Mapping[str, float]
    """The weight of each stem."""
    pairs: frozenset[tuple[str, str]]
    """Neighbouring stems."""
    together: frozenset[tuple[str, str]] = frozenset()
    """Neighbouring Chinese characters: two make a word, while one is in words of all kinds."""
    denies: bool = False
    """Whether one of its words denies others."""
    negative: bool = False
    """Whether it says that something is not so, in any way."""

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in it, with their signs."""
        return frozenset(filter(is_number, self.weights))

    @cached_property
    def trigrams(self) -> Mapping[str, Sequence[str]]:
        """The stems that have each trigram."""
        stems: dict[str, list[str]] = defaultdict(list)
        for stem in self.weights:
            for trigram in trigrams(stem):
                stems[trigram].append(stem)
        return stems


class OverlapReader:
    """Reads texts in one language; function words and one question's words weigh little."""

    def __init__(self, language: Language, asked: str, stemming: Stemming) -> None:
        self._stemming = stemming
        self._latin: Tongue = "german" if language == "de" else "english"
        self._light = FUNCTION_WORDS[language]
        self._asked = frozenset(self._stems(_plain(asked)))

    def read(self, text: str, *, undenied: bool = False) -> Wording:
        """Read a rubric point, an answer, or one of its sentences.

        With `undenied`, leave out the words that it denies.
        """
        words = _plain(text, undenied=undenied)
        stems = self._stems(words)
        weights = {
            stem: (LIGHT if word in self._light else 1) * (LIGHT if stem in self._asked else 1)
            for word, stem in zip(words, stems, strict=True)
        }
        pairs = [*pairwise(stems)]
        return Wording(
            weights,
            frozenset(pair for pair in pairs if not any(map(is_chinese, pair))),
            frozenset(pair for pair in pairs if all(map(_may_be_in_a_word, pair))),
            denies(words),
            is_negative(words),
        )

    def _stems(self, words: Sequence[str]) -> list[str]:
        return [
            self._stemming.stem(word, "russian" if is_cyrillic(word) else self._latin)
            for word in words
        ]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like an answer's words are to those of one point."""

    overlap: float
    """How much of the point the answer says, from 0 to 1, as `overlap` measures it."""
    words: float
    """The share of the point's words, counting function words and those of the question."""
    by_sentence: tuple[float, ...]
    """The weighted share of the point's words and pairs that each sentence has."""
    any_own: bool
    """Whether it has a word of the point other than function words and those of the question."""
    whole: float
    """The share of the words of the whole rubric, as they are written."""


class RubricWording:
    """A rubric in one language, ready for comparison with answers."""

    def __init__(self, question: Question, language: Language, stemming: Stemming) -> None:
        self._reader = OverlapReader(language, question.prompt.to(language), stemming)
        texts = [
            point.point.to(language) if language in point.point.languages else ""
            for point in question.rubric
        ]
        self._points = [*map(self._reader.read, texts)]
        self._all = _joined(self._points)
        self._written = frozenset(_plain("\n".join(texts)))

    def overlaps(self, answer: str) -> list[float]:
        """Each point's overlap with the answer, from 0 to 1; 0 without a text in this language."""
        read, undenied = self._reader.read(answer), self._reader.read(answer, undenied=True)
        return [
            overlap(point, self._all, read if point.negative else undenied)
            for point in self._points
        ]

    def compare(self, sentences: Sequence[str]) -> list[Likeness]:
        """Compare each point with an answer's sentences."""
        whole = "\n".join(sentences)
        read, overlaps = self._reader.read(whole), self.overlaps(whole)
        written = len(self._written.intersection(_plain(whole))) / max(1, len(self._written))
        by_denial = [
            [self._reader.read(each, undenied=undenied) for each in sentences]
            for undenied in (False, True)
        ]
        return [
            Likeness(
                overlap=overlap_,
                words=len(point.weights.keys() & read.weights.keys()) / max(1, len(point.weights)),
                by_sentence=tuple(
                    recall(point, sentence) for sentence in by_denial[not point.negative]
                ),
                any_own=_has_own_word(point, read),
                whole=written,
            )
            for point, overlap_ in zip(self._points, overlaps, strict=True)
        ]


def _has_own_word(point: Wording, answer: Wording) -> bool:
    """Whether the answer has a word of the point other than light ones."""
    own = {stem for stem, weight in point.weights.items() if weight == 1}
    if any(not own.isdisjoint(pair) for pair in point.together & answer.together):
        return True
    return any(likeness(stem, answer) for stem in own if not is_chinese(stem))


def _may_be_in_a_word(stem: str) -> bool:
    return is_chinese(stem) and stem not in _PARTICLES


def overlap(point: Wording, rubric: Wording, answer: Wording) -> float:
    """How much of `point` the answer says, from 0 to 1; `rubric` joins the words of all points."""
    recalled = recall(point, answer)
    if not recalled:
        return 0.0
    result = math.pow(recalled, RECALL) * math.pow(_shared(answer.weights, rubric), ABOUT)
    if point.numbers:
        result *= len(point.numbers & answer.numbers) / len(point.numbers)
    return result * UNDENIED if point.denies and not answer.negative else result


def recall(point: Wording, answer: Wording) -> float:
    """The weighted share of the point's words and pairs that `answer` has, from 0 to 1."""
    pairs = {pair: PAIR * sum(point.weights[stem] for stem in pair) for pair in point.pairs}
    of_words = sum(point.weights.values())
    of_pairs = math.fsum(pairs.values())  # exact, since a set has another order in each run
    if not of_words + of_pairs:
        return 0.0
    in_pairs = math.fsum(weight for pair, weight in pairs.items() if pair in answer.pairs)
    return (in_pairs + _shared(point.weights, answer) * of_words) / (of_words + of_pairs)


def _shared(weights: Mapping[str, float], other: Wording) -> float:
    """The weighted share of these stems that `other` has, or has similar ones of."""
    total = sum(weights.values())
    return sum(w * likeness(stem, other) for stem, w in weights.items()) / total if total else 0.0


def likeness(stem: str, wording: Wording) -> float:
    """How like the most similar stem of `wording` is, from 0 to 1: the cosine of their trigrams.

    It forgives typing errors and finds parts of compounds without knowing the language.
    """
    if stem in wording.weights:
        return 1.0
    own = trigrams(stem)
    common = Counter(other for trigram in own for other in wording.trigrams.get(trigram, ()))
    best = max(
        (count / (len(own) * len(trigrams(other))) ** 0.5 for other, count in common.items()),
        default=0.0,
    )
    return best if best >= ALIKE else 0.0


def trigrams(stem: str) -> frozenset[str]:
    """The stem's trigrams, with marks at its ends; none for short words and for digits."""
    if len(stem) < 4 or not stem.isalpha():
        return frozenset()
    marked = f"^{stem}$"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))


def _plain(text: str, *, undenied: bool = False) -> list[str]:
    """The words of a text, with numbers in digits; with `undenied`, without what it denies."""
    return [word for line in text.splitlines() for word in _words(line, undenied=undenied)]


def _words(line: str, *, undenied: bool) -> list[str]:
    words = tokens(line)
    if undenied:
        words = [word for word, denied in zip(words, negated(words), strict=True) if not denied]
    with_digits: list[str] = []
    at = 0
    for start, end, word in readings(words):
        if start >= at and is_number(word):
            with_digits += [*words[at:start], word]
            at = end
    return [word for word in (*with_digits, *words[at:]) if is_word(word)]


def _joined(wordings: Iterable[Wording]) -> Wording:
    """Join the words of several texts, without their pairs."""
    weights: dict[str, float] = {}
    for wording in wordings:
        weights |= wording.weights
    return Wording(weights, frozenset())
