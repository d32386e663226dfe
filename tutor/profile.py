"""One student's profile: where its files are, and its settings."""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.bank import LANGUAGES, Language
from tutor.paths import find_paths
from tutor.study.preferences import system_languages

if TYPE_CHECKING:
    from tutor.settings import Settings
    from tutor.settings_file import StoredSettings


class Profile:
    """Paths and settings of one profile; the settings are read on first use."""

    def __init__(
        self,
        environ: Mapping[str, str],
        arguments: Mapping[str, object],
        chosen: Mapping[str, object] | None = None,
    ) -> None:
        """`arguments` come from the command line; those that are None are ignored.

        What was `chosen` since the start takes precedence over every setting.
        """
        self.paths = find_paths(environ)
        self.environ = environ
        self._arguments = arguments
        self._chosen = chosen or {}

    def with_model(self, model: Path | None) -> "Profile":
        """The same profile with another model, or none."""
        chosen = {"model": Path() if model is None else model, "server": ""}
        rest = {name: value for name, value in self._arguments.items() if name not in chosen}
        return Profile(self.environ, rest, chosen)

    def reread(self) -> "Profile":
        """The same profile, which reads its settings again on first use."""
        return Profile(self.environ, self._arguments, self._chosen)

    @property
    def server_key(self) -> str | None:
        """The server's API key; only from the environment, so that no file contains it."""
        return self.environ.get("TUTOR_SERVER_KEY") or None

    @cached_property
    def settings(self) -> "Settings":
        """The effective settings. Raises `SettingsInvalid`."""
        from tutor.settings import load_settings

        return load_settings(self.paths.settings, {**self._arguments, **self._chosen})

    def stored_settings(self) -> "StoredSettings":
        """The settings, and where each comes from. Raises `SettingsInvalid`."""
        from tutor.settings_file import StoredSettings

        return StoredSettings.read(self.paths.settings, self._arguments)

    @property
    def theme(self) -> str | None:
        """The name of the theme that is set, if any."""
        theme = self.environ.get("TUTOR_THEME", self._in_file("theme"))
        return theme if isinstance(theme, str) else None

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that the student reads, the best first; else the system's, and English."""
        stored = self._in_file("languages")
        with suppress(ValueError):
            stored = json.loads(self.environ.get("TUTOR_LANGUAGES", ""))
        names = stored if isinstance(stored, list) else []
        languages = tuple(each for each in names if each in LANGUAGES)
        return languages or system_languages(self.environ)

    def _in_file(self, name: str) -> object:
        """A value in `settings.toml`, for the first screen, which cannot wait for the settings."""
        if not self.paths.settings.exists():
            return None
        import tomllib  # late: many profiles have no such file

        with suppress(OSError, ValueError):  # whatever is wrong is reported with the settings
            return tomllib.loads(self.paths.settings.read_text("utf-8")).get(name)
        return None
