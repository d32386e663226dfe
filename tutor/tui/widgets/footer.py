"""The keys that matter now, on one line that always fits."""

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
    """A footer that leaves out the least important keys if not all of them fit.

    Keys that are left out still work, and the help lists them.
    """

    def __init__(self, *least_important: str) -> None:
        """`least_important` are the actions to leave out first, in this order.

        After them the last of the other keys are left out first, and Esc after all of those.
        """
        super().__init__(compact=True)
        self._least_important = least_important
        self._active: list[tuple[Binding, bool]] = []
        self._composed_width = 0
        """The cells for which the keys were chosen."""

    def compose(self) -> ComposeResult:
        """The keys that fit."""
        width = self.size.width or self.app.size.width  # 0 before the first layout
        self._composed_width = width
        yield from fitting(super().compose(), self._least_important, width)

    def bindings_changed(self, screen: Screen[object]) -> None:
        """Redraw the keys only if they have changed, which most key presses do not."""
        active = [
            (each.binding, each.enabled)
            for each in screen.active_bindings.values()
            if each.binding.show
        ]
        if active != self._active:
            if self.app.app_focus:  # without it Textual draws nothing
                self._active = active
            super().bindings_changed(screen)

    async def on_resize(self, event: events.Resize) -> None:
        """Choose the keys again for the new width."""
        if event.size.width != self._composed_width:
            self.call_after_refresh(self.recompose)


def fitting(keys: Iterable[Widget], least_important: Sequence[str], width: int) -> Iterator[Widget]:
    """Those of `keys` that fit into `width` cells, in their order."""
    every = list(keys)
    others = [key for key in reversed(every) if _action(key) not in (*_ALWAYS, *least_important)]
    others.sort(key=_is_escape)
    order = [*least_important, *map(_action, others)]
    left_out = set(order)
    for action in reversed(order):
        shown = [key for key in every if _action(key) not in left_out - {action}]
        if sum(map(_width, shown)) <= width:
            left_out.remove(action)
    yield from (key for key in every if _action(key) not in left_out)


_ALWAYS = ("help", "app.help", "command_palette")
"""Actions that are never left out, because they list all other keys."""


def _action(key: Widget) -> str:
    return key.action if isinstance(key, FooterKey) else ""


def _is_escape(key: Widget) -> bool:
    return isinstance(key, FooterKey) and key.key == "escape"


def _width(key: Widget) -> int:
    """The cells of a key in a compact footer, with the gap or the line next to it."""
    if not isinstance(key, FooterKey):
        return 0
    return cell_len(key.key_display) + 1 + cell_len(key.description) + 1
