"""A session: a row of questions, taken up again where it was left."""

from collections.abc import Container, Mapping
from dataclasses import replace
from datetime import datetime

from tutor.bank import DeckInfo
from tutor.progress import Draft, SessionState, Standing
from tutor.study.order import choose

LENGTH = 10
"""How many questions a session has unless the student says otherwise."""


def resume_or_start(
    deck: DeckInfo,
    session: SessionState | None,
    standings: Mapping[str, Standing],
    drafts: Mapping[str, Draft],
    now: datetime,
    *,
    limit: int = LENGTH,
) -> SessionState:
    """The unfinished `session` of this deck, else a new one of at most `limit` questions.

    Questions that the deck no longer has are left out of it; a session of another deck is not
    taken up. A deck without questions gives a session that is done. Raises ValueError for a limit
    below 1.
    """
    if limit < 1:
        raise ValueError(f"a session has at least one question, not {limit}")
    if session is not None and session.deck == deck.id and session.kind == "deck":
        rest = _without_lost(session, {info.id for info in deck.questions})
        if not rest.done:
            return rest
    chosen = choose(deck, standings, drafts)[:limit]
    return SessionState(deck=deck.id, questions=chosen, position=0, started=now)


def resumed(session: SessionState | None, there: Container[str]) -> SessionState | None:
    """The unfinished session of any kind, without questions that are gone; None if none is left."""
    if session is None:
        return None
    rest = _without_lost(session, there)
    return None if rest.done else rest


def _without_lost(session: SessionState, there: Container[str]) -> SessionState:
    questions = tuple(id_ for id_ in session.questions if id_ in there)
    position = sum(id_ in there for id_ in session.questions[: session.position])
    return replace(session, questions=questions, position=position)
