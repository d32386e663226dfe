"""A rubric drafted from a reference answer: its points, and key terms for each.

It is a beginning: `Question.drafted` says that nobody has looked at it. What the model answer says
meets every point, and the prompt alone meets none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import chain

from tutor.authoring.candidates import Candidate, Candidates, given_names, without_forms
from tutor.authoring.points import cut_into_points, joined_points
from tutor.authoring.rarity import Rarity
from tutor.bank import Language, RubricPoint, Text
from tutor.grading.keyterms.negation import is_negative
from tutor.grading.keyterms.patterns import Pattern
from tutor.grading.keyterms.words import Words
from tutor.grading.text import Stemming, tokens, word_set

LEAST_GROUPS, MOST_GROUPS = 2, 4
_WORDS_A_GROUP = 4
"""So many words more make a point ask for one group more."""
_WHO = word_set("who whom whose wer wen wem wessen кто кого кому кем")


class Drafter:
    """Drafts rubrics: some tenths of a millisecond each. Not thread-safe."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts` show which words are common: those of the bank, and what is drafted for."""
        self._stemming = Stemming()
        self._rarity = Rarity(texts, self._stemming)
        self._candidates = Candidates(self._rarity)
        self._pattern = cache(Pattern.of)

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
        return Words(own, language, self._stemming)

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
        groups = zip(*by_language, strict=False)
        return tuple(tuple(dict.fromkeys(chain.from_iterable(group))) for group in groups)

    def _best(
        self,
        text: str,
        language: Language,
        said: "_Said",
        asked: "_Asked",
        *,
        negative: bool,
    ) -> list[tuple[str, ...]]:
        """The rarest terms in the order of the text, each with what does as well.

        No more than half are numbers, unless there is little else.
        """
        given = asked.stems(self._rarity, language)
        distinct: dict[str, Candidate] = {}
        first_names = given_names(text) if asked.is_for_a_person else frozenset()
        for one in self._candidates.of(text, language):
            if not one.light and one.word in first_names:
                one = replace(one, light=1)
            if one.stem not in distinct or distinct[one.stem].rarity < one.rarity:
                distinct[one.stem] = one
        fresh = [one for one in distinct.values() if one.stem not in given]
        least = min((one.light for one in fresh), default=0)
        heavy = [*without_forms([one for one in fresh if one.light == least])]
        most = min(MOST_GROUPS, LEAST_GROUPS + len(heavy) // _WORDS_A_GROUP)
        numbers = max(1, most // 2)
        chosen: list[Candidate] = []
        spare: list[Candidate] = []
        for one in sorted(heavy, key=lambda one: -one.rarity):
            pattern = self._pattern(one.term)
            if not said.has(one, pattern, denied=negative) or asked.finds(pattern):
                continue
            if one.is_number and sum(each.is_number for each in chosen) == numbers:
                spare.append(one)
            else:
                chosen.append(one)
            if len(chosen) == most:
                break
        chosen += spare[: most - len(chosen)]
        return [(one.term, *one.also) for one in heavy if one in chosen]


class _Said:
    """What the answer says in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def has(self, one: Candidate, pattern: Pattern, *, denied: bool) -> bool:
        """Whether key terms find the candidate, with `denied` also where the answer denies it."""
        negated = self._words.negated
        return any(
            denied or pattern.negative or not (negated[start] or negated[end - 1])
            for start, end in self._as_it_is(one.word) or pattern.spans(self._words)
        )

    def _as_it_is(self, word: str) -> list[tuple[int, int]]:
        """Where a word stands in this form, which takes no looking for its other forms."""
        if places := self._places.get(word):
            return [(at, at + 1) for at in places]
        parts, said = tokens(word), self._words.tokens
        starts = self._places.get(parts[0], ()) if len(parts) > 1 else ()
        spans = ((at, at + len(parts)) for at in starts)
        return [(start, end) for start, end in spans if said[start:end] == parts]

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """Where each token stands."""
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

    @cached_property
    def is_for_a_person(self) -> bool:
        """Whether it asks who somebody is."""
        return any(not _WHO.isdisjoint(prompt.tokens) for prompt in self._prompts)

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
