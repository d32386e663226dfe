"""Screens out answers that no grader needs to see: empty, copied, or words that state nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tutor.bank import Language, Question, Text, Verdict
from tutor.grading.grade import WORTH, Grade, GraderId, PointGrade
from tutor.grading.per_question import PerQuestion
from tutor.grading.sentences import split_sentences
from tutor.grading.term_lists import TermLists
from tutor.grading.text import Stemming, is_number, is_word, tokens
from tutor.grading.word_salad import WordSalad

RULE_VERSION = "9"
NOT_GRADED = "A part of the answer was not graded: it only lists key terms or claims verdicts."
ANOTHER_QUESTION = (
    "The answer has the key terms of another question, {id}, and hardly any of this one."
)
ONLY_NAMES = "The answer only names things, which earns no more than half; say what they do."
_COPIED = 0.6
"""The share of the question's words from which an answer without a word of its own is a copy.

A short answer made of the question's words ('the autoregressive ones') is still an answer."""
_COPIED_HINT = 0.9
"""The same for a hint, whose words an honest answer may well use."""
_ADDED = 2
"""A copy stays a copy with up to so many words that neither rubric nor model answer has."""
_EMPTY = frozenset({
    "the", "a", "an", "is", "it", "this", "and", "please",
    "der", "die", "das", "ein", "eine", "ist", "es", "und", "bitte",
    "это", "и", "пожалуйста", "的", "是", "了", "和", "请",
})  # fmt: skip
_SHORT = frozenset({"yes", "no", "not", "ja", "nein", "nicht", "да", "нет", "не", "对", "不", "否"})
"""Short words that are answers by themselves."""
_FEWEST_CLAIMS = 2
_CLAIM = (
    r"""(?:["']?(?:{ids})["']?\s*[:=]\s*|(?:point|punkt|пункт)\s*\d{{1,2}}\s*[:=]?\s*"""
    r"""|第[一二三四五六七八九十\d]{{1,2}}[点条]\s*[:：]?\s*)"""
    r"""(?:{{\s*["']?verdict["']?\s*:\s*)?["']?(?:{verdicts})\b"""
    r"""(?:\s*\([^)\n]*\))?(?:["']?,?\s*["']?confidence["']?\s*:\s*[\d.]+)?"""
)
"""Matches `share: met (1.0)` and `point 1 met`, and the same as JSON."""
_VERDICTS = (
    "met", "partial", "partly", "missed", "yes", "true", "full", "correct", "stated",
    "erfüllt", "teilweise", "ja", "richtig", "выполнено", "выполнен", "частично", "да", "верно",
    "满足", "符合", "部分", "是", "正确",
)  # fmt: skip
"""Words that claim a verdict, as we or others would write it."""


