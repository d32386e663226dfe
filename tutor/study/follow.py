"""Asking again about one missed point alone."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.bank import Question


def about_point(question: "Question", point: str) -> "Question":
    """The question with that rubric point only, so that a grader judges on nothing else.

    What meets the point is its model answer; hints that tell of other points are left out. Raises
    KeyError for a point that it does not have.
    """
    found = [each for each in question.rubric if each.id == point]
    if not found:
        raise KeyError(f"{question.id} has no point {point}")
    return question.model_copy(
        update={"rubric": tuple(found), "answer": found[0].point, "hints": ()}
    )
