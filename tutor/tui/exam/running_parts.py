"""The bar with the clock of a running exam, and the editor below it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tutor.tui.keys import with_cyrillic
from tutor.tui.widgets.answer_editor import AnswerEditor
from tutor.tui.widgets.top_bar import TopBar

NEXT, BACK = "f5,ctrl+j,ctrl+enter", "shift+f5"


class ExamEditor(AnswerEditor):
    """An editor that goes from question to question in the order of the keys.

    As bindings these keys would overtake what is typed before them, or come after what is typed
    next: the letters of a burst would end up in another question's answer.
    """

    async def _on_key(self, event: events.Key) -> None:
        action = _GOES.get(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.run_action(f"screen.{action}")


_GOES = {
    each: action
    for action, keys in (("next", NEXT), ("back", BACK))
    for each in with_cyrillic(keys).split(",")
}


class ExamBar(TopBar):
    """Where one is in the exam and what is left of it; the model has nothing to say here."""

    DEFAULT_CSS = """
    ExamBar {
        #clock { width: auto; margin-left: 2; text-style: bold; }
        #clock.-soon { color: $text-warning; text-style: bold reverse; }
    }
    """

    def __init__(self) -> None:
        super().__init__("Exam")
        self._title = Static(id="place", markup=False)
        self._number = Static(id="count", markup=False)
        self._clock = Static(id="clock", markup=False)

    def compose(self) -> ComposeResult:
        """Title, number and clock."""
        yield self._title
        yield self._number
        yield self._clock

    def show_question(self, title: str, count: str) -> None:
        """Show which question it is."""
        self._title.update(Content(title))
        self._number.update(Content(count))

    def show_clock(self, words: str, *, soon: bool) -> None:
        """Show what is left."""
        self._clock.update(Content(words))
        self._clock.set_class(soon, "-soon")
