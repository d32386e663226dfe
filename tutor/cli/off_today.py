"""Says of a deck that was just made why Today does not list it, which nobody would guess."""

import os
from contextlib import suppress

import typer

from tutor.bank import Language


def say_if_off_today(deck: str, *languages: Language) -> None:
    """Say it on standard error; `languages` are those that its questions can be asked in."""
    from tutor.profile import Profile
    from tutor.settings import SettingsInvalid
    from tutor.study.preferences import preferences_of

    with suppress(SettingsInvalid):  # which Today itself reports
        preferences = preferences_of(Profile(os.environ, {}).settings, os.environ)
        if words := preferences.left_out_words(deck, languages):
            typer.echo(words, err=True)
