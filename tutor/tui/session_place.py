"""What a session is about and where in it a question is, in words for the top of a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.tui.labels import one_line, readable

if TYPE_CHECKING:
    from tutor.progress import SessionKind, SessionState
    from tutor.tui.ports import Tutor


ACROSS: dict[SessionKind, str] = {"due": "Due and new", "weak": "Weak points"}
"""The names of sessions over all decks."""


def deck_title(tutor: Tutor, session: SessionState) -> str | None:
    """The deck that a session asks from, in a language that the student reads.

    None if it asks from several decks, or if the deck is gone.
    """
    decks = (deck for deck in tutor.bank.decks if deck.id == session.deck)
    return next((readable(deck.title, deck, tutor.languages) for deck in decks), None)


def session_title(tutor: Tutor, session: SessionState) -> str:
    """What a session is about: its deck or topic."""
    if (deck := deck_title(tutor, session)) is not None:
        return deck
    if session.kind == "topic":
        return f"Topic: {one_line(session.topic or '')}"
    return ACROSS.get(session.kind, "Chosen questions")


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """The place of a question in a session."""

    title: str
    """Deck and section, in a language that the student reads."""
    count: str
    """`4 of 10`; outside a session, the question's id."""


def place_of(tutor: Tutor, session: SessionState | None, question: str) -> SessionPlace:
    """The place of the question with this id."""
    if question not in tutor.bank:
        return SessionPlace("Removed question", question)
    info = tutor.bank.info(question)
    deck = tutor.bank.deck(info.deck)
    titles = (readable(title, deck, tutor.languages) for title in (deck.title, info.section.title))
    title = " · ".join(filter(None, titles))
    if session is None or question not in session.questions:
        return SessionPlace(title, question)
    number = session.questions.index(question) + 1
    return SessionPlace(title, f"{number} of {len(session.questions)}")
