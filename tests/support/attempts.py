"""Saved answers for tests."""

from datetime import datetime
from typing import Any

from tutor.grading import Grade
from tutor.progress import Attempt


def attempt_with(
    grade: Grade,
    at: datetime,
    id_: str = "",
    answer: str = "secret",
    **more: Any,  # noqa: ANN401 - any other field
) -> Attempt:
    """The attempt with this grade; it is named after its question and day if `id_` is empty."""
    return Attempt(
        id=id_ or f"{grade.question.replace('.', '-')}-{at:%d}",
        question=grade.question,
        at=at,
        language=grade.language,
        answer=answer,
        grade=grade,
        **{"seconds": 5, **more},
    )
