"""Screens with a line of their own for notices, so that these cover nothing."""

from __future__ import annotations

from textual import on
from textual.dom import DOMNode
from textual.events import Key
from textual.screen import Screen

from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.text_field import KeyTaken


class NoticeScreen(Screen[None]):
    """A screen whose notice disappears with the next key."""

    def __init__(self) -> None:
        super().__init__()
        self.notice = Notice(id="notice")

    @on(Key)
    @on(KeyTaken)
    def clear_notice(self) -> None:
        """Clear the notice, unless the student is scrolling it to read on."""
        if not self.notice.has_focus_within:
            self.notice.clear()


def say(screen: DOMNode, text: str) -> None:
    """Say what was done, or what to do first: in the notice of `screen`, else as a toast."""
    if isinstance(notice := getattr(screen, "notice", None), Notice):
        notice.show(text, is_news=True)
    else:
        screen.app.notify(text, markup=False)


def complain(screen: DOMNode, text: str) -> None:
    """Say what went wrong, as `say` does."""
    if isinstance(notice := getattr(screen, "notice", None), Notice):
        notice.show(f"✗ {text}")
    else:
        screen.app.notify(text, severity="error", markup=False)
