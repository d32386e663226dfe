"""Undo and redo, for the question on the screen if there is one, and the words for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.formatting import short_line
from tutor.study.preferences import prompt_of
from tutor.study.undo import Naming, UndoneEvent, redone_words, undone_words
from tutor.tui.background import background
from tutor.tui.labels import authored, explain
from tutor.tui.messages import UndoDone
from tutor.tui.notice_screen import complain, say
from tutor.tui.verdict import VerdictScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App

    from tutor.study import StudySession
    from tutor.tui.ports import Tutor

_FIRST_WORDS = 40
"""Characters of a question that name it in a message."""


def undo(app: App[None], tutor: Tutor, session: StudySession) -> None:
    """Undo what was saved last, and have the screen on top show that."""
    hint = " Press Shift+U to redo it."
    _step(app, tutor, session.undo, undone_words, failure="It could not be undone.", hint=hint)


def redo(app: App[None], tutor: Tutor, session: StudySession) -> None:
    """Redo what was undone last, and have the screen on top show that."""
    _step(app, tutor, session.redo, redone_words, failure="It could not be redone.", hint="")


def _step(
    app: App[None],
    tutor: Tutor,
    step: Callable[[str | None], UndoneEvent | None],
    words: Callable[[UndoneEvent | None, Naming], str],
    *,
    failure: str,
    hint: str,
) -> None:
    screen = app.screen
    question = screen.attempt.question if isinstance(screen, VerdictScreen) else None

    def name(id_: str) -> str:
        """How a question begins, by which the student knows it. Reads the question for this."""
        if id_ == question:
            return "this question"
        prompt = prompt_of(id_, tutor.bank, tutor.languages)
        return f"“{short_line(authored(prompt), _FIRST_WORDS)}”"

    def take_step() -> tuple[UndoneEvent | None, str]:
        event = step(question)
        return event, words(event, name)

    def done(result: tuple[UndoneEvent | None, str]) -> None:
        event, message = result
        if event is None:
            say(app.screen, message)
            return
        if not isinstance(app.screen, VerdictScreen):  # that says it itself
            say(app.screen, message + hint)
        app.screen.post_message(UndoDone(event, message, hint))

    def failed(error: BaseException) -> None:
        complain(app.screen, f"{failure} {explain(error)}")

    def begin() -> None:
        background(app, take_step, done, failed)

    if isinstance(screen, VerdictScreen):  # or an older change would be undone
        screen.when_saved(begin)
    else:
        begin()
