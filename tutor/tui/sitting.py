"""The session as the screens see it: which question is next, and how it is to be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.bank import BankError, Language
from tutor.progress import SessionState
from tutor.study import resume_or_start
from tutor.tui.ports import Tutor
from tutor.tui.text import heading

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.progress import Attempt


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
        progress, bank = self._tutor.progress, self._tutor.bank
        self.session = resume_or_start(
            bank.deck(deck),
            progress.session(),
            progress.standings(),
            progress.drafts(),
            self._tutor.clock(),
            limit=self._tutor.session_length,
        )
        return self.session

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
        """Where `question` stands; without one only the deck."""
        deck = self.session.deck if self.session is not None else None
        parts = [self._title(deck)] if deck is not None else []
        if question is None or question not in self._tutor.bank:
            return Place(" · ".join(parts))
        info = self._tutor.bank.info(question)
        parts.append(heading(info.section.title, self._tutor.bank.deck(info.deck).language))
        return Place(" · ".join(part for part in parts if part), self._count(question))

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
