"""Something to choose: a few words and what can be done about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from tutor.tui.keys import key, of_the_app
from tutor.tui.text import plain


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen."""

    id: str
    text: str
    """On one line; where there is no room for it its end is cut."""


class ChoiceList(OptionList):
    """The choices, a line each."""

    HELP = """
    `↑` `↓` choose, `Enter` does it, `Esc` goes back and changes nothing.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "select", "Choose", id="choice.choose")]


class ChoiceScreen(ModalScreen[str | None]):
    """Gives back the id of what was chosen; None for nothing."""

    CSS_PATH = "choice.tcss"
    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "leave", "Back", id="choice.leave"),
        *of_the_app("choice"),
    ]

    def __init__(self, told: str, choices: Sequence[Choice], at: int = 0) -> None:
        super().__init__()
        self._told = told
        self._at = at
        options = [Option(plain(each.text), id=each.id) for each in choices]
        self._list = ChoiceList(*options, id="choices", markup=False)

    def compose(self) -> ComposeResult:
        """The words above, the choices below."""
        with Vertical(id="choice-box"):
            yield Static(plain(self._told), id="choice-told", markup=False)
            yield self._list
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Begin with the choice that is most likely wanted."""
        self._list.highlighted = self._at

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.app.screen is self:  # a second Enter may come before the screen has gone
            self.dismiss(event.option_id)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
