"""How an answer is rated, and when its question comes again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.formatting import when_words
from tutor.progress import Rating
from tutor.tui.sitting import planner_for

if TYPE_CHECKING:
    from datetime import date

    from tutor.progress import Attempt
    from tutor.tui.ports import Tutor


def next_day(tutor: Tutor, attempt: Attempt) -> date | None:
    """The day on which the question is due after `attempt`, the exam considered.

    None where it is not the last attempt that counts. Every standing is looked at, since the days
    before an exam are shared out among all questions.
    """
    planner = planner_for(tutor)
    standing = planner.standings.get(attempt.question)
    if standing is None or standing.attempt != attempt.id:
        return None
    return planner.due_days.get(attempt.question)


def rated(attempt: Attempt, rating: Rating) -> Attempt:
    """The attempt with the student's own rating, which is none where the score says the same."""
    by_score = attempt.model_copy(update={"rated": None})
    own = None if by_score.rating is rating else rating
    return by_score.model_copy(update={"rated": own})


def rating_words(attempt: Attempt, day: date | None, today: date) -> str:
    """`rated good · again in 4 days, 24 November`, `you: again · today`."""
    name = attempt.rating.name.lower()
    told = f"rated {name}" if attempt.rated is None else f"you: {name}"
    if day is None:
        return told
    when = when_words(day, today)
    return f"{told} · {when}" if attempt.rating is Rating.AGAIN else f"{told} · again {when}"
