"""A longer text on a page of its own, to be read and left again."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from tutor.tui.keys import key, of_the_app
from tutor.tui.widgets.top_bar import TopBar


class ReaderScreen(ModalScreen[None]):
    """Shows what it is given."""

    CSS_PATH = "reader.tcss"
    AUTO_FOCUS = "#reader-page"
    HELP: ClassVar[str | None] = """
    `↑` `↓` `pageup` `pagedown` scroll, `Esc` goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "close", "Back", id="reader.close"),
        *of_the_app("reader"),
    ]

    def __init__(self, title: str, count: str, told: Content) -> None:
        super().__init__()
        self._heading = title
        self._count = count
        self._told = told

    def compose(self) -> ComposeResult:
        """One page."""
        yield TopBar(self._heading, self._count)
        with VerticalScroll(id="reader-page"):
            yield Static(self._told, id="reader-told", markup=False)
        yield Footer(compact=True)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()
