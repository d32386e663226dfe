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


class Undoing:
    """Undoes and redoes one change after the other, in the order in which the keys were pressed."""

    def __init__(self, app: App[None], tutor: Tutor, session: StudySession) -> None:
        self._app = app
        self._tutor = tutor
        self._session = session
        self._waiting: list[Callable[[], None]] = []
        """What begins each step; the first of them is running."""

    def undo(self) -> None:
        """Undo what was saved last, and have the screen on top show that."""
        hint = " Press Shift+U to redo it."
        self._add(self._session.undo, undone_words, failure="It could not be undone.", hint=hint)

    def redo(self) -> None:
        """Redo what was undone last, and have the screen on top show that."""
        self._add(self._session.redo, redone_words, failure="It could not be redone.", hint="")

    def _add(
        self,
        step: Callable[[str | None], UndoneEvent | None],
        words: Callable[[UndoneEvent | None, Naming], str],
        *,
        failure: str,
        hint: str,
    ) -> None:
        screen = self._app.screen
        question = screen.attempt.question if isinstance(screen, VerdictScreen) else None

        def name(id_: str) -> str:
            """How a question begins, by which the student knows it. Reads the question for this."""
            if id_ == question:
                return "this question"
            prompt = prompt_of(id_, self._tutor.bank, self._tutor.languages)
            return f"“{short_line(authored(prompt), _FIRST_WORDS)}”"

        def take_step() -> tuple[UndoneEvent | None, str]:
            event = step(question)
            return event, words(event, name)

        def done(result: tuple[UndoneEvent | None, str]) -> None:
            self._show(*result, hint)
            self._next()

        def failed(error: BaseException) -> None:
            complain(self._app.screen, f"{failure} {explain(error)}")
            self._next()

        def begin() -> None:
            background(self._app, take_step, done, failed)

        if isinstance(screen, VerdictScreen):  # or an older change would be undone
            screen.when_saved(lambda: self._wait(begin))
        else:
            self._wait(begin)

    def _show(self, event: UndoneEvent | None, message: str, hint: str) -> None:
        screen = self._app.screen
        if event is None:
            say(screen, message)
            return
        if not isinstance(screen, VerdictScreen):  # that says it itself
            say(screen, message + hint)
        screen.post_message(UndoDone(event, message, hint))

    def _wait(self, begin: Callable[[], None]) -> None:
        self._waiting.append(begin)
        if len(self._waiting) == 1:
            begin()

    def _next(self) -> None:
        self._waiting.pop(0)
        if self._waiting:
            self._waiting[0]()
