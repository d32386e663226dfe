"""What key terms make of a question's own texts; for decks' authors."""

from collections.abc import Iterator, Mapping
from functools import partial

from tutor.bank import Question, Text, Verdict
from tutor.bank.problems import Check, Finding
from tutor.grading.keyterms.grader import KeyTermGrader


def author_checks(topics: Mapping[str, Text]) -> tuple[Check, ...]:
    """Every check of a question's own texts by its terms; `topics` are the topics' names."""
    grader = KeyTermGrader()
    return (
        partial(_model_answer_is_complete, grader),
        partial(_points_do_not_contradict_themselves, grader),
        partial(_prompt_gives_nothing_away, grader, topics),
    )


def _model_answer_is_complete(grader: KeyTermGrader, question: Question) -> Iterator[Finding]:
    """A finding for every point that the terms miss in the model answer, in each language."""
    ids = [point.id for point in question.rubric]
    for language in question.answer.languages:
        answer = question.answer.to(language)
        contradicted = grader.contradicted(question, answer, language, ids)
        for point in grader.grade(question, answer, language).points:
            if point.id in contradicted:
                message = f"a term of `contradicted_by` of the point {point.id} stands here"
                remedy = "Make the term narrower, or word the model answer differently."
                yield Finding(("answer", language), message, remedy, "error")
            elif point.verdict is not Verdict.MET:
                message = f"the key terms find the point {point.id} {point.verdict} here"
                remedy = "Say it in the model answer, or add the words it uses to `terms:`."
                yield Finding(("answer", language), message, remedy, "error")


def _points_do_not_contradict_themselves(
    grader: KeyTermGrader, question: Question
) -> Iterator[Finding]:
    """A finding for every point whose own text holds a term that is said to contradict it."""
    for number, point in enumerate(question.rubric):
        for language in point.point.languages if point.contradicted_by else ():
            if grader.contradicted(question, point.point.to(language), language, (point.id,)):
                message = "a term of `contradicted_by` stands in the point itself"
                remedy = "Make the term narrower: bind it to a side with `…`."
                yield Finding(("rubric", number, "point", language), message, remedy, "error")


def _prompt_gives_nothing_away(
    grader: KeyTermGrader, topics: Mapping[str, Text], question: Question
) -> Iterator[Finding]:
    """A finding for points whose terms prompt and cover fulfil, alone or with the topics' names."""
    given: set[str] = set()
    for language in question.prompt.languages:
        texts = [question.prompt, *([question.cover] if question.cover else ())]
        names = [topics[topic] for topic in question.topics if topic in topics]
        for asked in (texts, [*texts, *names]):
            said = "\n".join(text.to(language) for text in asked)
            grade = grader.grade(question, said, language)
            for number, point in enumerate(grade.points):
                if point.verdict is not Verdict.MET or point.id in given:
                    continue
                if not question.rubric[number].terms:
                    continue
                given.add(point.id)
                message = f"prompt and cover alone meet the point {point.id}"
                remedy = "Ask for it in other words, or ask for more in its `terms:`."
                yield Finding(("prompt", language), message, remedy, "error")
