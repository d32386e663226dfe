"""The theme that the terminal interface begins with, and saving another one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from textual.constants import DEFAULT_THEME

from tutor.tui.background import background

if TYPE_CHECKING:
    from textual.app import App
    from textual.theme import Theme

    from tutor.tui.ports import Tutor

DARK, LIGHT = "textual-dark", "textual-light"
_LIGHT_GROUNDS = ("7", "15")
"""White and bright white, as numbers of a terminal's sixteen colours."""
_SCROLL_BAR_GROUNDS = (
    "scrollbar-background",
    "scrollbar-background-hover",
    "scrollbar-background-active",
    "scrollbar-corner-color",
)


def theme_for(app: App[Any], tutor: Tutor) -> str:
    """The theme in the settings, if it exists, otherwise one that suits the terminal.

    Some terminals give their colours in `COLORFGBG`: `0;15` is black on white. Textual cannot ask
    the others, so they are taken to be dark. `TEXTUAL_THEME` is Textual's own setting.
    """
    named = tutor.theme
    if named is not None and named in app.available_themes:
        return named
    ground = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    if ground in _LIGHT_GROUNDS and "TEXTUAL_THEME" not in os.environ:
        return LIGHT
    default = app.get_theme(DEFAULT_THEME)
    return DARK if default is None else default.name


def with_quiet_scroll_bars(colours: dict[str, str]) -> dict[str, str]:
    """A theme's colours, with unobtrusive scroll bars.

    A theme of the terminal's own colours has no muted ones; its scroll bars stay as they are.
    """
    if "foreground-disabled" not in colours:
        return colours
    ground = colours["background"]
    return colours | {
        **dict.fromkeys(_SCROLL_BAR_GROUNDS, ground),
        "scrollbar": colours["foreground-disabled"],
        "scrollbar-hover": colours["foreground-muted"],
    }


def save_changes(app: App[None], tutor: Tutor) -> None:
    """From now on, save a theme wherever it is chosen, also in the palette."""

    def changed(theme: Theme) -> None:
        if theme.name != theme_for(app, tutor):
            background(app, lambda: _save(theme.name, tutor))

    app.theme_changed_signal.subscribe(app, changed)


def _save(name: str, tutor: Tutor) -> None:
    """Runs in a thread. A theme that the environment sets is not replaced."""
    from tutor.settings_file import Origin

    stored = tutor.stored_settings()
    if stored.origin("theme") is not Origin.ENVIRONMENT:
        stored.write("theme", name)
        tutor.reread_settings()
