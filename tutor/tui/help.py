"""Help for the screen below: its keys in two columns, then a few words about it."""

from __future__ import annotations

from inspect import cleandoc
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Markdown, Static

from tutor.tui.keys import key
from tutor.tui.labels import fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import App, ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen

_COLUMN = 36
"""Cells of one column of keys."""


class HelpScreen(ModalScreen[None]):
    """A sheet of help above the screen that it describes."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#help-box"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,f1,question_mark,q", "close", "Close", id="help.close"),
    ]

    def __init__(self, keys: Sequence[tuple[str, str]], text: str) -> None:
        """`keys` are pairs of a key and what it does, `text` is Markdown of ours."""
        super().__init__()
        self._keys = keys
        self._text = text
        self._sheet = Static(id="help-keys", markup=False)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help-box") as box:
            box.border_title = "Keys"
            box.border_subtitle = "Esc closes"
            yield self._sheet
            yield Markdown(self._text)

    def on_mount(self) -> None:
        self.on_resize()

    def on_resize(self) -> None:
        """One column where there is no room for two."""
        columns = 2 if self.size.width >= 2 * _COLUMN + 6 else 1
        half = -(-len(self._keys) // columns)
        lines = []
        for row in range(half):
            cells = (self._keys[at] for at in range(row, len(self._keys), half))
            lines.append(Content("").join(_cell(*pair) for pair in cells))
        self._sheet.update(Content("\n").join(lines))

    def action_close(self) -> None:
        self.dismiss()


def _cell(name: str, does: str) -> Content:
    shown = fit(name, 11) if cell_len(name) > 10 else name.ljust(11)
    return Content.assemble(
        (shown, "bold $text-accent"), fit(does, _COLUMN - 12).ljust(_COLUMN - 11)
    )


def help_for(app: App[None], screen: Screen[object]) -> HelpScreen:
    """The help for a screen as it is now, with its focused widget."""
    return HelpScreen(tuple(_keys_of(app, screen)), _words_about(screen.focused or screen))


def _keys_of(app: App[None], screen: Screen[object]) -> Iterator[tuple[str, str]]:
    """The keys and what they do, each binding once although it is bound in two alphabets."""
    seen: set[str] = set()
    for _, binding, enabled, _ in screen.active_bindings.values():
        name = binding.id or binding.action
        if enabled and binding.description and name not in seen and binding.id is not None:
            seen.add(name)
            yield app.get_key_display(binding), binding.description


def _words_about(widget: Widget) -> str:
    """The help texts of a widget and of everything that contains it."""
    nodes = [node for node in widget.ancestors_with_self if isinstance(node, Widget)]
    return "\n\n".join(cleandoc(node.HELP) for node in nodes if node.HELP)
