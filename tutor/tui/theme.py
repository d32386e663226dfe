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


class ThemeKeeper:
    """Gives the app the theme in the settings, and saves one that is chosen later."""

    def __init__(self, app: App[None], tutor: Tutor) -> None:
        """Create this before anything is drawn, so that the first screen has its colours."""
        self._app, self._tutor = app, tutor
        app.theme = theme_for(app, tutor)

    def follow(self) -> None:
        """From now on, save a theme wherever it is chosen, also in the palette."""
        self._app.theme_changed_signal.subscribe(self._app, self._changed)

    def _changed(self, theme: Theme) -> None:
        if theme.name != theme_for(self._app, self._tutor):
            background(self._app, lambda: self._save(theme.name))

    def _save(self, name: str) -> None:
        """Runs in a thread. A theme that the environment sets is not replaced."""
        from tutor.settings_file import Origin

        stored = self._tutor.stored_settings()
        if stored.origin("theme") is not Origin.ENVIRONMENT:
            stored.write("theme", name)
            self._tutor.reread_settings()
