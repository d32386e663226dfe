"""Screens that say what a key has done on a line of their own, where it covers nothing."""

from __future__ import annotations

from textual import on
from textual.events import Key
from textual.screen import Screen
from textual.widget import Widget

from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.text_field import KeyTaken


class NoticeScreen(Screen[None]):
    """A screen whose notice goes with the next key."""

    def __init__(self) -> None:
        super().__init__()
        self.notice = Notice(id="notice")

    @on(Key)
    @on(KeyTaken)
    def clear_notice(self) -> None:
        """Whoever goes on has read it; whoever scrolls it is reading."""
        if not self.notice.has_focus_within:
            self.notice.clear()


def say(screen: Widget, text: str) -> None:
    """Say what was done: in the notice of `screen`, as a toast where it has none."""
    if isinstance(screen, NoticeScreen):
        screen.notice.inform(text)
    else:
        screen.app.notify(text, markup=False)


def complain(screen: Widget, text: str) -> None:
    """Say what went wrong, as `say` does."""
    if isinstance(screen, NoticeScreen):
        screen.notice.tell(f"✗ {text}")
    else:
        screen.app.notify(text, severity="error", markup=False)
