"""Attempts, drafts and sessions for tests."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tutor.bank import Verdict
from tutor.grading import Evidence, Grade, GraderId, PointGrade
from tutor.paths import Paths
from tutor.progress import Attempt, Draft, Progress, SessionState, Standing, open_progress
from tutor.progress.state import ProgressState

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POINTS = (("what", 2.0), ("why", 1.0), ("how", 0.5))


class Clock:
    """A clock that advances by one second whenever it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def profile(home: Path) -> Paths:
    """The paths of a profile in `home`."""
    return Paths(home=home, resources=home)


def question_id(number: int) -> str:
    """The id of the question with this number."""
    return f"deck.{number}"


def make_grade(question: str, verdicts: str = "mpx") -> Grade:
    """A grade from one letter per point: m for met, p for partial, x for missed."""
    words = {"m": Verdict.MET, "p": Verdict.PARTIAL, "x": Verdict.MISSED}
    points = tuple(
        PointGrade(
            id=id_,
            weight=weight,
            verdict=words[letter],
            confidence=0.75,
            evidence=Evidence(sentence=1, text="Внимание — это всё."),
        )
        for (id_, weight), letter in zip(POINTS, verdicts, strict=True)
    )
    return Grade(
        question=question, grader=GraderId(name="terms", version="1"), language="en", points=points
    )


def make_attempt(
    number: int,
    question: int = 1,
    *,
    verdicts: str = "mpx",
    answer: str = "Внимание — это всё.\nЗапрос, ключ, значение.",
    at: datetime | None = None,
) -> Attempt:
    """The attempt `a<number>` at a question."""
    return Attempt(
        id=f"a{number}",
        question=question_id(question),
        at=at or START + timedelta(minutes=number),
        language="ru",
        answer=answer,
        grade=make_grade(question_id(question), verdicts),
        seconds=12.5,
    )


def make_draft(question: int = 1, text: str = "Пока толь", at: datetime | None = None) -> Draft:
    """A draft of one question."""
    return Draft(question=question_id(question), text=text, language="ru", at=at or START)


def make_session(*questions: int, position: int = 0) -> SessionState:
    """A session over some questions."""
    return SessionState(
        deck="deck",
        questions=tuple(question_id(number) for number in questions),
        position=position,
        started=START,
    )


def opened(paths: Paths) -> Progress:
    """The profile, with a clock that starts at `START`."""
    return open_progress(paths, clock=Clock())


def fill(paths: Paths, *numbers: int) -> dict[str, Standing]:
    """Record some attempts at questions 1 to 3 and return the standings."""
    with opened(paths) as progress:
        for number in numbers:
            progress.record(make_attempt(number, 1 + number % 3))
        return dict(progress.standings())


def reopen(paths: Paths) -> tuple[list[str], dict[str, Standing], tuple[str, ...]]:
    """The attempts' ids, the standings and the notices after opening the profile again."""
    with opened(paths) as progress:
        ids = [attempt.id for attempt in progress.attempts()]
        return ids, dict(progress.standings()), progress.notices


def state_of(progress: Progress) -> ProgressState:
    """Everything that a profile shows."""
    return ProgressState(
        dict(progress.standings()),
        dict(progress.days()),
        dict(progress.flags()),
        dict(progress.skipped()),
        dict(progress.open_exams()),
    )


def asides(paths: Paths, name: str) -> list[Path]:
    """The files that were set aside under names matching the pattern `name`."""
    return sorted(paths.home.glob(name))
