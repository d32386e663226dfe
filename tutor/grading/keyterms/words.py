"""The words of one answer, and where a wanted word stands in it.

Asked for thousands of words a grade, so what is wanted is looked up by its stem or its beginning;
only words with the same first letter are compared for typing errors.
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
from tutor.grading.sentences import After, what_follows
from tutor.grading.text import Stemming, Tongue, is_chinese, is_cyrillic, tokens, word_set

BREAK = "\n"
"""Stands between two sentences, so that no phrase reaches across."""
LINE = "\r"
"""Stands between two lines that may be two facts: a phrase reaches across, a negation does not."""
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
"""'Selbstüberwacht' is not 'überwacht', though 'Selbstaufmerksamkeit' is an 'Aufmerksamkeit'."""
_LINKS = ("", "s", "n", "en", "es", "er", "e")
_SHORTEST_HEAD, _SHORTEST_MODIFIER = 5, 3
_LONGEST = 40
_NEAR = 4
"""How many tokens may lie between the parts of a compound that is written out."""
Places = dict[int, int]
"""Where a word stands: its first token, and the token after its last."""


class Compounds:
    """The stems of a German answer and where they stand."""

    def __init__(self, stems: Mapping[str, Mapping[int, int]]) -> None:
        self._stems = stems
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for stem in stems:
            for cut in range(_SHORTEST_MODIFIER, min(len(stem), _LONGEST) - _SHORTEST_HEAD + 1):
                participle = stem[:cut] == _SELF and stem[-1] == "t"
                if stem.isalpha() and stem[:cut] not in _PREFIXES and not participle:
                    self._by_head[stem[cut:]].append(stem)

    def find(self, stem: str) -> dict[int, int]:
        """Where a compound that ends in `stem` stands, or `stem` itself in two words."""
        places: dict[int, int] = {}
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
        """The ways to cut `stem` into two words of the answer, the head first."""
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
    """No other form and no typing error, a plural's `s` excepted: for acronyms."""
    close: bool = False
    """Nothing stands between it and the piece before."""


class Words:
    """The tokens of an answer in its sentences, with what they can be read as besides."""

    def __init__(
        self,
        answer: str,
        sentences: Sequence[str],
        language: Language,
        stemming: Stemming,
        known: Container[str] = (),
    ) -> None:
        """Words that are `known` are no other word with a typing error in it."""
        self._known = known
        self.tokens: list[str] = []
        self.sentence: list[int] = []
        """For every token the index of its sentence."""
        for index, after in enumerate(what_follows(answer, sentences)):
            words_and_sign = [*tokens(sentences[index]), *_SIGNS[after]]
            self.tokens += words_and_sign
            self.sentence += [index] * len(words_and_sign)
        self._stemming = stemming
        words = set(self.tokens)
        german = language == "de" or len(GERMAN_WORDS & words) > len(_ENGLISH_WORDS & words)
        self._latin: tuple[Tongue, ...] = ("german", "english") if german else ("english",)
        self._found: dict[Wanted, Places] = {}

    def find(self, wanted: Wanted) -> Places:
        """Where `wanted` stands, in any form of it."""
        places = self._found.get(wanted)
        if places is None:
            places = self._found[wanted] = self._find(wanted)
        return places

    @cached_property
    def negated(self) -> list[bool]:
        """For every token whether its clause is negated."""
        return negated(self.tokens)

    @cached_property
    def not_only(self) -> list[bool]:
        """For every token whether it is the 'only' of a 'not only'."""
        return not_only(self.tokens)

    @cached_property
    def clause(self) -> list[int]:
        """For every token the number of its clause, a border counting with what follows it."""
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
        """Where every word stands, and what else it can be read as."""
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
        for word in self._alike(wanted):
            places |= self._places[word]
        if not places and self._compounds and not (wanted.exact or wanted.open_right):
            return self._compounds.find(self._stemming.stem(wanted.text, "german"))
        return places

    def _alike(self, wanted: Wanted) -> Iterable[str]:
        """The answer's words that are the wanted one; the exact one comes last, and counts."""
        text = wanted.text
        if wanted.open_left:
            return [word for word in self._places if _ends(word, wanted)]
        if wanted.exact:
            return [form for form in (text, text + "s", text + "'s") if form in self._places]
        if wanted.open_right:
            return self._beginning(text)
        same = self._same(text) if text.isalpha() and not is_chinese(text) else ()
        others = [word for word in dict.fromkeys(same) if word != text]
        return [*others, text] if text in self._places else others

    def _same(self, text: str) -> Iterator[str]:
        """Words with the same stem, or one a typing error away."""
        for tongue in self._tongues(text):
            stem = self._stemming.stem(text, tongue)
            by_stem = self._stems[tongue]
            yield from by_stem.get(stem, ())
            for near in _near(stem, self._initials[tongue].get(stem[0], ()), slack=0):
                yield from (w for w in by_stem[near] if not is_another(text, w, self._known))

    def _beginning(self, prefix: str) -> Iterator[str]:
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

    @cached_property
    def _heads_by_length(self) -> dict[int, dict[str, list[str]]]:
        return {}

    def _heads(self, length: int) -> dict[str, list[str]]:
        """The words by their first `length` letters; shorter words by all they have."""
        heads = self._heads_by_length.get(length)
        if heads is None:
            heads = self._heads_by_length[length] = defaultdict(list)
            for word in self._places:
                heads[word[:length]].append(word)
        return heads

    @cached_property
    def _head_initials_by_length(self) -> dict[int, Mapping[str, list[str]]]:
        return {}

    def _head_initials(self, length: int) -> Mapping[str, list[str]]:
        known = self._head_initials_by_length.get(length)
        if known is None:
            known = self._head_initials_by_length[length] = _by_initial(self._heads(length))
        return known

    @cached_property
    def _compounds(self) -> Compounds | None:
        """Of a German answer."""
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
    """The words that a typing error or two, by length, make of `wanted`.

    `words` begin as `wanted` does: a difference in the first letter is mostly another word.
    """
    if not words or len(wanted) - slack < SHORTEST:
        return
    for near, distance, _ in process.extract(
        wanted, words, scorer=OSA.distance, score_cutoff=2, limit=None
    ):
        if distance <= errors_allowed(min(len(wanted), len(near)) - slack):
            yield near


def _ends(word: str, wanted: Wanted) -> bool:
    return wanted.text in word if wanted.open_right else word.endswith(wanted.text)
