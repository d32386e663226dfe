"""What key terms make of a question's own texts; for decks' authors."""

from collections.abc import Iterator, Mapping

from tutor.bank import Check, Finding, Question, Text, Verdict
from tutor.grading.terms import KeyTermGrader


def author_checks(topics: Mapping[str, Text]) -> tuple[Check, ...]:
    """Every check of a question's own texts by its terms; `topics` are the topics' names."""
    return (
        _model_answer_is_complete,
        _points_do_not_contradict_themselves,
        _prompt_gives_nothing_away(topics),
    )


def _model_answer_is_complete(question: Question) -> Iterator[Finding]:
    """A finding for every point that the terms miss in the model answer, in each language."""
    grader = KeyTermGrader()
    for language in question.answer.languages:
        answer = question.answer.to(language)
        covered = grader.coverage(question, answer, language)
        grade = grader.grade(question, answer, language)
        for point, coverage in zip(grade.points, covered, strict=True):
            if coverage.contradicted:
                message = f"a term of `contradicted_by` of the point {point.id} stands here"
                remedy = "Make the term narrower, or word the model answer differently."
                yield Finding(("answer", language), message, remedy, "error")
            elif point.verdict is not Verdict.MET:
                message = f"the key terms find the point {point.id} {point.verdict} here"
                remedy = "Say it in the model answer, or add the words it uses to `terms:`."
                yield Finding(("answer", language), message, remedy, "error")


def _points_do_not_contradict_themselves(question: Question) -> Iterator[Finding]:
    """A finding for every point whose own text holds a term that is said to contradict it."""
    grader = KeyTermGrader()
    for number, point in enumerate(question.rubric):
        for language in point.point.languages if point.contradicted_by else ():
            covered = grader.coverage(question, point.point.to(language), language)
            if covered[number].contradicted:
                message = "a term of `contradicted_by` stands in the point itself"
                remedy = "Make the term narrower: bind it to a side with `…`."
                yield Finding(("rubric", number, "point", language), message, remedy, "error")


def _prompt_gives_nothing_away(topics: Mapping[str, Text]) -> Check:
    """A check for points whose terms prompt and cover fulfil, alone or with the topics' names."""
    grader = KeyTermGrader()

    def check(question: Question) -> Iterator[Finding]:
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

    return check
