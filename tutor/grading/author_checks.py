"""Checks a question's own texts with its key terms, for authors of decks."""

from collections.abc import Iterator, Mapping
from functools import partial

from tutor.bank import Question, Text, Verdict
from tutor.bank.problems import Check, Finding
from tutor.grading.key_term_grader import KeyTermGrader


def author_checks(topics: Mapping[str, Text]) -> tuple[Check, ...]:
    """Return all the checks; `topics` has the name of each topic by its id."""
    grader = KeyTermGrader()
    return (
        partial(_model_answer_is_complete, grader),
        partial(_points_do_not_contradict_themselves, grader),
        partial(_prompt_gives_nothing_away, grader, topics),
    )


def _model_answer_is_complete(grader: KeyTermGrader, question: Question) -> Iterator[Finding]:
    """Report each point that the key terms do not find met in the model answer, by language."""
    ids = [point.id for point in question.rubric]
    for language in question.answer.languages:
        answer = question.answer.to(language)
        contradicted = grader.contradicted(question, answer, language, ids)
        for point in grader.grade(question, answer, language).points:
            if point.id in contradicted:
                message = f"this contains a `contradicted_by` term of the point {point.id}"
                remedy = "Make the term narrower, or word the model answer differently."
                yield Finding(("answer", language), message, remedy, "error")
            elif point.verdict is not Verdict.MET:
                message = f"the key terms grade the point {point.id} as {point.verdict}"
                remedy = "Say it in the model answer, or add the words it uses to `terms:`."
                yield Finding(("answer", language), message, remedy, "error")


def _points_do_not_contradict_themselves(
    grader: KeyTermGrader, question: Question
) -> Iterator[Finding]:
    """Report each point whose own text contains a term that contradicts it."""
    for number, point in enumerate(question.rubric):
        for language in point.point.languages if point.contradicted_by else ():
            if grader.contradicted(question, point.point.to(language), language, (point.id,)):
                message = "the point itself contains one of its `contradicted_by` terms"
                remedy = "Make the term narrower: bind it to a side with `…`."
                yield Finding(("rubric", number, "point", language), message, remedy, "error")


def _prompt_gives_nothing_away(
    grader: KeyTermGrader, topics: Mapping[str, Text], question: Question
) -> Iterator[Finding]:
    """Report each point that prompt and cover meet, by themselves or with the topics' names."""
    reported: set[str] = set()
    shown = [question.prompt, *filter(None, [question.cover])]
    names = [topics[topic] for topic in question.topics if topic in topics]
    for language in question.prompt.languages:
        for texts in (shown, [*shown, *names]):
            text = "\n".join(each.to(language) for each in texts)
            grade = grader.grade(question, text, language)
            for point, graded in zip(question.rubric, grade.points, strict=True):
                if graded.verdict is Verdict.MET and point.terms and point.id not in reported:
                    reported.add(point.id)
                    message = f"the prompt and cover alone meet the point {point.id}"
                    remedy = "Ask for it in other words, or require more in its `terms:`."
                    yield Finding(("prompt", language), message, remedy, "error")
