"""Recognises lists of a question's key terms, which state nothing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.bank import Question
from tutor.grading.per_question import PerQuestion
from tutor.grading.sentences import split_sentences
from tutor.grading.text import Stemming, is_word, tokens

LEAST = 4
"""Fewer terms may be all there is to say; our questions have at least four groups."""
FEWEST_NAMES = 3
"""Fewer names may be a whole answer: 'three gates (forget, input, output)'."""
MOST = 0.8
"""A list names this share of the question's term groups, and has this share of the key terms that
the answer has: one or two outside it, as in an order to the grader, do not make it an answer."""
FEW = 0.2
"""So few different words of the student's own per key term count as none."""
OWN = 3
"""A sentence next to a list is not another item of it if it has so many different own words."""
_SAME = 4
"""First letters that the forms of a term have in common."""
_FILLERS = frozenset({
    "und", "oder", "sowie", "dann", "and", "or", "also", "plus", "then",
    "и", "или", "а", "также", "затем", "和", "与", "及", "或", "以", "并",
    "der", "die", "das", "ein", "eine", "the", "a", "an", "это", "的",
})  # fmt: skip
"""Conjunctions and articles, which state nothing between two key terms."""
_ENDS = frozenset(".!?;:…。\n")
_EQUALS = frozenset("=≈")
"""Between two key terms these state something, as a verb does: `LSTM 4 blocks = 60400`. With a
comma, one is only the end of a listed term: `L(N) =, parameters`."""
_LIST_MARK = re.compile(r"(?:^|(?<=\s))\(?(?:\d{1,2}|[a-z])[.)](?=\s)")


class TermLists:
    """Recognises mere lists of key terms. Not thread-safe: it caches questions' terms."""

    def __init__(self, stemming: Stemming) -> None:
        self._terms = PerQuestion(lambda question: _Terms(question, stemming))
        self._are_answers = PerQuestion(self._is_answered_by_list)

    def stated(self, question: Question, answer: str) -> str:
        """Return `answer` without sentences and lines that are mere lists; may be empty.

        A list is a sentence or line of nothing but key terms, or `MOST` of the question's groups in
        a row. An answer that names so many groups and has hardly any other word is a list as a
        whole, and only its sentences with `OWN` own words remain. If a question asks for names,
        nothing is a mere list.
        """
        if self.are_answers(question):
            return answer
        all_lines = answer.splitlines()
        lines = [line for line in all_lines if not self._is_list(question, line)]
        sentences = split_sentences("\n".join(lines))
        stated = [each for each in sentences if not self._is_list(question, each)]
        if not self._is_list(question, answer):
            is_whole = (len(lines), len(stated)) == (len(all_lines), len(sentences))
            return answer if is_whole else "\n".join(stated)
        own = self._own_words(question, answer)
        return "\n".join(
            each for each in stated if len(own & self._own_words(question, each)) >= OWN
        )

    def are_all(self, question: Question, answer: str) -> bool:
        """Whether `answer` has `FEWEST_NAMES` key terms and hardly any other word.

        Such an answer may be too short for a list that states nothing, and a point may still ask
        for a name. False if the question asks for names, or an equals sign states something.
        """
        if self.are_answers(question):
            return False
        marks = self._marks(question, answer)
        hits = [mark for mark in marks if mark.groups]
        if any(mark.equals for mark in marks):
            return False
        return _count_groups(hits) >= FEWEST_NAMES and _has_few_own_words(marks, hits)

    def are_answers(self, question: Question) -> bool:
        """Whether `question` asks for names: its model answer is such a list itself."""
        return self._are_answers.of(question)

    def _is_answered_by_list(self, question: Question) -> bool:
        return any(self._is_list(question, text) for text in question.answer.by_language().values())

    def _is_list(self, question: Question, answer: str) -> bool:
        enough = max(LEAST, MOST * self._terms.of(question).groups)
        marks = self._marks(question, answer)
        hits = [mark for mark in marks if mark.groups]
        if _count_groups(hits) < enough:
            return False
        if _has_few_own_words(marks, hits):
            return True
        lists = [
            run
            for run in _runs(marks)
            if run.alone or _count_groups(_different_terms(run.hits)) >= enough
        ]
        listed = [hit for run in lists for hit in run.hits]
        return _count_groups(listed) >= enough and len(listed) >= MOST * len(hits)

    def _own_words(self, question: Question, text: str) -> frozenset[str]:
        return frozenset(mark.text for mark in self._marks(question, text) if mark.own)

    def _marks(self, question: Question, text: str) -> tuple["_Mark", ...]:
        return tuple(_marks(_as_words(text), self._terms.of(question)))


def _has_few_own_words(marks: Iterable["_Mark"], hits: Sequence["_Mark"]) -> bool:
    return len({mark.text for mark in marks if mark.own}) <= FEW * len(hits)


def _count_groups(hits: Iterable["_Mark"]) -> int:
    """How many groups the terms name; a term that is in several groups names one of them."""
    named: set[int] = set()
    for groups in sorted((mark.groups for mark in hits), key=len):
        named.update(sorted(groups - named)[:1])
    return len(named)


