"""What to ask next: what is due and new, the way to an exam, sessions, exams, search, figures.

Functions over what `tutor.bank` and `tutor.progress` hold; may import those two. What the first
screen needs comes without pydantic and FSRS.
"""

from typing import TYPE_CHECKING

from tutor.study.due import due_day, interval, retrievability
from tutor.study.order import choose
from tutor.study.plan import Plan, plan_until
from tutor.study.planner import Planner, planner_of
from tutor.study.session import resumed
from tutor.study.summary import DeckSummary, summarise
from tutor.study.weak import WeakPoint, weak_points
from tutor.study.wishes import Wishes, wishes_of

if TYPE_CHECKING:
    from tutor.study.exam import (
        ExamState,
        ExamWish,
        Judged,
        begin_exam,
        draw,
        judge_exam,
        resume_exam,
    )
    from tutor.study.figures import (
        Mastery,
        Period,
        Streak,
        Year,
        calendar,
        forecast,
        mastery_by_deck,
        mastery_by_topic,
        score_over_time,
        step_of,
        streak,
        year_of,
    )
    from tutor.study.finding import Found, SearchIndex, index_bank, search
    from tutor.study.follow import about_point
    from tutor.study.overview import (
        MissedAgain,
        Overview,
        Record,
        Said,
        SatExam,
        overview_of,
        said,
        sat_exams,
    )
    from tutor.study.report import ExamReport, Mark, MissedPoint, exam_report, share_of, times
    from tutor.study.review import SessionReport, review_session

__all__ = [
    "DeckSummary",
    "ExamReport",
    "ExamState",
    "ExamWish",
    "Found",
    "Judged",
    "Mark",
    "Mastery",
    "MissedAgain",
    "MissedPoint",
    "Overview",
    "Period",
    "Plan",
    "Planner",
    "Record",
    "Said",
    "SatExam",
    "SearchIndex",
    "SessionReport",
    "Streak",
    "WeakPoint",
    "Wishes",
    "Year",
    "about_point",
    "begin_exam",
    "calendar",
    "choose",
    "draw",
    "due_day",
    "exam_report",
    "forecast",
    "index_bank",
    "interval",
    "judge_exam",
    "mastery_by_deck",
    "mastery_by_topic",
    "overview_of",
    "plan_until",
    "planner_of",
    "resume_exam",
    "resumed",
    "retrievability",
    "review_session",
    "said",
    "sat_exams",
    "score_over_time",
    "search",
    "share_of",
    "step_of",
    "streak",
    "summarise",
    "times",
    "weak_points",
    "wishes_of",
    "year_of",
]

if not TYPE_CHECKING:  # a type checker would take any name for good

    def __getattr__(name: str) -> object:
        """Import what the first screen does not need when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tutor.study import exam, figures, finding, follow, overview, report, review

        parts = (exam, figures, finding, follow, overview, report, review)
        return getattr(next(part for part in parts if hasattr(part, name)), name)
