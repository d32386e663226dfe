"""Finds words in one answer.

A grade looks for thousands of words, so they are looked up by their stem or beginning, and only
words with the same first letter are compared for typing errors.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from tutor.bank import Language
from tutor.grading.keyterms.negation import is_chinese_border, negated, not_only
from tutor.grading.keyterms.numbers import readings
from tutor.grading.keyterms.typos import SHORTEST, errors_allowed, is_another
from tutor.grading.sentences import After, split_sentences, what_follows
from tutor.grading.text import Stemming, Tongue, is_chinese, is_cyrillic, tokens, word_set

BREAK = "\n"
"""The token between two sentences: no phrase reaches across it."""
LINE = "\r"
"""The token between two lines that may be two facts: phrases cross it, negations do not."""
_SIGNS: Mapping[After, tuple[str, ...]] = {After.END: (BREAK,), After.LINE: (LINE,), After.WRAP: ()}
_CLAUSE_BORDERS = word_set(
    ". , ; : ! ? ( ) 。 、 and und и but aber sondern а но while whereas während"
) | {BREAK, LINE}
_CHINESE_BORDERS = frozenset("而但却")
_SPELLED_UMLAUT = re.compile(r"ae|oe|(?<![aeq])ue")
_UMLAUTS = {"ae": "ä", "oe": "ö", "ue": "ü"}
GERMAN_WORDS = word_set("der die das und nicht ist ein eine wird werden mit von auf für den")
_ENGLISH_WORDS = word_set("the a and not is are to of with on for by it that this")
_PREFIXES = word_set(
    "ab an auf aus be bei dar durch ein emp ent er fehl fort ge gegen her hin hinter miss mit nach "
    "nicht neben ober rück statt über um un unter ur ver vor weg weiter wider wieder zer zu zurück "
    "zusammen zwischen anti de dis in inter non re sub halb semi pseudo quasi schwach"
)
_SELF = "selbst"
"""'Selbstüberwacht' is not 'überwacht', but 'Selbstaufmerksamkeit' is an 'Aufmerksamkeit'."""
_LINKS = ("", "s", "n", "en", "es", "er", "e")
_SHORTEST_HEAD, _SHORTEST_MODIFIER = 5, 3
_LONGEST = 40
_NEAR = 4
"""The most tokens from one part of a compound to the other if it is written as two words."""
Places = dict[int, int]
"""Where a word is: its first token, and the token after its last."""


class Compounds:
    """Finds German compounds among the stems of an answer."""

    def __init__(self, stems: Mapping[str, Mapping[int, int]]) -> None:
        self._stems = stems
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for stem in stems:
            for cut in range(_SHORTEST_MODIFIER, min(len(stem), _LONGEST) - _SHORTEST_HEAD + 1):
                is_participle = stem[:cut] == _SELF and stem[-1] == "t"
                if stem.isalpha() and stem[:cut] not in _PREFIXES and not is_participle:
                    self._by_head[stem[cut:]].append(stem)

    def find(self, stem: str) -> Places:
        """Where a compound that ends in `stem` is, or `stem` itself written as two words."""
        places: Places = {}
        for compound in self._by_head.get(stem, ()):
            places |= self._stems[compound]
        for head, modifier in self._parts(stem) if stem.isalpha() else ():
            places |= {
                at: end
                for at, end in self._stems[head].items()
                if any(abs(at - other) <= _NEAR for other in self._stems[modifier])
            }
        return places

    def _parts(self, stem: str) -> Iterator[tuple[str, str]]:
        """Cut `stem` into two words of the answer, in every way; yields the head first."""
        for cut in range(_SHORTEST_MODIFIER, min(len(stem), _LONGEST) - _SHORTEST_MODIFIER):
            if stem[cut:] not in self._stems or stem[:cut] in _PREFIXES:
                continue
            for link in _LINKS:
                modifier = stem[:cut].removesuffix(link)
                if len(modifier) >= _SHORTEST_MODIFIER and modifier in self._stems:
                    yield stem[cut:], modifier


class Wanted(NamedTuple):
    """A word or sign to look for. A tuple, since millions of them are hashed."""

    text: str
    open_left: bool = False
    open_right: bool = False
    exact: bool = False
    """Whether only a plural's `s` may be added, and nothing mistyped: for acronyms."""
    close: bool = False
    """Whether it must follow the previous piece directly."""


