"""What to ask next: what is due and new, the way to an exam, sessions, exams, search, figures.

Functions over what `tutor.bank` and `tutor.progress` hold; may import those two. What the first
screen needs comes without pydantic and FSRS.
"""

from typing import TYPE_CHECKING

from tutor.study.exam_plan import Plan, plan_until
from tutor.study.preferences import Preferences, languages_for, preferences_of
from tutor.study.scheduler import Planner, choose, due_day, interval, planner_of, retrievability
from tutor.study.session import Answered, AskedQuestion, StudySession, Submission
from tutor.study.statistics import Mastery, mastery_by_deck
from tutor.study.weak_points import WeakPoint, WeakQuestion, weak_points, weak_questions

if TYPE_CHECKING:
    from tutor.study.exam import (
        ExamSpec,
        ExamState,
        GradedExam,
        begin_exam,
        draw_questions,
        judge_exam,
        resume_exam,
    )
    from tutor.study.exam_results import ExamReport, Mark, MissedPoint, exam_report, share_of, times
    from tutor.study.follow_up import about_point
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
    from tutor.study.search_index import SearchHit, SearchIndex, index_bank, search
    from tutor.study.session_report import (
        SessionAnswer,
        SessionReport,
        review_session,
        session_answers,
    )
    from tutor.study.statistics import (
        Period,
        Streak,
        Year,
        calendar,
        forecast,
        mastery_by_topic,
        score_over_time,
        step_of,
        streak,
        year_of,
    )

__all__ = [
    "Answered",
    "AskedQuestion",
    "ExamReport",
    "ExamSpec",
    "ExamState",
    "GradedExam",
    "Mark",
    "Mastery",
    "MissedAgain",
    "MissedPoint",
    "Overview",
    "Period",
    "Plan",
    "Planner",
    "Preferences",
    "Record",
    "Said",
    "SatExam",
    "SearchHit",
    "SearchIndex",
    "SessionAnswer",
    "SessionReport",
    "Streak",
    "StudySession",
    "Submission",
    "WeakPoint",
    "WeakQuestion",
    "Year",
    "about_point",
    "begin_exam",
    "calendar",
    "choose",
    "draw_questions",
    "due_day",
    "exam_report",
    "forecast",
    "index_bank",
    "interval",
    "judge_exam",
    "languages_for",
    "mastery_by_deck",
    "mastery_by_topic",
    "overview_of",
    "plan_until",
    "planner_of",
    "preferences_of",
    "resume_exam",
    "retrievability",
    "review_session",
    "said",
    "sat_exams",
    "score_over_time",
    "search",
    "session_answers",
    "share_of",
    "step_of",
    "streak",
    "times",
    "weak_points",
    "weak_questions",
    "year_of",
]

if not TYPE_CHECKING:  # a type checker would take any name for good

    def __getattr__(name: str) -> object:
        """Import what the first screen does not need when it is first asked for."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tutor.study import (
            exam,
            exam_results,
            follow_up,
            overview,
            search_index,
            session_report,
            statistics,
        )

        parts = (
            exam,
            exam_results,
            follow_up,
            overview,
            search_index,
            session_report,
            statistics,
        )
        return getattr(next(part for part in parts if hasattr(part, name)), name)
