"""Where in its session a question is, in words for the top of a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.tui.labels import one_line, readable

if TYPE_CHECKING:
    from tutor.bank import Bank, Language
    from tutor.progress import SessionKind, SessionState


ACROSS: dict[SessionKind, str] = {"due": "Due and new", "weak": "Weak points"}
"""The names of sessions over all decks."""


def session_name(session: SessionState) -> str:
    """The name of a session that is not about one deck."""
    if session.kind == "topic":
        return f"Topic: {one_line(session.topic or '')}"
    return ACROSS.get(session.kind, "Chosen questions")


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """The place of a question in a session."""

    title: str
    """Deck and section."""
    count: str = ""
    """`4 of 10`; outside a session, the question's id."""


def place_of(
    bank: Bank,
    session: SessionState | None,
    question: str | None,
    reads: tuple[Language, ...] = (),
) -> SessionPlace:
    """The place of `question`; without one, only what the session is about.

    Titles are in a language that the student `reads`.
    """
    if question is None or question not in bank:
        if session is None:
            return SessionPlace("")
        if session.deck:
            deck = bank.deck(session.deck)
            return SessionPlace(readable(deck.title, deck, reads))
        return SessionPlace(session_name(session))
    info = bank.info(question)
    deck = bank.deck(info.deck)
    parts = (readable(deck.title, deck, reads), readable(info.section.title, deck, reads))
    title = " · ".join(part for part in parts if part)
    if session is None or question not in session.questions:
        return SessionPlace(title, question)
    number = session.questions.index(question) + 1
    return SessionPlace(title, f"{number} of {len(session.questions)}")
