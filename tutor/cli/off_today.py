"""Explains why Today does not list a new deck."""

import os
from contextlib import suppress

import typer

from tutor.bank import Language


def say_if_off_today(deck: str, *languages: Language) -> None:
    """Explain it on standard error, if so; `languages` are those of the deck's questions."""
    from tutor.profile import Profile
    from tutor.settings import SettingsInvalid
    from tutor.study.preferences import preferences_of

    with suppress(SettingsInvalid):  # Today itself reports that
        preferences = preferences_of(Profile(os.environ, {}).settings, os.environ)
        if words := preferences.left_out_words(deck, languages):
            typer.echo(words, err=True)
