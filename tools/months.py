"""Makes up a student's last months for pictures, the same every time, up to today."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from tutor.bank import Question, Verdict
from tutor.grading import Grade, GraderId, PointGrade
from tutor.progress import Attempt
from tutor.wiring import Tutor

DAYS = 75
ASKED = 60
"""How many different questions are asked."""
_GRADER = GraderId(name="terms", version="5")


def record_months(tutor: Tutor) -> None:
    """Record some answers on most days, which improve with time."""
    random = Random(5)
    asked = random.sample(tutor.bank.question_ids, min(ASKED, len(tutor.bank)))
    for ago in range(DAYS, -1, -1):
        if ago > 12 and random.random() < 0.35:
            continue
        for number in range(random.randint(1, 6)):
            id_ = random.choice(asked)
            better = 0.35 + 0.5 * (DAYS - ago) / DAYS
            tutor.progress.record(_attempt(tutor, id_, ago, number, better, random))


def _attempt(
    tutor: Tutor, id_: str, ago: int, number: int, better: float, random: Random
) -> Attempt:
    question = tutor.bank.question(id_)
    at = tutor.clock() - timedelta(days=ago, minutes=60 - 7 * number)
    language = question.languages[0]
    points = tuple(_points(question, better, random))
    return Attempt(
        id=f"m{ago}-{number}",
        question=id_,
        at=at,
        language=language,
        answer=question.rubric[0].point.to(language),
        grade=Grade(question=id_, grader=_GRADER, language=language, points=points),
        seconds=random.randint(40, 200),
        day=tutor.preferences.day(at),
    )


def _points(question: Question, better: float, random: Random) -> Iterator[PointGrade]:
    for point in question.rubric:
        chance = random.random()
        verdict = Verdict.MET if chance < better else Verdict.MISSED
        if better <= chance < better + 0.1:
            verdict = Verdict.PARTIAL
        yield PointGrade(id=point.id, weight=point.weight, verdict=verdict, confidence=0.8)