class Screening:
    """Recognises answers that earn nothing. Not thread-safe: it caches questions' texts."""

    def __init__(self) -> None:
        self._stemming = Stemming()
        self._lists = TermLists(self._stemming)
        self._salad = WordSalad(self._stemming)
        self._claims = PerQuestion(_claims)

    def why_worthless(self, question: Question, answer: str) -> str:
        """Why `answer` earns nothing whatever the rubric says; empty if it has to be graded."""
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
        """Return `answer` without sentences that only list the question's key terms, or verdicts.

        Verdicts on points, by their ids or numbers, are claims of an answer that grades itself.
        """
        claims = self._claims.of(question)
        if len(claims.findall(answer)) >= _FEWEST_CLAIMS:
            sentences = split_sentences(answer)
            kept = [each for each in sentences if not _only_claims_verdicts(claims, each)]
            answer = answer if len(kept) == len(sentences) else "\n".join(kept)
        return self._lists.stated(question, answer)

    def only_names(self, question: Question, answer: str) -> bool:
        """Whether `answer` only names key terms although the question asks for more."""
        return self._lists.are_all(question, answer)

    def _copied(self, question: Question, answer: str) -> str:
        """Why nothing in `answer` is the student's own; empty if something may be."""
        words = _words(answer)
        if not words:
            return "The answer is empty."
        if self._repeats(question, words, _asked(question), _COPIED):
            return "The answer only repeats the question."
        if self._repeats(question, words, question.hints, _COPIED_HINT):
            return "The answer only repeats the hints."
        claims = self._claims.of(question)
        if len(claims.findall(answer)) >= _FEWEST_CLAIMS and _only_claims_verdicts(claims, answer):
            return "The answer only claims verdicts."
        return ""

    def _repeats(
        self, question: Question, words: frozenset[str], ours: Sequence[Text], share: float
    ) -> bool:
        """Whether `words` have this share of one of `ours`, and add nothing to what is given."""
        for language in question.prompt.languages if ours else ():
            texts = [_words(text.to(language)) for text in (*_asked(question), *question.hints)]
            given = frozenset[str]().union(*texts)
            if len(words & given) * 2 < len(words):
                continue  # too few for a copy, whatever their form; stemming takes time
            stems = self._stems(words)
            added = stems - self._stems(given | _EMPTY)
            if len(added) > _ADDED or (added and self._mean_something(question, added)):
                continue
            stems_of_ours = (self._stems(_words(text.to(language))) for text in ours)
            if any(len(stems & text) >= share * len(text) for text in stems_of_ours):
                return True
        return False

    def _mean_something(self, question: Question, added: frozenset[str]) -> bool:
        """Whether one of these stems is in the rubric or model answer, a number, or yes or no."""
        expected = self._stems(_words(" ".join(_expected_texts(question))) | _SHORT)
        return bool(added & expected) or any(map(is_number, added))

    def _stems(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(min(self._stemming.stems(word)) for word in words)


def _claims(question: Question) -> re.Pattern[str]:
    """What claims a verdict for a point by its number, or by its id, which is in the deck's file.

    The ids are words of the subject, which the key terms would take for an answer.
    """
    ids = "|".join(re.escape(point.id) for point in question.rubric)
    return re.compile(_CLAIM.format(ids=ids, verdicts="|".join(_VERDICTS)), re.IGNORECASE)


def _only_claims_verdicts(claims: re.Pattern[str], text: str) -> bool:
    rest, claimed = claims.subn(" ", text)
    return bool(claimed) and len(_words(rest) - _EMPTY) <= _ADDED


def nothing_earned(question: Question, language: Language, remark: str) -> Grade:
    """Return a grade by the rule, with every point missed."""
    return _grade(question, {}, language, GraderId(name="rule", version=RULE_VERSION), remark)


def without_list(grade: Grade, answer: str) -> Grade:
    """Adapt a grade of `answer` without its lists: count sentences in the answer, and say so."""
    sentences = split_sentences(answer)

    def renumbered(point: PointGrade) -> PointGrade:
        evidence = point.evidence
        if evidence is None or evidence.text not in sentences:
            return point
        number = sentences.index(evidence.text) + 1
        update = {"evidence": evidence.model_copy(update={"sentence": number})}
        return point.model_copy(update=update)

    return _remarked(grade, NOT_GRADED, map(renumbered, grade.points))


def at_most_partial(grade: Grade) -> Grade:
    """Cap every point at partial, for an answer that only names things."""
    half = WORTH[Verdict.PARTIAL]

    def capped(point: PointGrade) -> PointGrade:
        update: dict[str, object] = {"expected": min(half, point.worth)}
        if point.verdict is Verdict.MET:
            update |= {"verdict": Verdict.PARTIAL, "confidence": None}
        return point.model_copy(update=update)

    return _remarked(grade, ONLY_NAMES, map(capped, grade.points))


def _remarked(grade: Grade, remark: str, points: Iterable[PointGrade]) -> Grade:
    remarks = f"{remark} {grade.remark}".strip()
    return grade.model_copy(update={"points": tuple(points), "remark": remarks})


def self_grade(question: Question, verdicts: Mapping[str, Verdict], language: Language) -> Grade:
    """Return the student's own verdicts as a grade; points without a verdict are missed."""
    grader = GraderId(name="self", version=RULE_VERSION)
    return _grade(question, verdicts, language, grader)


def _asked(question: Question) -> tuple[Text, ...]:
    """The prompt, and the cover if there is one."""
    return (question.prompt,) if question.cover is None else (question.prompt, question.cover)


def _expected_texts(question: Question) -> Iterator[str]:
    """Model answer, points and key terms, in every language."""
    for text in (question.answer, *(point.point for point in question.rubric)):
        yield from (text.to(language) for language in text.languages)
    yield from (term for point in question.rubric for group in point.terms for term in group)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in tokens(text) if is_word(word))


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
