"""A session: a row of questions, taken up again where it was left."""

from collections.abc import Container
from dataclasses import replace

from tutor.progress import SessionState

LENGTH = 10
"""How many questions a session has unless the student says otherwise."""


def resumed(session: SessionState | None, there: Container[str]) -> SessionState | None:
    """The unfinished session of any kind, without questions that are gone; None if none is left."""
    if session is None:
        return None
    questions = tuple(id_ for id_ in session.questions if id_ in there)
    position = sum(id_ in there for id_ in session.questions[: session.position])
    rest = replace(session, questions=questions, position=position)
    return None if rest.done else rest


def past(session: SessionState, question: str) -> SessionState:
    """The session gone on to the question after `question`; never backwards."""
    if question not in session.questions:
        return session
    return replace(session, position=max(session.position, session.questions.index(question) + 1))


def back_to(session: SessionState, question: str) -> SessionState:
    """The session gone back to `question`, if it has it; never forwards."""
    if question not in session.questions:
        return session
    return replace(session, position=min(session.position, session.questions.index(question)))
