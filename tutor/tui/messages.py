"""Messages that screens and widgets post to whatever contains them.

The classes are created before the first screen is drawn. To save time, they lack the methods of
dataclasses that nobody calls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.message import Message

from tutor.bank import Language
from tutor.progress import SessionKind
from tutor.tui.model_words import ModelState

if TYPE_CHECKING:
    from tutor.models import DownloadProgress
    from tutor.progress import Attempt, SessionState
    from tutor.study import Answered
    from tutor.study.undo import UndoneEvent


ScreenName = Literal["exam", "browse", "progress", "models", "settings", "add"]


@dataclass(eq=False, repr=False)
class ModelChanged(Message):
    """The model is doing something else now."""

    model: ModelState

    def can_replace(self, message: Message) -> bool:
        """Only the newest state is worth showing."""
        return isinstance(message, ModelChanged)


@dataclass(eq=False, repr=False)
class StudyAsked(Message):
    """The student wants to be asked from a deck, about a topic, or across all decks."""

    kind: SessionKind
    deck: str | None = None
    topic: str | None = None


@dataclass(eq=False, repr=False)
class QuestionsChosen(Message):
    """The student wants to be asked exactly these, in this order."""

    questions: tuple[str, ...]


@dataclass(eq=False, repr=False)
class SessionResumed(Message):
    """The student wants to continue a session that is unfinished."""

    session: SessionState | None = None
    """None for the one left last."""


@dataclass(eq=False, repr=False)
class ScreenAsked(Message):
    """The student wants to see another screen."""

    name: ScreenName


@dataclass(eq=False, repr=False)
class FetchProgressed(Message):
    """More of the model has been downloaded."""

    progress: DownloadProgress

    def can_replace(self, message: Message) -> bool:
        """Only the newest is worth showing."""
        return isinstance(message, FetchProgressed)


@dataclass(eq=False, repr=False)
class ModelTaken(Message):
    """Another model grades now, or none; posted to the screen on top."""


@dataclass(eq=False, repr=False)
class UndoDone(Message):
    """Something was undone or redone; posted to the screen on top."""

    undone: UndoneEvent
    words: str
    """What to say about it."""
    hint: str
    """What to add on a screen where letters are keys."""


@dataclass(eq=False, repr=False)
class BankChanged(Message):
    """A deck was changed, and the bank is open with the change in it."""


@dataclass(eq=False, repr=False)
class QuestionSkipped(Message):
    """A question was postponed until tomorrow."""

    question: str


@dataclass(eq=False, repr=False)
class AskedAgain(Message):
    """The student wants to answer a question again, or has undone its grade."""

    question: str
    earlier: Attempt | None = None
    """The answer to begin with; None for the draft."""
    words: str = ""
    """What to say about it."""


@dataclass(eq=False, repr=False)
class LanguageChosen(Message):
    """The student wants to be asked in another language."""

    language: Language


@dataclass(eq=False, repr=False)
class AnswerGraded(Message):
    """An answer has its verdicts, and both are saved."""

    answered: Answered


@dataclass(eq=False, repr=False)
class PointSelected(Message):
    """The student looks at another rubric point."""

    number: int
    """From 1."""


@dataclass(eq=False, repr=False)
class FeedbackArrived(Message):
    """The next piece of the feedback has come."""

    piece: str


@dataclass(eq=False, repr=False)
class FeedbackEnded(Message):
    """No more feedback will come."""


@dataclass(eq=False, repr=False)
class NextAsked(Message):
    """The student is done with a question."""


@dataclass(eq=False, repr=False)
class TodayAsked(Message):
    """The student wants to go back to Today."""
