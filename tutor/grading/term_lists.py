"""Lists of a question's key terms, which state nothing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tutor.bank import Question
from tutor.grading.per_question import PerQuestion
from tutor.grading.sentences import split_sentences
from tutor.grading.text import Stemming, is_word, tokens

LEAST = 4
"""Fewer terms may well be all that there is to say; ours have four groups and more a question."""
MOST = 0.8
"""The share of the question's term groups that a list names, and of the key terms found that stand
in it: one or two outside it, in an order to the grader, do not make it an answer."""
FEW = 0.2
"""So many different words of one's own for each key term are hardly any."""
OWN = 3
"""Different words of one's own that make a sentence next to a list more than another item of it."""
_SAME = 4
"""Letters that forms of one term have in common."""
_FILLERS = frozenset({
    "und", "oder", "sowie", "dann", "and", "or", "also", "plus", "then",
    "и", "или", "а", "также", "затем", "和", "与", "及", "或", "以", "并",
})  # fmt: skip
_ENDS = frozenset(".!?;:…。\n")
_EQUALS = frozenset("=≈")
"""Between two key terms these say something, as a verb does: `LSTM 4 blocks = 60400`."""
_LIST_MARK = re.compile(r"(?:^|(?<=\s))\(?(?:\d{1,2}|[a-z])[.)](?=\s)")


class TermLists:
    """Recognises mere lists of key terms. Not thread-safe: it remembers questions' terms."""

    def __init__(self, stemming: Stemming) -> None:
        self._terms = PerQuestion(lambda question: _Terms(question, stemming))
        self._are_answers = PerQuestion(self._answered_by_names)

    def stated(self, question: Question, answer: str) -> str:
        """`answer` without sentences and lines that are mere lists; empty if nothing is left.

        In a list, nothing but key terms stands in a sentence or line, or `MOST` of the question's
        groups follow one another. An answer that names so many and has hardly another word, however
        often, is one too, and only what has `OWN` words in a sentence is left of it. None is a mere
        list where names are what is asked for.
        """
        if self.are_answers(question):
            return answer
        lines = answer.splitlines()
        kept = [line for line in lines if not self._is_list(question, line)]
        sentences = split_sentences("\n".join(kept))
        stated = [each for each in sentences if not self._is_list(question, each)]
        if not self._is_list(question, answer):
            is_whole = (len(kept), len(stated)) == (len(lines), len(sentences))
            return answer if is_whole else "\n".join(stated)
        own = self._own_words(question, answer)
        return "\n".join(
            each for each in stated if len(own & self._own_words(question, each)) >= OWN
        )

    def are_all(self, question: Question, answer: str) -> bool:
        """Whether `answer` has `LEAST` key terms and hardly another word, where no names are due.

        If they are too few for a list that states nothing, a point may still ask for a name.
        """
        if self.are_answers(question):
            return False
        marks = tuple(_marks(_as_words(answer), self._terms.of(question)))
        hits = [mark for mark in marks if mark.groups]
        return _named(hits) >= LEAST and _hardly_another_word(marks, hits)

    def are_answers(self, question: Question) -> bool:
        """Whether `question` asks for names: its model answer is such a list itself."""
        return self._are_answers.of(question)

    def _answered_by_names(self, question: Question) -> bool:
        return any(self._is_list(question, text) for text in question.answer.by_language().values())

    def _is_list(self, question: Question, answer: str) -> bool:
        terms = self._terms.of(question)
        enough = max(LEAST, MOST * terms.groups)
        marks = tuple(_marks(_as_words(answer), terms))
        hits = [mark for mark in marks if mark.groups]
        if _named(hits) < enough:
            return False
        if _hardly_another_word(marks, hits):
            return True
        lists = [run for run in _runs(marks) if run.alone or _named(_different(run.hits)) >= enough]
        listed = [hit for run in lists for hit in run.hits]
        return _named(listed) >= enough and len(listed) >= MOST * len(hits)

    def _own_words(self, question: Question, text: str) -> frozenset[str]:
        marks = _marks(_as_words(text), self._terms.of(question))
        return frozenset(mark.text for mark in marks if mark.own)


def _hardly_another_word(marks: Iterable["_Mark"], hits: Sequence["_Mark"]) -> bool:
    return len({mark.text for mark in marks if mark.own}) <= FEW * len(hits)


def _named(hits: Iterable["_Mark"]) -> int:
    """How many groups the terms stand for, where one that is in several groups stands for one."""
    named: set[int] = set()
    for groups in sorted((mark.groups for mark in hits), key=len):
        named.update(sorted(groups - named)[:1])
    return len(named)


