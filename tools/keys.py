"""Generates docs/keys.md from the screens' bindings: `python -m tools.keys`.

A test compares the two, so that the page stays up to date.
"""

from collections.abc import Iterator
from pathlib import Path

from textual.binding import Binding
from textual.dom import DOMNode

from tutor.tui import TutorApp
from tutor.tui.add_question import AddQuestionScreen
from tutor.tui.browse import BrowseScreen
from tutor.tui.browse_list import BrowseList
from tutor.tui.dialogs import ChoiceList, SeveralList
from tutor.tui.earlier_verdict import EarlierVerdict
from tutor.tui.exam.grading import GradingScreen
from tutor.tui.exam.report import ReportRows, ReportScreen
from tutor.tui.exam.resume import LeftScreen, PastExams
from tutor.tui.exam.run import RunningScreen
from tutor.tui.exam.setup import DeckChoice, Field, SetupScreen
from tutor.tui.explanation import WhyScreen
from tutor.tui.follow_up import FollowUpScreen
from tutor.tui.models import ModelList, ModelsScreen
from tutor.tui.progress import ProgressScreen
from tutor.tui.question import QuestionScreen
from tutor.tui.question_page import QuestionPage
from tutor.tui.session_summary import EndScreen
from tutor.tui.settings import SettingsList, SettingsScreen
from tutor.tui.today import TodayScreen
from tutor.tui.verdict import VerdictScreen
from tutor.tui.widgets.deck_list import DeckList
from tutor.tui.widgets.needs_list import MissedList
from tutor.tui.widgets.row_list import RowList
from tutor.tui.widgets.rubric import RubricList

PAGE = Path(__file__).resolve().parents[1] / "docs" / "keys.md"
SCREENS: tuple[tuple[str, tuple[type[DOMNode], ...]], ...] = (
    ("Everywhere", (TutorApp,)),
    ("Lists", (RowList,)),
    ("Dialogs", (ChoiceList, SeveralList)),
    ("Today", (DeckList, TodayScreen)),
    ("Add a question", (AddQuestionScreen,)),
    ("Question", (QuestionScreen,)),
    ("Verdict", (VerdictScreen, EarlierVerdict, RubricList)),
    ("Follow-up", (FollowUpScreen,)),
    ("Why this grade?", (WhyScreen,)),
    ("End of a session", (EndScreen,)),
    ("Browse", (BrowseScreen, BrowseList)),
    ("A question's page", (QuestionPage,)),
    ("Progress", (ProgressScreen, MissedList)),
    ("Models", (ModelList, ModelsScreen)),
    ("Settings", (SettingsList, SettingsScreen)),
    ("Exam: setting it up", (Field, DeckChoice, PastExams, SetupScreen)),
    ("Exam: running", (RunningScreen,)),
    ("Exam: unfinished", (LeftScreen,)),
    ("Exam: grading", (GradingScreen,)),
    ("Exam: report", (ReportRows, ReportScreen)),
)
_NAMES = {
    "enter": "Enter", "escape": "Esc", "space": "Space", "comma": ",", "question_mark": "?",
    "slash": "/", "full_stop": ".", "up": "↑", "down": "↓", "left": "←", "right": "→",
    "pageup": "PgUp", "pagedown": "PgDn", "backspace": "Backspace", "tab": "Tab",
    "upper_g": "G", "home": "Home", "end": "End", "plus": "+",
}  # fmt: skip
_HEAD = """# Keys

Press `F1` or `?` on any screen for its keys. A letter means the same on every screen
that has it. Letters also work with a Russian keyboard layout.

"""


def page() -> str:
    """The page's contents."""
    return _HEAD + "\n".join(_section(title, owners) for title, owners in SCREENS)


def _section(title: str, owners: tuple[type[DOMNode], ...]) -> str:
    rows = [row for owner in owners for row in _rows(owner)]
    return f"## {title}\n\n| key | what it does |\n|---|---|\n" + "".join(rows)


def _rows(owner: type[DOMNode]) -> Iterator[str]:
    for binding in owner.BINDINGS:
        if isinstance(binding, Binding) and binding.description:
            yield f"| {_keys(binding)} | {binding.description} |\n"


def _keys(binding: Binding) -> str:
    shown = binding.key_display or ""
    if "-" in shown:  # a range of keys, such as 1-9
        return f"`{shown}`"
    return " ".join(f"`{_name(key)}`" for key in binding.key.split(",") if key.isascii())


def _name(key: str) -> str:
    *modifiers, last = key.split("+")
    name = _NAMES.get(last, last.upper() if len(last) > 1 and last[1:].isdigit() else last)
    return "+".join((*(part.capitalize() for part in modifiers), name))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
