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
