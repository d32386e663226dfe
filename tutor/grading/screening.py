"""Answers that no grader needs to see: empty, copied from us, or words that state nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping

from tutor.bank import Language, Question, Text, Verdict
from tutor.grading.grade import WORTH, Grade, GraderId, PointGrade
from tutor.grading.sentences import split_sentences
from tutor.grading.term_lists import TermLists
from tutor.grading.text import Stemming, is_number, is_word, tokens
from tutor.grading.word_salad import WordSalad

RULE_VERSION = "6"
LIST_NOT_GRADED = "A list of key terms in the answer was not graded: it states nothing."
ONLY_NAMES = "The answer only names things, which earns no more than half; say what they do."
_COPIED = 0.6
"""Share of the question's words from which an answer without a word of its own is a copy.

A short answer made of the question's words ('the autoregressive ones') is an answer."""
_COPIED_HINT = 0.9
"""The same for a hint, which an honest answer may well take up."""
_ADDED = 2
"""So many words that neither rubric nor model answer knows make no answer of a copy."""
_EMPTY = frozenset({
    "the", "a", "an", "is", "it", "this", "and", "please",
    "der", "die", "das", "ein", "eine", "ist", "es", "und", "bitte",
    "это", "и", "пожалуйста", "的", "是", "了", "和", "请",
})  # fmt: skip
_SHORT = frozenset({"yes", "no", "not", "ja", "nein", "nicht", "да", "нет", "не", "对", "不", "否"})
"""Short answers that are answers."""
_CLAIM = (
    r"""["']?{id}["']?\s*[:=]\s*(?:{{\s*["']?verdict["']?\s*:\s*)?["']?(?:{verdict})\b"""
    r"""(?:\s*\([^)\n]*\))?(?:["']?,?\s*["']?confidence["']?\s*:\s*[\d.]+)?"""
)
"""`share: met (1.0)`, and the same as JSON."""
_VERDICTS = (
    "met", "partial", "partly", "missed", "yes", "true", "full", "erfüllt", "teilweise", "ja",
    "выполнено", "частично", "да", "满足", "部分", "是",
)  # fmt: skip
"""Words that claim a verdict, as our grades, or those of others, have them."""


class Rule:
    """Knows answers that earn nothing. Not thread-safe: it remembers what questions say."""

    def __init__(self) -> None:
        self._stemming = Stemming()
        self._lists = TermLists(self._stemming)
        self._salad = WordSalad(self._stemming)

    def worthless(self, question: Question, answer: str) -> str:
        """Why `answer` earns nothing whatever the rubric says; empty where it has to be graded."""
        if copied := self._copied(question, answer):
            return copied
        stated = self.stated(question, answer)
        if not stated:
            return "The answer is a list of words and states nothing."
        in_order = not self._lists.are_answers(question)
        if in_order and self._salad.is_shuffled(question, stated):
            return "The answer has the rubric's words, but in an order that states nothing."
        if self._salad.is_babble(question, stated):
            return "Apart from a few key terms, the answer has no real words."
        return "" if stated == answer else self._copied(question, stated)

    def stated(self, question: Question, answer: str) -> str:
        """`answer` without sentences and lines that only list the question's key terms."""
        return self._lists.stated(question, answer)

    def only_names(self, question: Question, answer: str) -> bool:
        """Whether `answer` names key terms and says nothing of them, where more is asked for."""
        return self._lists.are_all(question, answer)

    def _copied(self, question: Question, answer: str) -> str:
        """Why nothing in `answer` is the student's own; empty where something may be."""
        words = _words(answer)
        if not words:
            return "The answer is empty."
        asked = (question.prompt, *_cover(question))
        if _copies(question, words, asked, _COPIED, self._stemming):
            return "The answer only repeats the question."
        hints = question.hints
        if hints and _copies(question, words, hints, _COPIED_HINT, self._stemming):
            return "The answer only repeats the hints."
        if _only_claims(question, answer):
            return "The answer only claims verdicts."
        return ""


def _only_claims(question: Question, answer: str) -> bool:
    """Whether verdicts are claimed by the points' ids, which stand in the deck's file, and no more.

    The ids are words of the subject, which key terms would take for an answer.
    """
    rest, claimed = answer, 0
    for point in question.rubric:
        claim = _CLAIM.format(id=re.escape(point.id), verdict="|".join(_VERDICTS))
        rest, count = re.subn(claim, " ", rest, flags=re.IGNORECASE)
        claimed += bool(count)
    return claimed >= 2 and len(_words(rest) - _EMPTY) <= _ADDED


