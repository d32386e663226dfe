"""The editor for an answer."""

from collections.abc import Iterable

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import TextArea

from tutor.bank import Language
from tutor.tui.labels import clean, length
from tutor.tui.widgets.text_field import do_at_once

SUBMIT = "f5,ctrl+j,ctrl+enter"
"""The keys that submit an answer."""


class AnswerEditor(TextArea):
    """A plain editor: no highlighting, no blinking, no pasted control characters."""

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

    def __init__(self, text: str, *, id: str, bindings: Iterable[BindingType]) -> None:
        """`bindings` are those of the screen, which the editor runs itself; see `_on_key`."""
        super().__init__(clean(text), id=id, soft_wrap=True, tab_behavior="focus")
        self._actions: dict[str, list[str]] = {}
        for binding in bindings:
            if isinstance(binding, Binding) and not binding.priority:
                action = binding.action if "." in binding.action else f"screen.{binding.action}"
                for key in binding.key.split(","):
                    self._actions.setdefault(key, []).append(action)
        for key in self._actions:  # or help and footer would show what the keys do in a TextArea
            self._bindings.key_to_bindings.pop(key, None)
        self.cursor_blink = False
        self.border_title = "Your answer"

    def on_mount(self) -> None:
        """Put the cursor at the end of the text."""
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Run the screen's actions in the order in which keys are typed.

        As bindings they could run before letters typed earlier, or after letters typed later: these
        would end up in another question's answer.
        """
        for action in self._actions.get(event.key, ()):
            if await self.app.run_action(action, self):
                event.stop()
                event.prevent_default()
                return
        await do_at_once(self, event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text)

    def replace_all(self, text: str) -> None:
        """Replace the whole text; `ctrl+z` brings the old one back."""
        self.replace(clean(text), (0, 0), self.document.end)
        self.move_cursor(self.document.end)

    def freeze(self, locked: bool) -> None:
        """Lock the text against changes, or unlock it."""
        self.read_only = locked
        self.set_class(locked, "-locked")

    def say(self, text: str) -> None:
        """Show a few words in the lower border."""
        self.border_subtitle = Content(text)

    def say_length(self, language: Language, state: str = "") -> None:
        """Show the length of the answer in the lower border: `saved · 12 words`."""
        written = length(self.text, language)
        self.say(f"{state} · {written}" if state else written)
