"""How much of a text an answer says in its words: what grades where a rubric has no terms.

A weighted recall of the text's stems and pairs of neighbours, a little less where the answer says
much else. What the answer denies it does not say, and a number that it lacks no words make up for.
The figures were tuned on one half of the questions of graded answers (docs/measurements.md).
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
"""The weight of a function word, and of a word that the question gives away."""
PAIR = 0.3
"""The weight of two neighbouring words, of the same two apart."""
UNDENIED = 0.4
"""What is left of the overlap with a denial where the answer denies nothing: too little for met."""
ALIKE = 0.5
"""From which share of common trigrams on two stems are forms or parts of one another."""
RECALL, ABOUT = 0.55, 0.1
"""Powers of the recall, and of the share of the answer that is about the rubric at all. Below 1,
since an answer in other words never has all the words of a text."""
_TONGUES: Mapping[Language, Tongue] = {"de": "german", "ru": "russian"}
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
"""Chinese has none here: its characters are parts of words, and making some light made the tuning
half's correlation lower."""


_PARTICLES = frozenset(
    "的了是在和与及或而但也就都被把将对从为以于其这那之所等并且有不没无能可会要由使让给向到个种某该它他她们则若即者应"
)
"""Chinese characters that stand between words more often than in them."""


@dataclass(frozen=True)
class Wording:
    """The words of a text, ready to be compared."""

    weights: Mapping[str, float]
    """By stem."""
    pairs: frozenset[tuple[str, str]]
    """Of stems that stand side by side."""
    together: frozenset[tuple[str, str]] = frozenset()
    """Chinese characters that stand side by side: two are a word, one is in words of all kinds."""
    denies: bool = False
    """Whether there is a word in it that denies others."""
    negative: bool = False
    """Whether it says that something is not so, in whatever way."""

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in it, with their signs."""
        return frozenset(filter(is_number, self.weights))

    @cached_property
    def trigrams(self) -> Mapping[str, Sequence[str]]:
        """The stems that each trigram stands in."""
        stems: dict[str, list[str]] = defaultdict(list)
        for stem in self.weights:
            for gram in trigrams(stem):
                stems[gram].append(stem)
        return stems


class OverlapReader:
    """Makes wordings in one language, with one question's words light."""

    def __init__(self, language: Language, asked: str, stemming: Stemming) -> None:
        self._stemming = stemming
        self._tongue = _TONGUES.get(language, "english")
        self._light = FUNCTION_WORDS[language]
        self._asked = frozenset(self._stems(_plain(asked)))

    def read(self, text: str, *, undenied: bool = False) -> Wording:
        """The words of a text of any kind: a rubric point, an answer, a sentence of one.

        With `undenied` those alone that it does not deny.
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

    @property
    def _latin(self) -> Tongue:
        return "english" if self._tongue == "russian" else self._tongue


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much of one point an answer says in its words."""

    overlap: float
    """From 0 to 1, given all that the rubric wants."""
    words: float
    """The share of all of the point's words, function words and the question's own among them."""
    by_sentence: tuple[float, ...]
    """The weighted share of words and pairs that each sentence has."""
    any_own: bool
    """Whether it has a word of the point that neither the language nor the question gives away."""
    whole: float
    """The share of all words of the whole rubric, as they are written."""


class RubricWording:
    """A rubric in one language, ready to be compared with many answers."""

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
        """Every point's overlap with the answer, from 0 to 1; 0 without a text in this language."""
        read, undenied = self._reader.read(answer), self._reader.read(answer, undenied=True)
        return [
            overlap(point, self._all, read if point.negative else undenied)
            for point in self._points
        ]

    def compare(self, sentences: Sequence[str]) -> list[Likeness]:
        """Every point with an answer's sentences."""
        whole = "\n".join(sentences)
        read, overlaps = self._reader.read(whole), self.overlaps(whole)
        written = len(self._written.intersection(_plain(whole))) / max(1, len(self._written))
        by_denial = [
            [self._reader.read(each, undenied=undenied) for each in sentences]
            for undenied in (False, True)
        ]
        return [
            Likeness(
                found,
                len(point.weights.keys() & read.weights.keys()) / max(1, len(point.weights)),
                tuple(said(point, sentence) for sentence in by_denial[not point.negative]),
                _has_own(point, read),
                written,
            )
            for point, found in zip(self._points, overlaps, strict=True)
        ]


