"""The Settings screen: each setting with its value, where that comes from, and what it does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from tutor.errors import TutorError
from tutor.settings import Settings
from tutor.settings_file import Origin, StoredSettings
from tutor.tui.dialogs import ChoiceScreen, SeveralScreen
from tutor.tui.keys import key
from tutor.tui.labels import LANGUAGE_NAMES, explain, plain, readable
from tutor.tui.messages import ScreenAsked, TodayAsked
from tutor.tui.notice_screen import NoticeScreen, complain
from tutor.tui.ports import Tutor
from tutor.tui.settings_rows import (
    GROUPS,
    SETTINGS,
    SettingRow,
    draw_row,
    fixed_words,
    heading,
    value_text,
    value_words,
)
from tutor.tui.theme import theme_for
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.row_list import Row, RowList
from tutor.tui.widgets.text_field import TextField
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPING = "Press Enter to save, Esc to leave it as it was."
EMPTY = "Leave it empty for the default."
UNCHANGED = "This is already the default."
NO_THEME = "There is no theme with this name. Press Enter to choose another one."
LONGEST = 1_000
"""The most characters of a value."""


class SettingsList(RowList):
    """The settings, a line each; the screen changes them."""

    HELP = """
    `↑` `↓` or `j` `k` choose a setting. `Enter` changes it: it switches on or off, or opens a list
    or a field to type in. `backspace` or `d` restores the default. Everything is saved at once, in
    `settings.toml` in your profile folder; your comments there stay.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "screen.edit", "Change", id="settings.edit"),
        key("backspace,d", "screen.reset", "Default", id="settings.default", display="d"),
    ]


