"""The session as the screens see it: which question is next, and how it is to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.bank import BankError, Language
from tutor.progress import SessionKind, SessionState
from tutor.study import Planner, planner_of, resumed
from tutor.study.opening import open_question
from tutor.study.session import back_to, past
from tutor.tui.labels import heading, one_line
from tutor.tui.ports import Tutor

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.progress import Attempt


ACROSS: dict[SessionKind, str] = {"due": "Due and new", "weak": "Weak points"}
"""The names of sessions over all decks."""


def session_name(session: SessionState) -> str:
    """What a session over all decks is about."""
    if session.kind == "topic":
        return f"Topic: {one_line(session.topic or '')}"
    return ACROSS.get(session.kind, "Chosen questions")


def planner_for(tutor: Tutor) -> Planner:
    """What there is to study now. Settings may be read for it."""
    return planner_of(tutor.bank, tutor.progress, tutor.wishes, tutor.clock())


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """Where a question stands."""

    title: str
    """Deck and section."""
    count: str = ""
    """`4 of 10`; the question's id outside of a session."""


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """A question as it is asked now."""

    question: Question
    place: SessionPlace
    language: Language
    text: str = ""
    """What is in the editor at first: a draft, or the earlier answer."""
    hints: int = 0
    """How many hints were shown already."""
    again: bool = False
    """Whether `text` is an earlier answer, which was judged."""


class Sitting:
    """One student's way through a session. Writes nothing; says what is to be saved."""

    def __init__(self, tutor: Tutor) -> None:
        self._tutor = tutor
        self.session: SessionState | None = None
        self.language: Language | None = None
        """The language that the student chose; None for each deck's own."""

    def begin(self, deck: str) -> SessionState:
        """Start with a deck, or go on where its session was left."""
        return self._begin("deck", deck)

    def study(self, kind: SessionKind) -> SessionState:
        """Start with all decks, or go on where such a session was left."""
        return self._begin(kind)

    def topic(self, topic: str) -> SessionState:
        """Start with a topic, or go on where its session was left."""
        return self._begin("topic", topic=topic)

    def chosen(self, questions: tuple[str, ...]) -> SessionState:
        """Ask these, in this order."""
        self.session = planner_for(self._tutor).start("browse", questions=questions)
        return self.session

    def left(self) -> SessionState | None:
        """Go on where the last session was left, whatever it was about."""
        self.session = resumed(self._tutor.progress.session(), self._tutor.bank)
        return self.session

    def _begin(
        self, kind: SessionKind, deck: str | None = None, topic: str | None = None
    ) -> SessionState:
        tutor, session = self._tutor, self.left()
        if session is None or (session.kind, session.deck, session.topic) != (kind, deck, topic):
            planner, limit = planner_for(tutor), tutor.session_length
            session = planner.start(kind, deck=deck, topic=topic, limit=limit)
        self.session = session
        return session

    @property
    def current(self) -> str | None:
        """The question to be asked next; None at the end."""
        session = self.session
        return None if session is None or session.done else session.questions[session.position]

    def following(self, question: str) -> NextQuestion | None:
        """What will be asked after `question`; None at the end, or where it cannot be read."""
        session = self._after(question)
        if session is None or session.done:
            return None
        try:
            return self.asked(session.questions[session.position], None)
        except BankError:
            return None

    def done_with(self, question: str) -> SessionState | None:
        """Go on to the question after `question`; never backwards."""
        self.session = self._after(question)
        return self.session

    def back_to(self, question: str) -> SessionState | None:
        """Return to `question`, if the session has it."""
        if self.session is not None:
            self.session = back_to(self.session, question)
        return self.session

    def _after(self, question: str) -> SessionState | None:
        return None if self.session is None else past(self.session, question)

    def asked(self, question: str, earlier: Attempt | None) -> NextQuestion:
        """The question with what was written before: the earlier answer, else the draft.

        Raises `BankError` where the question is there no longer.
        """
        bank, progress = self._tutor.bank, self._tutor.progress
        found = open_question(
            bank,
            progress,
            question,
            wanted=self.language,
            earlier=earlier,
            cover=self._tutor.shows_cover,
            wishes=self._tutor.wishes,
        )
        place = self.place(question)
        again = earlier is not None
        return NextQuestion(found.question, place, found.language, found.text, found.hints, again)

    def place(self, question: str | None) -> SessionPlace:
        """Where `question` stands; without one only what the session is about."""
        if question is None or question not in self._tutor.bank:
            return SessionPlace(self._about())
        info = self._tutor.bank.info(question)
        section = heading(info.section.title, self._tutor.bank.deck(info.deck).language)
        parts = (self._title(info.deck), section)
        return SessionPlace(" · ".join(part for part in parts if part), self._count(question))

    def _about(self) -> str:
        session = self.session
        if session is None:
            return ""
        if session.deck is not None:
            return self._title(session.deck)
        return session_name(session)

    def _count(self, question: str) -> str:
        session = self.session
        if session is None or question not in session.questions:
            return question
        return f"{session.questions.index(question) + 1} of {len(session.questions)}"

    def _title(self, deck: str) -> str:
        found = self._tutor.bank.deck(deck)
        return heading(found.title, found.language)
