"""What to ask next, and the study session that asks it.

Import exams (`exam`, `exam_report`), figures (`overview`, `statistics`), search and undo from their
own modules. What the first screen needs is loaded without pydantic and FSRS.
"""

from tutor.study.preferences import Preferences, languages_for, preferences_of
from tutor.study.scheduler import Planner, planner_of
from tutor.study.services import Services
from tutor.study.session import Answered, AskedQuestion, StudySession, Submission

__all__ = [
    "Answered",
    "AskedQuestion",
    "Planner",
    "Preferences",
    "Services",
    "StudySession",
    "Submission",
    "languages_for",
    "planner_of",
    "preferences_of",
]