class SettingsScreen(NoticeScreen):
    """A list of all settings and, below it, what the chosen one does and a field for its value."""

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "#settings"
    HELP: ClassVar[str | None] = """
    A value is taken from the command line, else from an environment variable, else from
    `settings.toml`, else it is the default. The first two cannot be changed here. Some settings
    apply from the next start.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape", "cancel", "Cancel", id="settings.cancel"),
        key("escape", "leave", "Today", id="settings.leave"),
    ]

    def __init__(self, tutor: Tutor) -> None:
        super().__init__()
        self._tutor = tutor
        self._stored: StoredSettings | None = None
        """None if the settings cannot be read."""
        self._editing: SettingRow | None = None
        self._list = SettingsList(id="settings", is_alone=True)
        self._meaning = Static(id="meaning", markup=False)
        self._facts = Static(id="facts", markup=False)
        self._input = TextField(id="value", max_length=LONGEST, compact=True)
        self._problem = Static(id="wrong", markup=False)

    def compose(self) -> ComposeResult:
        """The list, what the chosen setting does, and a field for its value."""
        yield TopBar("Settings")
        yield self.notice
        yield self._list
        with VerticalScroll(id="about", can_focus=False):
            yield self._meaning
            yield self._facts
            yield self._input
            yield self._problem
        yield FittingFooter()

    def on_screen_resume(self) -> None:
        """Read the settings again: a model may have been chosen, or the file edited."""
        if self._editing is not None:
            return  # the help was closed; what is typed stays
        try:
            self._stored = self._tutor.stored_settings()
        except TutorError as error:
            complain(self, explain(error))
        if self._stored is not None:
            self._list.show_rows(tuple(self._rows()), self._list.chosen_id)

    def _rows(self) -> Iterator[Row]:
        for at, (title, settings) in enumerate(GROUPS.items()):
            yield Row(partial(heading, title, is_first=at == 0))
            for each in settings:
                yield Row(partial(self._draw, each), each.name)

    def _draw(self, row: SettingRow, width: int) -> Content:
        return draw_row(row, self._values, self._names(row), width)

    @property
    def _values(self) -> StoredSettings:
        """The settings as they were last read or written; no row is shown before that."""
        assert self._stored is not None
        return self._stored

    def _names(self, row: SettingRow) -> dict[str, str]:
        """The names of what can be chosen for a setting with several values, by id."""
        if row.name == "languages":
            return dict(LANGUAGE_NAMES.items())
        reads, decks = self._tutor.languages, self._tutor.bank.decks
        return {deck.id: readable(deck.title, deck, reads) for deck in decks}

    @property
    def chosen(self) -> SettingRow | None:
        """The setting that is chosen; None if the settings cannot be read."""
        return SETTINGS.get(self._list.chosen_id or "")

    @on(RowList.Moved)
    def action_cancel(self) -> None:
        """Show the chosen setting as it is, and stop editing it."""
        self._stop_editing()
        self._tell("")
        self._show_about()

    def _show_about(self) -> None:
        row = self.chosen
        if row is None:
            return
        default = value_words(row, Settings.model_fields[row.name].default, {})
        when = "from the next start" if row.later else "at once"
        facts = [f"{row.name} · default: {default} · a change applies {when}"]
        if fixed := fixed_words(row, self._values.origin(row.name)):
            facts.append(fixed)
        elif row.name == "theme" and self._values.value("theme") not in (None, *self._themes):
            facts.append(NO_THEME)
        self._meaning.update(plain(row.meaning))
        self._facts.update(plain("\n".join(facts)))

    def _tell(self, problem: str) -> None:
        self._problem.update(plain(problem and f"✗ {problem}"))

    # --- changing one

    def action_edit(self) -> None:
        """Change the chosen setting in the way that suits its kind."""
        row = self.chosen
        if row is None or not self._can_change(row):
            return
        value = self._values.value(row.name)
        if isinstance(value, bool):
            self._write(row, not value)
        elif row.name == "theme":
            self._choose_theme(row)
        elif row.name == "model":
            self.post_message(ScreenAsked("models"))
        elif isinstance(value, tuple):
            self._choose_several(row, value)
        else:
            self._begin_editing(row, value)

    def action_reset(self) -> None:
        row = self.chosen
        if row is None or not self._can_change(row):
            return
        if self._values.origin(row.name) is Origin.DEFAULT:
            self._tell(UNCHANGED)
        else:
            self._write(row, None)

    def _can_change(self, row: SettingRow) -> bool:
        fixed = fixed_words(row, self._values.origin(row.name))
        self._tell("It cannot be changed here." if fixed else "")
        return not fixed

    def _write(self, row: SettingRow, value: object) -> bool:
        """Save a value, or the default for None; returns whether that worked."""
        try:
            self._stored = self._values.write(row.name, value)
            self._tutor.reread_settings()
        except TutorError as error:
            self._tell(explain(error))
            return False
        if row.name == "theme":
            self.app.theme = theme_for(self.app, self._tutor)
        self._tell("")
        self._list.refresh()
        self._show_about()
        return True

    # --- from a list

    @property
    def _themes(self) -> list[str]:
        return sorted(self.app.available_themes)

    def _choose_theme(self, row: SettingRow) -> None:
        def chosen(name: str | None) -> None:
            if name is not None:
                self._write(row, name)

        names = {name: name for name in self._themes}
        self.app.push_screen(ChoiceScreen("Which colours?", names, self.app.theme), chosen)

    def _choose_several(self, row: SettingRow, marked: tuple[str, ...]) -> None:
        def chosen(names: tuple[str, ...] | None) -> None:
            if names is not None:
                self._write(row, names or None)

        known = self._names(row)
        missing = {id_: f"{id_} (missing)" for id_ in marked if id_ not in known}
        text = f"{row.meaning} Mark none for {row.nothing}."
        self.app.push_screen(SeveralScreen(text, known | missing, marked), chosen)

    # --- by typing

    def _begin_editing(self, row: SettingRow, value: object) -> None:
        self._editing = row
        self.add_class("-editing")
        self._input.value = value_text(value)
        self._input.placeholder = row.nothing
        hint = f"{TYPING} {EMPTY}" if self._may_be_empty(row) else TYPING
        self._facts.update(plain(hint))
        self._input.focus()
        self.refresh_bindings()

    def _stop_editing(self) -> None:
        if self._editing is not None:
            self._editing = None
            self.remove_class("-editing")
            self._list.focus()
            self.refresh_bindings()

    def _may_be_empty(self, row: SettingRow) -> bool:
        return Settings.model_fields[row.name].default is None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        row, text = self._editing, event.value.strip()
        if row is None:
            return
        try:
            if text or not self._may_be_empty(row):
                self._values.checked(row.name, text)
        except TutorError as error:
            self._tell(explain(error))
        else:
            self._tell("")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        row, text = self._editing, event.value.strip()
        if row is None:
            return
        if self._write(row, None if not text and self._may_be_empty(row) else text):
            self._stop_editing()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer either to cancel editing or to leave, since both are on `Esc`."""
        editing = self._editing is not None
        return {"cancel": editing, "leave": not editing}.get(action, True)

    def action_leave(self) -> None:
        self.post_message(TodayAsked())
