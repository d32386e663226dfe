"""The keys that matter now, on one line that is never cut."""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer
from textual.widgets._footer import FooterKey


class FittingFooter(Footer):
    """A footer that leaves out the least important keys where there is no room for all.

    What is left out can be pressed all the same, and the help names it.
    """

    def __init__(self, *give_way: str) -> None:
        """`give_way` are the actions that are left out first, the least important of all first.

        Of the others those go first that come last, but Esc, the way out, after all of them.
        """
        super().__init__(compact=True)
        self._give_way = give_way
        self._active: list[tuple[Binding, bool]] = []
        self._composed_for = 0
        """Cells."""

    def compose(self) -> ComposeResult:
        """The keys for which there is room."""
        room = self.size.width or self.app.size.width  # it has none before the first layout
        self._composed_for = room
        yield from fitting(super().compose(), self._give_way, room)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Draw the keys if they have changed; most key presses change none of them."""
        active = [
            (each.binding, each.enabled)
            for each in screen.active_bindings.values()
            if each.binding.show
        ]
        if active != self._active:
            if self.app.app_focus:  # else Textual draws nothing
                self._active = active
            super().bindings_changed(screen)

    async def on_resize(self, event: events.Resize) -> None:
        """There may be room for more or fewer keys now."""
        if event.size.width != self._composed_for:
            self.call_after_refresh(self.recompose)


def fitting(keys: Iterable[Widget], give_way: Sequence[str], room: int) -> Iterator[Widget]:
    """Those of `keys` that go into `room` cells, in their order."""
    every = list(keys)
    named = dict.fromkeys(give_way)
    rest = [key for key in reversed(every) if _action(key) not in (*_LAST, *named)]
    rest.sort(key=_leads_out)
    order = [*give_way, *map(_action, rest)]
    left_out = set(order)
    for action in reversed(order):
        left = [key for key in every if _action(key) not in left_out - {action}]
        if sum(map(_width, left)) <= room:
            left_out.remove(action)
    yield from (key for key in every if _action(key) not in left_out)


_LAST = ("help", "app.help", "command_palette")
"""What names all other keys has room before any of them."""


def _action(key: Widget) -> str:
    return key.action if isinstance(key, FooterKey) else ""


def _leads_out(key: Widget) -> bool:
    return isinstance(key, FooterKey) and key.key == "escape"


def _width(key: Widget) -> int:
    """Cells of a key as a compact footer shows it, with the gap after it, or the line before it."""
    if not isinstance(key, FooterKey):
        return 0
    return cell_len(key.key_display) + 1 + cell_len(key.description) + 1
