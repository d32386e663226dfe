"""Whether the key-term grader finds a question's own model answer complete; for decks' authors."""

from collections.abc import Iterator

from tutor.bank import Finding, Question, Verdict
from tutor.grading.terms import KeyTermGrader


def model_answer_is_complete(question: Question) -> Iterator[Finding]:
    """A finding for every point that the terms miss in the model answer, in each language."""
    grader = KeyTermGrader()
    for language in question.answer.languages:
        grade = grader.grade(question, question.answer.to(language), language)
        for point in grade.points:
            if point.verdict is not Verdict.MET:
                message = f"the key terms find the point {point.id} {point.verdict} here"
                remedy = "Say it in the model answer, or add the words it uses to `terms:`."
                yield Finding(("answer", language), message, remedy, "error")