def nothing_earned(question: Question, language: Language, remark: str) -> Grade:
    """A grade with every point missed, decided by a rule."""
    return _grade(question, {}, language, GraderId(name="rule", version=RULE_VERSION), remark)


def without_list(grade: Grade, answer: str) -> Grade:
    """The grade of what is left of `answer` without its lists, with the sentences' own numbers."""
    sentences = split_sentences(answer)

    def numbered(point: PointGrade) -> PointGrade:
        shown = point.evidence
        if shown is None or shown.text not in sentences:
            return point
        number = sentences.index(shown.text) + 1
        return point.model_copy(update={"evidence": shown.model_copy(update={"sentence": number})})

    return _remarked(grade, LIST_NOT_GRADED, map(numbered, grade.points))


def at_most_partial(grade: Grade) -> Grade:
    """The grade of an answer that only names things."""
    half = WORTH[Verdict.PARTIAL]

    def capped(point: PointGrade) -> PointGrade:
        update: dict[str, object] = {"expected": min(half, point.worth)}
        if point.verdict is Verdict.MET:
            update |= {"verdict": Verdict.PARTIAL, "confidence": None}
        return point.model_copy(update=update)

    return _remarked(grade, ONLY_NAMES, map(capped, grade.points))


def _remarked(grade: Grade, remark: str, points: Iterable[PointGrade]) -> Grade:
    both = f"{remark} {grade.remark}".strip()
    return grade.model_copy(update={"points": tuple(points), "remark": both})


def self_grade(question: Question, verdicts: Mapping[str, Verdict], language: Language) -> Grade:
    """The student's own verdicts as a grade; points that are not named are missed."""
    grader = GraderId(name="self", version=RULE_VERSION)
    return _grade(question, verdicts, language, grader)


def _copies(
    question: Question,
    words: frozenset[str],
    ours: Iterable[Text],
    share: float,
    stemming: Stemming,
) -> bool:
    """Whether `words` are such a share of one of `ours` and add nothing to question and hints."""
    for language in question.prompt.languages:
        given = (question.prompt, *_cover(question), *question.hints)
        texts = [_words(text.to(language)) for text in given]
        known = frozenset[str]().union(*texts)
        if len(words & known) * 2 < len(words):
            continue  # too few for a copy, in whatever form; stems take time
        said = _stems(stemming, words)
        added = said - _stems(stemming, known | _EMPTY)
        if added and (len(added) > _ADDED or not _means_nothing(question, added, stemming)):
            continue
        expected = [_stems(stemming, _words(text.to(language))) for text in ours]
        if any(len(said & text) >= share * len(text) for text in expected):
            return True
    return False


def _cover(question: Question) -> tuple[Text, ...]:
    return () if question.cover is None else (question.cover,)


def _means_nothing(question: Question, added: frozenset[str], stemming: Stemming) -> bool:
    """Whether rubric and model answer know none of these stems. Yes, no and numbers count."""
    known = _stems(stemming, _words(" ".join(_texts_wanted(question)))) | _stems(stemming, _SHORT)
    return not added & known and not any(map(is_number, added))


def _texts_wanted(question: Question) -> Iterator[str]:
    """All texts that say what is wanted, in every language."""
    for text in (question.answer, *(point.point for point in question.rubric)):
        yield from (text.to(language) for language in text.languages)
    yield from (term for point in question.rubric for group in point.terms for term in group)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in tokens(text) if is_word(word))


def _stems(stemming: Stemming, words: Iterable[str]) -> frozenset[str]:
    return frozenset(min(stemming.stems(word)) for word in words)


def _grade(
    question: Question,
    verdicts: Mapping[str, Verdict],
    language: Language,
    grader: GraderId,
    remark: str = "",
) -> Grade:
    return Grade(
        question=question.id,
        grader=grader,
        language=language,
        points=tuple(
            PointGrade(
                id=point.id,
                weight=point.weight,
                verdict=verdicts.get(point.id, Verdict.MISSED),
            )
            for point in question.rubric
        ),
        remark=remark,
    )
