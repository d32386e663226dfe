"""Why a deck that was just made is not among those on Today, which nobody would guess."""

import os
from contextlib import suppress

import typer

from tutor.bank import ENGLISH_NAMES, Language
from tutor.profile import Profile
from tutor.settings import SettingsInvalid


def say_if_off_today(deck: str, *languages: Language) -> None:
    """Say on standard error that the settings leave the deck out, if they do, and what to do.

    `languages` are those that its questions can be asked in.
    """
    from tutor.study.preferences import preferences_of

    with suppress(SettingsInvalid):  # which Today itself reports
        preferences = preferences_of(Profile(os.environ, {}).settings, os.environ)
        reads = preferences.languages
        if preferences.decks and deck not in preferences.decks:
            typer.echo(
                "Today does not list the deck, since your settings name the decks to study. "
                "Add it in Settings (press , on Today).",
                err=True,
            )
        elif reads and not {*reads} & {*languages}:
            names = " or ".join(ENGLISH_NAMES[each] for each in languages)
            typer.echo(
                "Today does not list the deck, since your settings do not say that you read "
                f"{names}. Add the language in Settings (press , on Today).",
                err=True,
            )
