"""Text fields that handle keys in the order in which they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import Input

from tutor.tui.labels import clean

if TYPE_CHECKING:
    from textual.events import Key, Paste
    from textual.widget import Widget


class KeyTaken(Message):
    """A field handled a key, which goes no further."""


async def do_at_once(field: Widget, event: Key) -> None:
    """Run the action that a key is bound to in a field as soon as the field gets the key.

    Textual runs it when the key has reached the app, after letters typed later: on a busy machine
    `ab`, Backspace, `c` became `ab` instead of `ac`.
    """
    for binding in field._bindings.key_to_bindings.get(event.key, ()):
        if not binding.priority and await field.app.run_action(binding.action, field):
            event.stop()
            event.prevent_default()
            field.post_message(KeyTaken())
            return
    if event.is_printable:
        field.post_message(KeyTaken())


class TextField(Input):
    """A field of one line, without pasted control characters."""

    async def _on_key(self, event: Key) -> None:
        await do_at_once(self, event)

    def _on_paste(self, event: Paste) -> None:
        event.text = clean(event.text)