def _different(hits: Sequence["_Mark"]) -> Iterable["_Mark"]:
    """One of each term: in a sentence, another form of it names nothing more."""
    return {(mark.text[:_SAME], mark.groups): mark for mark in hits}.values()


@dataclass(frozen=True)
class _Word:
    text: str
    after: frozenset[str]
    """The signs between the word before and this one."""


@dataclass(frozen=True)
class _Mark:
    """What a word of the answer is."""

    text: str
    edge: bool
    """Whether it begins a sentence or line."""
    equals: bool
    """Whether it is what the words before it are said to be."""
    groups: frozenset[int]
    """Those of the term that begins with it."""
    own: bool
    """Whether it is neither of a term nor a filler."""


@dataclass(frozen=True)
class _Run:
    """Key terms with nothing but signs and fillers between them."""

    hits: tuple[_Mark, ...]
    """The word that each begins with."""
    alone: bool
    """Whether its sentence or line has nothing else."""


@dataclass(frozen=True)
class _Term:
    """A key term's words, without its signs."""

    words: tuple[str, ...]
    open_left: bool
    open_right: tuple[bool, ...]
    group: int

    def stands_at(self, words: Sequence[_Word], at: int, stemming: Stemming) -> bool:
        if at + len(self.words) > len(words):
            return False
        return all(
            self._fits(index, words[at + index].text, stemming) for index in range(len(self.words))
        )

    def _fits(self, index: int, word: str, stemming: Stemming) -> bool:
        own = self.words[index]
        if index == 0 and self.open_left:
            return own in word if self.open_right[0] else word.endswith(own)
        if self.open_right[index]:
            return word.startswith(own)
        return own == word or (
            own[:3] == word[:3] and not stemming.stems(own).isdisjoint(stemming.stems(word))
        )


class _Terms:
    """All terms of a question, by the letter they begin with."""

    def __init__(self, question: Question, stemming: Stemming) -> None:
        self._stemming = stemming
        self._by_letter: dict[str, list[_Term]] = {}
        groups = [group for point in question.rubric for group in point.terms]
        self.groups = len(groups)
        for number, group in enumerate(groups):
            for term in group:
                self._add(term, number)

    def at(self, words: Sequence[_Word], at: int) -> tuple[int, frozenset[int]]:
        """How many words the longest term there has, and the groups it belongs to."""
        letter = words[at].text[0]
        near = (*self._by_letter.get(letter, ()), *self._by_letter.get("", ()))
        matching = [term for term in near if term.stands_at(words, at, self._stemming)]
        longest = max((len(term.words) for term in matching), default=0)
        return longest, frozenset(term.group for term in matching if len(term.words) == longest)

    def _add(self, text: str, group: int) -> None:
        parts = text.split()
        words: list[str] = []
        open_right: list[bool] = []
        for part in parts:
            own = [word for word in tokens(part.strip("*")) if is_word(word)]
            words += own
            open_right += [False] * (len(own) - 1) + [part.endswith("*")] * bool(own)
        if words:
            term = _Term(tuple(words), parts[0].startswith("*"), tuple(open_right), group)
            self._by_letter.setdefault("" if term.open_left else words[0][0], []).append(term)


def _as_words(answer: str) -> tuple[_Word, ...]:
    words: list[_Word] = []
    signs: set[str] = set()
    for line in "\n".join(map(_without_marks, answer.splitlines())).splitlines():
        for token in tokens(line):
            if is_word(token):
                words.append(_Word(token, frozenset(signs)))
                signs = set()
            else:
                signs.add(token)
        signs.add("\n")
    return tuple(words)


def _without_marks(line: str) -> str:
    """Its items on lines of their own; a lone `1.` within a line ends a sentence: `sum to 1.`."""
    found = list(_LIST_MARK.finditer(line))
    is_single = len(found) == 1 and line[: found[0].start()].strip()
    return line if is_single else _LIST_MARK.sub("\n", line)


def _marks(words: Sequence[_Word], terms: _Terms) -> Iterator[_Mark]:
    """One for each word. A term may begin within another but must reach beyond it."""
    end = 0
    for at, word in enumerate(words):
        length, groups = terms.at(words, at)
        own = at >= end and not length and word.text not in _FILLERS
        beyond = at + length > end
        end = max(end, at + length)
        edge = at == 0 or not _ENDS.isdisjoint(word.after)
        equals = not _EQUALS.isdisjoint(word.after)
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
