"""Where each setting comes from, and how one of them is changed in `settings.toml`."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.paths import private_folder
from tutor.settings import Settings, SettingsInvalid, load_settings

PREFIX = "TUTOR_"


class Origin(StrEnum):
    """Where a setting's value comes from."""

    DEFAULT = "default"
    FILE = "settings.toml"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


class SettingWrong(TutorError):
    """A value that this setting cannot have."""


class SettingsNotWritten(TutorError):
    """The settings file cannot be changed; it is as it was."""


@dataclass(frozen=True)
class StoredSettings:
    """The settings that hold, where each comes from, and the file that they are changed in."""

    file: Path
    arguments: Mapping[str, object]
    """What the command line says; None says nothing."""
    values: Settings
    in_file: frozenset[str]

    @classmethod
    def read(cls, file: Path, arguments: Mapping[str, object]) -> "StoredSettings":
        """As things are now. Raises `SettingsInvalid`."""
        values = load_settings(file, arguments)
        there = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
        return cls(file, arguments, values, frozenset(there))

    def value(self, name: str) -> object:
        """The value that holds."""
        return getattr(self.values, name)

    def origin(self, name: str) -> Origin:
        """Where it comes from; the first of these that says anything counts."""
        if self.arguments.get(name) is not None:
            return Origin.COMMAND_LINE
        if variable_of(name) in map(str.upper, os.environ):
            return Origin.ENVIRONMENT
        return Origin.FILE if name in self.in_file else Origin.DEFAULT

    def checked(self, name: str, value: object) -> object:
        """The value, of the setting's own type; text is read as one.

        Raises `SettingWrong`, and `SettingsInvalid` where another setting is wrong meanwhile.
        """
        try:
            tried = load_settings(self.file, {**self.arguments, name: value})
        except SettingsInvalid as error:
            if wrong := _wrong(name, error.__cause__):
                raise SettingWrong(wrong) from error
            raise
        return getattr(tried, name)

    def write(self, name: str, value: object) -> "StoredSettings":
        """Have the file say this; what holds then. Raises `SettingWrong`, `SettingsNotWritten`."""
        write_setting(self.file, name, self.checked(name, value))
        return self.read(self.file, self.arguments)

    def reset(self, name: str) -> "StoredSettings":
        """Have the file say nothing of it; what holds then. Raises `SettingsNotWritten`."""
        write_setting(self.file, name, None)
        return self.read(self.file, self.arguments)


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def write_setting(file: Path, name: str, value: object) -> None:
    """Write `name = value` into the settings file, or take it out where the value is None.

    Order, comments and the rest of the file stay, and the file is replaced whole or not at all.
    Raises `SettingsNotWritten`.
    """
    import tomlkit  # only where something is changed
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(file.read_bytes().decode() if file.exists() else "")
        if value is None:
            document.pop(name, None)
        else:
            document[name] = _as_toml(value)
        private_folder(file.parent)
        # a link, as those who keep such files in one place have, stays one
        write_safely(file.resolve(), tomlkit.dumps(document).encode())
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SettingsNotWritten(
            f"{file} cannot be changed: {error}",
            remedy="Correct that file in an editor, or check that you may write to it.",
        ) from error


def _as_toml(value: object) -> bool | int | float | str | date | list[str]:
    match value:
        case Path():
            # an empty path is the word for none, and would become the folder one is in
            return "" if value == Path() else str(value)
        case tuple():
            return [str(each) for each in value]
        case bool() | int() | float() | str() | date():
            return value
        case _:
            raise TypeError(f"{type(value).__name__} has no place in the settings")


def _wrong(name: str, cause: BaseException | None) -> str:
    """What is wrong with this setting, by itself or beside others; empty where nothing is."""
    problems = cause.errors() if isinstance(cause, ValidationError) else []
    own = [each for each in problems if each["loc"][:1] in ((name,), ())]
    return " ".join(_words(cast(Mapping[str, Any], each)) for each in own)


def _words(problem: Mapping[str, Any]) -> str:
    bounds = problem.get("ctx", {})
    match problem["type"]:
        case "int_parsing" | "int_from_float" | "int_type" | "int_parsing_size":
            return "This has to be a whole number."
        case "float_parsing" | "float_type":
            return "This has to be a number, for example 0.9."
        case "greater_than_equal":
            return f"This cannot be less than {bounds['ge']}."
        case "less_than_equal":
            return f"This cannot be more than {bounds['le']}."
        case kind if kind.startswith("date"):
            return "This has to be a date: year-month-day, for example 2027-02-28."
        case "value_error":
            return f"{bounds['error']}."
        case _:
            return f"{problem['msg']}."
