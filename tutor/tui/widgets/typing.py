"""Fields to type in, in which every key comes in its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import Input

if TYPE_CHECKING:
    from textual.events import Key
    from textual.widget import Widget


class KeyTaken(Message):
    """A key did something in a field, and goes no further."""


async def do_at_once(field: Widget, event: Key) -> None:
    """Do what a key is bound to in a field as soon as the field gets the key.

    Textual does it when the key has gone up to the app, behind letters that were typed after it: on
    a busy machine `ab`, Backspace, `c` became `ab` instead of `ac`.
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
    """One line to type in."""

    async def _on_key(self, event: Key) -> None:
        await do_at_once(self, event)