def _different_terms(hits: Sequence["_Mark"]) -> Iterable["_Mark"]:
    """One hit for each term, since another form of it names nothing more."""
    return {(mark.text[:_SAME], mark.groups): mark for mark in hits}.values()


@dataclass(frozen=True)
class _Word:
    text: str
    signs: frozenset[str]
    """The signs between the previous word and this one."""


@dataclass(frozen=True)
class _Mark:
    """A word of the answer, and what role it has."""

    text: str
    edge: bool
    """Whether it begins a sentence or line."""
    equals: bool
    """Whether an equals sign is in front of it."""
    groups: frozenset[int]
    """The groups of the key term that begins here; empty if none does."""
    own: bool
    """Whether it is the student's own: neither part of a term nor a filler."""


@dataclass(frozen=True)
class _Run:
    """Key terms with nothing but signs and fillers between them."""

    hits: tuple[_Mark, ...]
    """The first word of each."""
    alone: bool
    """Whether the sentence or line has nothing else."""


@dataclass(frozen=True)
class _Term:
    """A key term's words, without its signs."""

    words: tuple[str, ...]
    open_left: bool
    open_right: tuple[bool, ...]
    group: int

    def is_at(self, words: Sequence[_Word], at: int, stemming: Stemming) -> bool:
        if at + len(self.words) > len(words):
            return False
        return all(
            self._fits(index, words[at + index].text, stemming) for index in range(len(self.words))
        )

    def _fits(self, index: int, word: str, stemming: Stemming) -> bool:
        part = self.words[index]
        if index == 0 and self.open_left:
            return part in word if self.open_right[0] else word.endswith(part)
        if self.open_right[index]:
            return word.startswith(part)
        return part == word or (
            part[:3] == word[:3] and not stemming.stems(part).isdisjoint(stemming.stems(word))
        )


class _Terms:
    """All key terms of a question, by their first letter."""

    def __init__(self, question: Question, stemming: Stemming) -> None:
        self._stemming = stemming
        self._by_letter: dict[str, list[_Term]] = {}
        groups = [group for point in question.rubric for group in point.terms]
        self.groups = len(groups)
        for number, group in enumerate(groups):
            for term in group:
                self._add(term, number)

    def at(self, words: Sequence[_Word], at: int) -> tuple[int, frozenset[int]]:
        """The length in words of the longest term at this place, and the groups it belongs to."""
        letter = words[at].text[0]
        candidates = (*self._by_letter.get(letter, ()), *self._by_letter.get("", ()))
        matching = [term for term in candidates if term.is_at(words, at, self._stemming)]
        longest = max((len(term.words) for term in matching), default=0)
        return longest, frozenset(term.group for term in matching if len(term.words) == longest)

    def _add(self, text: str, group: int) -> None:
        parts = text.split()
        words: list[str] = []
        open_right: list[bool] = []
        for part in parts:
            part_words = [word for word in tokens(part.strip("*")) if is_word(word)]
            words += part_words
            open_right += [False] * (len(part_words) - 1)
            open_right += [part.endswith("*")] * bool(part_words)
        if words:
            term = _Term(tuple(words), parts[0].startswith("*"), tuple(open_right), group)
            self._by_letter.setdefault("" if term.open_left else words[0][0], []).append(term)


def _as_words(answer: str) -> tuple[_Word, ...]:
    words: list[_Word] = []
    signs: set[str] = set()
    for line in "\n".join(map(_split_items, answer.splitlines())).splitlines():
        for token in tokens(line):
            if is_word(token):
                words.append(_Word(token, frozenset(signs)))
                signs = set()
            else:
                signs.add(token)
        signs.add("\n")
    return tuple(words)


def _split_items(line: str) -> str:
    """Put numbered items on lines of their own; a lone `1.` may end a sentence: `sum to 1.`."""
    numbers = list(_LIST_MARK.finditer(line))
    ends_sentence = len(numbers) == 1 and line[: numbers[0].start()].strip()
    return line if ends_sentence else _LIST_MARK.sub("\n", line)


def _marks(words: Sequence[_Word], terms: _Terms) -> Iterator[_Mark]:
    """Yield a mark for each word. A term may begin within another if it ends after it."""
    end = 0
    for at, word in enumerate(words):
        length, groups = terms.at(words, at)
        own = at >= end and not length and word.text not in _FILLERS
        beyond = at + length > end
        end = max(end, at + length)
        edge = at == 0 or not _ENDS.isdisjoint(word.signs)
        equals = not _EQUALS.isdisjoint(word.signs) and "," not in word.signs
        yield _Mark(word.text, edge, equals, groups if beyond else frozenset(), own)


def _runs(marks: Sequence[_Mark]) -> Iterator[_Run]:
    hits: list[_Mark] = []
    alone = own = False
    for mark in marks:
        own = own and not mark.edge
        if (mark.own or mark.equals) and hits:
            yield _Run(tuple(hits), alone and mark.edge)
            hits = []
        if mark.groups:
            alone = alone if hits else not own
            hits.append(mark)
        own = own or mark.own or bool(hits)
    if hits:
        yield _Run(tuple(hits), alone)