class Words:
    """The tokens of an answer's sentences, and what else they can be read as."""

    def __init__(
        self, answer: str, language: Language, stemming: Stemming, known: Container[str] = ()
    ) -> None:
        """A word that is in `known` does not count as another one mistyped."""
        self._known = known
        self.sentences = split_sentences(answer)
        self.tokens: list[str] = []
        self.sentence: list[int] = []
        """The index of each token's sentence."""
        for index, after in enumerate(what_follows(answer, self.sentences)):
            words_and_sign = [*tokens(self.sentences[index]), *_SIGNS[after]]
            self.tokens += words_and_sign
            self.sentence += [index] * len(words_and_sign)
        self._stemming = stemming
        words = set(self.tokens)
        german = language == "de" or len(GERMAN_WORDS & words) > len(_ENGLISH_WORDS & words)
        self._latin: tuple[Tongue, ...] = ("german", "english") if german else ("english",)
        self._cache: dict[Wanted, Places] = {}
        self._heads_by_length: dict[int, dict[str, list[str]]] = {}
        self._head_initials_by_length: dict[int, Mapping[str, list[str]]] = {}

    def find(self, wanted: Wanted) -> Places:
        """Where `wanted` is, in any of its forms."""
        places = self._cache.get(wanted)
        if places is None:
            places = self._cache[wanted] = self._find(wanted)
        return places

    @cached_property
    def negated(self) -> list[bool]:
        """Whether each token is denied."""
        return negated(self.tokens)

    @cached_property
    def not_only(self) -> list[bool]:
        """Whether each token is the 'only' of a 'not only'."""
        return not_only(self.tokens)

    @cached_property
    def clause(self) -> list[int]:
        """The number of each token's clause; a border belongs to the clause that follows it."""
        words = self.tokens
        return list(
            accumulate(
                word in _CLAUSE_BORDERS
                or (word in _CHINESE_BORDERS and is_chinese_border(words, place))
                for place, word in enumerate(words)
            )
        )

    @cached_property
    def _places(self) -> Mapping[str, Places]:
        """Where each word is, and each reading of it."""
        places: dict[str, Places] = defaultdict(dict)
        for index, word in enumerate(self.tokens):
            places[word][index] = index + 1
        for start, end, word in readings(self.tokens):
            places[word].setdefault(start, end)
        for word in [word for word in places if _SPELLED_UMLAUT.search(word)]:
            umlaut = _SPELLED_UMLAUT.sub(lambda match: _UMLAUTS[match[0]], word)
            for start, end in places[word].items():
                places[umlaut].setdefault(start, end)
        return dict(places)

    def _find(self, wanted: Wanted) -> Places:
        places: Places = {}
        for word in self._forms(wanted):
            places |= self._places[word]
        if not places and self._compounds and not (wanted.exact or wanted.open_right):
            return self._compounds.find(self._stemming.stem(wanted.text, "german"))
        return places

    def _forms(self, wanted: Wanted) -> Iterable[str]:
        """The answer's words that are forms of the wanted one, itself last, since that counts."""
        text = wanted.text
        if wanted.open_left and wanted.open_right:
            return [word for word in self._places if text in word]
        if wanted.open_left:
            return [word for word in self._places if word.endswith(text)]
        if wanted.exact:
            return [form for form in (text, text + "s", text + "'s") if form in self._places]
        if wanted.open_right:
            return self._beginning_with(text)
        same = self._with_stem_of(text) if text.isalpha() and not is_chinese(text) else ()
        others = [word for word in dict.fromkeys(same) if word != text]
        return [*others, text] if text in self._places else others

    def _with_stem_of(self, text: str) -> Iterator[str]:
        """Words with the stem of `text`, or one like it but for typing errors."""
        for tongue in self._tongues(text):
            stem = self._stemming.stem(text, tongue)
            by_stem = self._stems[tongue]
            yield from by_stem.get(stem, ())
            for near in _near(stem, self._initials[tongue].get(stem[0], ()), slack=0):
                yield from (w for w in by_stem[near] if not is_another(text, w, self._known))

    def _beginning_with(self, prefix: str) -> Iterator[str]:
        """Words that begin with `prefix`, or like it but for typing errors."""
        heads = self._heads(len(prefix))
        yield from heads.get(prefix, ())
        if len(prefix) > SHORTEST and prefix.isalpha():
            by_initial = self._head_initials(len(prefix))
            for near in _near(prefix, by_initial.get(prefix[0], ()), slack=1):
                for word in heads[near]:
                    if not is_another(prefix, word, self._known, begins=True):
                        yield word

    def _tongues(self, word: str) -> tuple[Tongue, ...]:
        return ("russian",) if is_cyrillic(word) else self._latin

    @cached_property
    def _stems(self) -> Mapping[Tongue, Mapping[str, list[str]]]:
        stems: dict[Tongue, dict[str, list[str]]] = {
            tongue: defaultdict(list) for tongue in (*self._latin, "russian")
        }
        for word in self._places:
            if word[0].isalpha() and not is_chinese(word):
                for tongue in self._tongues(word):
                    stems[tongue][self._stemming.stem(word, tongue)].append(word)
        return stems

    @cached_property
    def _initials(self) -> Mapping[Tongue, Mapping[str, list[str]]]:
        return {tongue: _by_initial(stems) for tongue, stems in self._stems.items()}

    def _heads(self, length: int) -> dict[str, list[str]]:
        """The words by their first `length` letters; shorter words by all they have."""
        heads = self._heads_by_length.get(length)
        if heads is None:
            heads = self._heads_by_length[length] = defaultdict(list)
            for word in self._places:
                heads[word[:length]].append(word)
        return heads

    def _head_initials(self, length: int) -> Mapping[str, list[str]]:
        """The first `length` letters of the words, by their first letter."""
        initials = self._head_initials_by_length.get(length)
        if initials is None:
            initials = self._head_initials_by_length[length] = _by_initial(self._heads(length))
        return initials

    @cached_property
    def _compounds(self) -> Compounds | None:
        """The compounds of a German answer; None for another language."""
        if "german" not in self._latin:
            return None
        stems = {
            stem: {at: end for word in words for at, end in self._places[word].items()}
            for stem, words in self._stems["german"].items()
        }
        return Compounds(stems)


def _by_initial(words: Iterable[str]) -> Mapping[str, list[str]]:
    """Words that are long enough to be mistyped, by their first letter."""
    by_initial: dict[str, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= SHORTEST and word.isalpha():
            by_initial[word[0]].append(word)
    return by_initial


def _near(wanted: str, words: Sequence[str], slack: int) -> Iterator[str]:
    """The words that differ from `wanted` in as many typing errors as their length allows.

    `words` begin with the same letter, since a different first letter is mostly another word.
    """
    if not words or len(wanted) - slack < SHORTEST:
        return
    for near, distance, _ in process.extract(
        wanted, words, scorer=OSA.distance, score_cutoff=2, limit=None
    ):
        if distance <= errors_allowed(min(len(wanted), len(near)) - slack):
            yield near