def _has_own(point: Wording, answer: Wording) -> bool:
    """Whether the answer has a word of the point's own."""
    own = {stem for stem, weight in point.weights.items() if weight == 1}
    if any(not own.isdisjoint(pair) for pair in point.together & answer.together):
        return True
    return any(likeness(stem, answer) for stem in own if not is_chinese(stem))


def _may_be_in_a_word(stem: str) -> bool:
    return is_chinese(stem) and stem not in _PARTICLES


def overlap(wanted: Wording, rubric: Wording, answer: Wording) -> float:
    """How much of `wanted` the answer says, from 0 to 1, given all that the `rubric` wants."""
    recall = said(wanted, answer)
    if not recall:
        return 0.0
    shared = math.pow(recall, RECALL) * math.pow(_shared(answer.weights, rubric), ABOUT)
    if wanted.numbers:
        shared *= len(wanted.numbers & answer.numbers) / len(wanted.numbers)
    return shared * UNDENIED if wanted.denies and not answer.negative else shared


def said(wanted: Wording, answer: Wording) -> float:
    """The weighted share of `wanted`'s words and pairs that `answer` has."""
    pairs = {pair: PAIR * sum(wanted.weights[stem] for stem in pair) for pair in wanted.pairs}
    total = sum(wanted.weights.values()) + sum(pairs.values())
    if not total:
        return 0.0
    in_pairs = sum(weight for pair, weight in pairs.items() if pair in answer.pairs)
    return (in_pairs + _shared(wanted.weights, answer) * sum(wanted.weights.values())) / total


def _shared(weights: Mapping[str, float], other: Wording) -> float:
    """The weighted share of these stems that `other` has, or has alike."""
    total = sum(weights.values())
    return sum(w * likeness(stem, other) for stem, w in weights.items()) / total if total else 0.0


def likeness(stem: str, wording: Wording) -> float:
    """How like the likest stem of `wording` is, from 0 to 1: the cosine of their trigrams.

    It forgives typing errors and finds parts of compounds without knowing the language.
    """
    if stem in wording.weights:
        return 1.0
    if len(stem) < 4 or not stem.isalpha():
        return 0.0
    own = trigrams(stem)
    common = Counter(other for gram in own for other in wording.trigrams.get(gram, ()))
    best = max(
        (count / (len(own) * len(trigrams(other))) ** 0.5 for other, count in common.items()),
        default=0.0,
    )
    return best if best >= ALIKE else 0.0


def trigrams(stem: str) -> frozenset[str]:
    """Three letters at a time, the word's ends marked; none of a word too short or of digits."""
    if len(stem) < 4 or not stem.isalpha():
        return frozenset()
    marked = f"^{stem}$"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))


def _plain(text: str, *, undenied: bool = False) -> list[str]:
    """The words and numbers of a text, in digits; with `undenied` without what it denies."""
    return [word for line in text.splitlines() for word in _words(line, undenied=undenied)]


def _words(line: str, *, undenied: bool) -> list[str]:
    words = tokens(line)
    if undenied:
        words = [word for word, denied in zip(words, negated(words), strict=True) if not denied]
    out: list[str] = []
    at = 0
    for start, end, word in readings(words):
        if start >= at and is_number(word):
            out += [*words[at:start], word]
            at = end
    return [word for word in (*out, *words[at:]) if is_word(word)]


def _joined(wordings: Iterable[Wording]) -> Wording:
    """Several texts as one."""
    weights: dict[str, float] = {}
    for wording in wordings:
        weights |= wording.weights
    return Wording(weights, frozenset())
