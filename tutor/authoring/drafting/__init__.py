"""Drafts a rubric from a model answer: its points, and key terms for each.

The draft is only a start, and `Question.drafted` marks it as not reviewed. The model answer meets
every point, and repeating the prompt meets none.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import chain

from tutor.authoring.drafting.candidates import (
    Candidate,
    Candidates,
    Rarity,
    given_names,
    without_forms,
)
from tutor.authoring.drafting.points import cut_into_points, joined_points
from tutor.bank import Language, RubricPoint, Text
from tutor.grading.keyterms.negation import is_negative
from tutor.grading.keyterms.patterns import Pattern
from tutor.grading.keyterms.words import Words
from tutor.grading.text import Stemming, tokens, word_set

LEAST_GROUPS, MOST_GROUPS = 2, 4
"""Groups of key terms that a point has at least and at most, if it has enough words."""
_WORDS_A_GROUP = 4
"""For so many candidate words, a point gets one more group."""
_WHO = word_set("who whom whose wer wen wem wessen кто кого кому кем")
"""Words that ask for a person."""


class Drafter:
    """Drafts rubrics, in less than a millisecond each. Not thread-safe."""

    def __init__(self, texts: Iterable[str]) -> None:
        """`texts` show which words are common: those of the bank and of the new questions."""
        self._stemming = Stemming()
        self._rarity = Rarity(texts, self._stemming)
        self._candidates = Candidates(self._rarity)
        self._pattern = cache(Pattern.of)

    def rubric(self, answer: Text, prompt: Text) -> tuple[RubricPoint, ...]:
        """1 to 12 points of equal weight, in the answer's languages.

        A point has no terms if all its words are in the prompt.
        """
        answers = {each: _Answer(self._words(answer, each)) for each in answer.languages}
        asked = _Prompt([self._words(prompt, language) for language in prompt.languages])
        return tuple(
            RubricPoint(id=f"p{number}", point=point, terms=self._terms(point, answers, asked))
            for number, point in enumerate(_points(answer), start=1)
        )

    def _words(self, text: Text, language: Language) -> Words:
        return Words(text.to(language), language, self._stemming)

    def _terms(
        self, point: Text, answers: "Mapping[Language, _Answer]", prompt: "_Prompt"
    ) -> tuple[tuple[str, ...], ...]:
        """Groups of terms, each with one or more terms in every language."""
        texts = point.by_language()
        negative = any(is_negative(tokens(text)) for text in texts.values())
        by_language = [
            self._best(text, language, answers[language], prompt, negative=negative)
            for language, text in texts.items()
        ]
        groups = zip(*by_language, strict=False)
        return tuple(tuple(dict.fromkeys(chain.from_iterable(group))) for group in groups)

    def _best(
        self, text: str, language: Language, answer: "_Answer", prompt: "_Prompt", *, negative: bool
    ) -> list[tuple[str, ...]]:
        """The rarest terms in the order of the text, each with its alternatives.

        At most half of them are numbers, unless there is little else.
        """
        best = [*without_forms(self._heaviest(text, language, prompt))]
        most = min(MOST_GROUPS, LEAST_GROUPS + len(best) // _WORDS_A_GROUP)
        most_numbers = max(1, most // 2)
        chosen: list[Candidate] = []
        spare_numbers: list[Candidate] = []
        for one in sorted(best, key=lambda one: -one.rarity):
            pattern = self._pattern(one.term)
            if not answer.has(one, pattern, denied=negative) or prompt.has(pattern):
                continue
            if one.is_number and sum(each.is_number for each in chosen) == most_numbers:
                spare_numbers.append(one)
            else:
                chosen.append(one)
            if len(chosen) == most:
                break
        chosen += spare_numbers[: most - len(chosen)]
        return [(one.term, *one.also) for one in best if one in chosen]

    def _heaviest(self, text: str, language: Language, prompt: "_Prompt") -> list[Candidate]:
        """The candidates that say most, one for each stem, without those in the prompt."""
        by_stem: dict[str, Candidate] = {}
        first_names = given_names(text) if prompt.asks_for_a_person else frozenset()
        for one in self._candidates.of(text, language):
            if not one.light and one.word in first_names:
                one = replace(one, light=1)
            if one.stem not in by_stem or by_stem[one.stem].rarity < one.rarity:
                by_stem[one.stem] = one
        in_prompt = prompt.stems(self._rarity, language)
        new = [one for one in by_stem.values() if one.stem not in in_prompt]
        lightest = min((one.light for one in new), default=0)
        return [one for one in new if one.light == lightest]


class _Answer:
    """The model answer in one language."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def has(self, candidate: Candidate, pattern: Pattern, *, denied: bool) -> bool:
        """Whether key terms find the candidate; with `denied` also where the answer denies it."""
        negated = self._words.negated
        return any(
            denied or pattern.negative or not (negated[start] or negated[end - 1])
            for start, end in self._exact_spans(candidate.word) or pattern.spans(self._words)
        )

    def _exact_spans(self, word: str) -> list[tuple[int, int]]:
        """Where the answer has a word in just this form, which is quicker to find than others."""
        if places := self._places.get(word):
            return [(at, at + 1) for at in places]
        parts, answered = tokens(word), self._words.tokens
        starts = self._places.get(parts[0], ()) if len(parts) > 1 else ()
        spans = ((at, at + len(parts)) for at in starts)
        return [(start, end) for start, end in spans if answered[start:end] == parts]

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """The positions of each token."""
        places: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self._words.tokens):
            places[word].append(at)
        return places


class _Prompt:
    """The prompt in all its languages, and so what it gives away."""

    def __init__(self, prompts: Sequence[Words]) -> None:
        self._prompts = prompts
        self._stems: dict[Language, frozenset[str]] = {}

    def stems(self, rarity: Rarity, language: Language) -> frozenset[str]:
        """The stems of its words, by the rules of `language`."""
        if language not in self._stems:
            words = (word for prompt in self._prompts for word in prompt.tokens)
            self._stems[language] = frozenset(rarity.stem(word, language) for word in words)
        return self._stems[language]

    @cached_property
    def asks_for_a_person(self) -> bool:
        """Whether it asks who somebody is."""
        return any(not _WHO.isdisjoint(prompt.tokens) for prompt in self._prompts)

    def has(self, pattern: Pattern) -> bool:
        """Whether key terms find a term in it, denied or not."""
        return any(any(True for _ in pattern.spans(words)) for words in self._prompts)


def _points(answer: Text) -> list[Text]:
    """The answer's points in all its languages, as many as the language with the fewest has."""
    cut = {language: cut_into_points(text) for language, text in answer.by_language().items()}
    fewest = min(map(len, cut.values()))
    columns = [joined_points(points, fewest) for points in cut.values()]
    return [Text(**dict(zip(cut, row, strict=True))) for row in zip(*columns, strict=True)]
