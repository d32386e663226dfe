"""The editor for an answer."""

from collections.abc import Mapping

from textual import events
from textual.content import Content
from textual.widgets import TextArea

from tutor.bank import Language
from tutor.tui.keys import with_cyrillic
from tutor.tui.labels import clean, length
from tutor.tui.widgets.typing import do_at_once

SUBMIT = "f5,ctrl+j,ctrl+enter"
"""The keys that hand an answer in."""


class AnswerEditor(TextArea):
    """A plain editor: no highlighting, no blinking, nothing pasted that could steer a terminal."""

    HELP = """
    Write in full sentences, in any language; every rubric point is graded by what you write.
    What you write is saved while you type.
    """
    DEFAULT_CSS = """
    AnswerEditor {
        border: round $border-blurred;
        &:focus { border: round $border; }
        &.-locked { border: round $border-blurred; color: $text-muted; }
    }
    """

    def __init__(self, text: str, *, id: str, actions: Mapping[str, str]) -> None:
        """`actions` are those of the screen for keys that come in their turn, as in a binding."""
        super().__init__(clean(text), id=id, soft_wrap=True, tab_behavior="focus")
        self._actions = {
            key: action
            for keys, action in actions.items()
            for key in with_cyrillic(keys).split(",")
        }
        for taken in self._actions:  # else the help and the footer would go by what they did here
            self._bindings.key_to_bindings.pop(taken, None)
        self.cursor_blink = False
        self.border_title = "Your answer"

    def on_mount(self) -> None:
        """Continue where the text ends."""
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Take the screen's keys in their turn.

        As bindings they would overtake what is typed before them, or come after what is typed next:
        the letters of a burst would be in another question's answer.
        """
        action = self._actions.get(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.run_action(action)
        else:
            await do_at_once(self, event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text)

    def replace_all(self, text: str) -> None:
        """Take over a text from elsewhere; `ctrl+z` brings back what was there."""
        self.replace(clean(text), (0, 0), self.document.end)
        self.move_cursor(self.document.end)

    def freeze(self, locked: bool) -> None:
        """Show the text without letting it change."""
        self.read_only = locked
        self.set_class(locked, "-locked")

    def say(self, text: str) -> None:
        """Show a few words of ours at the lower edge."""
        self.border_subtitle = Content(text)

    def say_length(self, language: Language, state: str = "") -> None:
        """Show at the lower edge how much is written: `saved · 12 words`."""
        written = length(self.text, language)
        self.say(f"{state} · {written}" if state else written)
