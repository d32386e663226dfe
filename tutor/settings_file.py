"""Shows where each setting comes from, and changes settings in `settings.toml`."""

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
from tutor.paths import is_file, private_folder
from tutor.settings import Settings, SettingsInvalid, load_settings
from tutor.wrong_values import wrong_value

PREFIX = "TUTOR_"


class Origin(StrEnum):
    """Where a setting's value comes from."""

    DEFAULT = "default"
    FILE = "settings.toml"
    ENVIRONMENT = "environment"
    COMMAND_LINE = "command line"


class SettingWrong(TutorError):
    """An invalid value for a setting."""


class SettingsNotWritten(TutorError):
    """The settings file could not be written; it is unchanged."""


@dataclass(frozen=True)
class StoredSettings:
    """The effective settings, where each comes from, and the file in which they are changed."""

    file: Path
    arguments: Mapping[str, object]
    """From the command line; None means not given."""
    values: Settings
    in_file: frozenset[str]

    @classmethod
    def read(cls, file: Path, arguments: Mapping[str, object]) -> "StoredSettings":
        """Read the current settings. Raises `SettingsInvalid`."""
        values = load_settings(file, arguments)
        stored = tomllib.loads(file.read_text("utf-8")) if is_file(file) else {}
        return cls(file, arguments, values, frozenset(stored))

    def value(self, name: str) -> object:
        """The effective value."""
        return getattr(self.values, name)

    def origin(self, name: str) -> Origin:
        """Where the value comes from: command line before environment before file."""
        if self.arguments.get(name) is not None:
            return Origin.COMMAND_LINE
        if variable_of(name) in map(str.upper, os.environ):
            return Origin.ENVIRONMENT
        return Origin.FILE if name in self.in_file else Origin.DEFAULT

    def checked(self, name: str, value: object) -> object:
        """Convert `value`, or text, to the setting's type.

        Raises `SettingWrong` if it is invalid, `SettingsInvalid` if another setting is.
        """
        try:
            settings = load_settings(self.file, {**self.arguments, name: value})
        except SettingsInvalid as error:
            if wrong := _wrong(name, error.__cause__):
                raise SettingWrong(wrong) from error
            raise
        return getattr(settings, name)

    def write(self, name: str, value: object) -> "StoredSettings":
        """Write the value to the file, or for None remove it; returns the settings as they are now.

        Raises `SettingWrong`, `SettingsNotWritten`.
        """
        write_setting(self.file, name, None if value is None else self.checked(name, value))
        return self.read(self.file, self.arguments)


def variable_of(name: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + name.upper()


def write_setting(file: Path, name: str, value: object) -> None:
    """Write `name = value` into the settings file, or remove it if the value is None.

    Order, comments and the rest of the file stay; the file is replaced atomically.
    Raises `SettingsNotWritten`.
    """
    import tomlkit  # late: only needed to change something
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(file.read_bytes().decode() if file.exists() else "")
        if value is None:
            document.pop(name, None)
        else:
            document[name] = _as_toml(value)
        private_folder(file.parent)
        # if the file is a link, as with managed dotfiles, write to its target
        write_safely(file.resolve(), tomlkit.dumps(document).encode())
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SettingsNotWritten(
            f"{file} cannot be changed: {error}",
            remedy="Correct that file in an editor, or check that you may write to it.",
        ) from error


def _as_toml(value: object) -> bool | int | float | str | date | list[str]:
    match value:
        case Path():
            # an empty path means none; str() would turn it into the current folder
            return "" if value == Path() else str(value)
        case tuple():
            return [str(each) for each in value]
        case bool() | int() | float() | str() | date():
            return value
        case _:
            raise TypeError(f"{type(value).__name__} cannot be stored in the settings")


def _wrong(name: str, cause: BaseException | None) -> str:
    """What is wrong with this setting, alone or together with others; empty if nothing is."""
    problems = cause.errors() if isinstance(cause, ValidationError) else []
    own = [each for each in problems if each["loc"][:1] in ((name,), ())]
    return " ".join(_words(cast(Mapping[str, Any], each)) for each in own)


def _words(problem: Mapping[str, Any]) -> str:
    """A sentence to show below the field, without the setting's name."""
    ours = problem["type"] == "value_error"
    return f"{'' if ours else 'This '}{wrong_value(problem)}."
