"""The first line of every screen: where the student is, and what the model is doing."""

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.events import Resize
from textual.widgets import Static

from tutor.tui.labels import one_line, plain
from tutor.tui.widgets.model_status import ModelLine

_ROOMY = 60
"""The width in cells from which the model's status is in words."""


class TopBar(Horizontal):
    """A title on the left, cut if it is too long, and the model's status on the right."""

    DEFAULT_CSS = """
    TopBar {
        dock: top;
        height: 1;
        background: $panel;
        color: $foreground;
        padding: 0 1;
        #count { width: auto; margin-left: 2; text-style: bold; }
        #place { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; text-style: bold; }
        ModelLine {
            /* as wide as "no model · key terms", so that it seldom needs another layout */
            width: auto; min-width: 22; max-width: 40%; margin-left: 2;
            text-align: right; text-wrap: nowrap; text-overflow: ellipsis;
        }
        ModelLine.-ready { color: $text-success; }
        ModelLine.-failed { color: $text-error; max-width: 70%; }
        /* the mark alone: its words would be cut, and so would the title */
        &.-narrow ModelLine { width: 1; min-width: 1; text-overflow: clip; }
        &.-narrow ModelLine.-failed { width: auto; text-overflow: ellipsis; }
    }
    """

    def __init__(self, place: str, count: str = "") -> None:
        super().__init__()
        self._place = place
        self._count = count

    def compose(self) -> ComposeResult:
        """Title, count and status; only the title becomes shorter in a narrow terminal."""
        yield Static(plain(one_line(self._place)), id="place", markup=False)
        if self._count:
            yield Static(plain(self._count), id="count", markup=False)
        yield ModelLine()

    def on_resize(self, event: Resize) -> None:
        """Show only the mark of the status in a narrow terminal."""
        self.set_class(event.size.width < _ROOMY, "-narrow")
