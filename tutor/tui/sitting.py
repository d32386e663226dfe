"""The session as the screens see it: which question is next, and how it is to be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.bank import BankError, Language
from tutor.progress import SessionKind, SessionState
from tutor.study import Planner, planner_of, resumed
from tutor.tui.ports import Tutor
from tutor.tui.text import heading

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.progress import Attempt


ACROSS: dict[SessionKind, str] = {"due": "Due and new", "weak": "Weak points"}
"""The names of sessions over all decks."""


def planner_for(tutor: Tutor) -> Planner:
    """What there is to study now. Settings may be read for it."""
    return planner_of(tutor.bank, tutor.progress, tutor.wishes, tutor.clock())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands."""

    title: str
    """Deck and section."""
    count: str = ""
    """`4 of 10`; the question's id outside of a session."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is asked now."""

    question: Question
    place: Place
    language: Language
    text: str = ""
    """What is in the editor at first: a draft, or the earlier answer."""
    hints: int = 0
    """How many hints were shown already."""


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
        return self._begin(kind, None)

    def _begin(self, kind: SessionKind, deck: str | None) -> SessionState:
        tutor = self._tutor
        session = resumed(tutor.progress.session(), tutor.bank)
        if session is None or (session.kind, session.deck) != (kind, deck):
            session = planner_for(tutor).start(kind, deck=deck, limit=tutor.session_length)
        self.session = session
        return session

    @property
    def current(self) -> str | None:
        """The question to be asked next; None at the end."""
        session = self.session
        return None if session is None or session.done else session.questions[session.position]

    def following(self, question: str) -> Asked | None:
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
        session = self.session
        if session is not None and question in session.questions:
            position = min(session.position, session.questions.index(question))
            self.session = replace(session, position=position)
        return self.session

    def _after(self, question: str) -> SessionState | None:
        session = self.session
        if session is None or question not in session.questions:
            return session
        after = max(session.position, session.questions.index(question) + 1)
        return replace(session, position=after)

    def asked(self, question: str, earlier: Attempt | None) -> Asked:
        """The question with what was written before: the earlier answer, else the draft.

        Raises `BankError` where the question is there no longer.
        """
        found = self._tutor.bank.question(question)
        place = self.place(question)
        if earlier is not None:
            return Asked(found, place, self._language(found, earlier.language), earlier.answer)
        draft = self._tutor.progress.draft(question)
        if draft is None:
            return Asked(found, place, self._language(found, None))
        language = self._language(found, draft.language)
        return Asked(found, place, language, draft.text, min(draft.hints, len(found.hints)))

    def place(self, question: str | None) -> Place:
        """Where `question` stands; without one only what the session is about."""
        if question is None or question not in self._tutor.bank:
            return Place(self._about())
        info = self._tutor.bank.info(question)
        section = heading(info.section.title, self._tutor.bank.deck(info.deck).language)
        parts = (self._title(info.deck), section)
        return Place(" · ".join(part for part in parts if part), self._count(question))

    def _about(self) -> str:
        session = self.session
        if session is None:
            return ""
        if session.deck is not None:
            return self._title(session.deck)
        return ACROSS.get(session.kind, "")

    def _count(self, question: str) -> str:
        session = self.session
        if session is None or question not in session.questions:
            return question
        return f"{session.questions.index(question) + 1} of {len(session.questions)}"

    def _title(self, deck: str) -> str:
        found = self._tutor.bank.deck(deck)
        return heading(found.title, found.language)

    def _language(self, question: Question, used: Language | None) -> Language:
        deck = self._tutor.bank.deck(self._tutor.bank.info(question.id).deck)
        for language in (used, self.language, deck.language):
            if language in question.languages:
                return language
        return question.languages[0]
