"""Key bindings that work whatever alphabet the keyboard is set to.

A terminal sends the letter of the active layout, so on a Russian keyboard the key of `m` sends `ь`.
Every letter is therefore bound together with the Cyrillic letter of the same key.
"""

from textual.binding import Binding, BindingType

_LATIN, _TWINS = "qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзфывапролдячсмить"
_CYRILLIC = str.maketrans(_LATIN + _LATIN.upper(), _TWINS + _TWINS.upper())


def with_cyrillic(keys: str) -> str:
    """The keys, comma-separated, each letter followed by its twin: `ctrl+s` -> `ctrl+s,ctrl+ы`."""
    bound: list[str] = []
    for key in keys.split(","):
        modifier, plus, letter = key.rpartition("+")
        twin = modifier + plus + letter.translate(_CYRILLIC) if len(letter) == 1 else key
        bound.extend(dict.fromkeys((key, twin)))
    return ",".join(bound)


def key(
    keys: str,
    action: str,
    description: str = "",
    *,
    id: str,
    show: bool = True,
    priority: bool = False,
    display: str | None = None,
) -> Binding:
    """A binding in both alphabets, with an id by which it can be remapped."""
    return Binding(
        with_cyrillic(keys),
        action,
        description,
        id=id,
        show=show,
        priority=priority,
        key_display=display,
    )


def shown_key(name: str) -> str:
    """Textual's name of a key with capitals: `shift+f5` -> `Shift+F5`; letters stay."""
    return "+".join(map(_capitalised, name.split("+")))


def _capitalised(part: str) -> str:
    if part.startswith("^"):
        return part.upper()
    return {"pgup": "PgUp", "pgdn": "PgDn"}.get(part, part.capitalize() if part[1:] else part)


def of_the_app(name: str) -> list[BindingType]:
    """The app's own keys for a modal screen, which would hide them; `name` begins their ids."""
    return [
        key("f1", "app.help", "Help", id=f"{name}.help"),
        key("ctrl+q", "app.quit", "Quit", id=f"{name}.quit", show=False, priority=True),
    ]
