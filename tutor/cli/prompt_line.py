"""What `tutor today` prints, without the parser, so that a shell's prompt can wait for it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.paths import Paths
    from tutor.study import Planner, Preferences


def prompt_line(environ: Mapping[str, str], *, as_json: bool) -> str:
    """What is due, about how long it takes, and the streak, in one line.

    Raises ProfileTooNew, HistoryUnreadable, SettingsInvalid.
    """
    from tutor.study.agenda import minutes_for, streak_words, today_words
    from tutor.study.statistics import streak

    planner = _planner(environ)
    due, new = len(planner.due), len(planner.new)
    minutes = minutes_for(due + new, planner.days)
    current = streak(planner.days, planner.today)
    done = planner.days[planner.today].attempts if planner.today in planner.days else 0
    if as_json:
        data = {"due": due, "new": new, "minutes": minutes, "streak": current.current, "done": done}
        return json.dumps(data)
    words = (today_words(due, new, minutes), streak_words(current, done=done))
    return " · ".join(filter(None, words))


def _planner(environ: Mapping[str, str]) -> "Planner":
    """What is due, from the checkpoint on the disk. Raises ProfileTooNew, SettingsInvalid."""
    from tutor.bank import open_bank
    from tutor.cli.progress_view import read_planner
    from tutor.paths import find_paths
    from tutor.wiring import utc_now

    paths = find_paths(environ)
    bank = open_bank(paths.questions, paths.bank_cache)
    return read_planner(bank, paths, _preferences(paths, environ), utc_now())


def _preferences(paths: "Paths", environ: Mapping[str, str]) -> "Preferences":
    """What the student wants; where nothing is set, without loading what reads settings."""
    from tutor.study.preferences import Preferences, preferences_of, system_languages

    elsewhere = {"TUTOR_HOME", "TUTOR_SETUP"}
    named = {name for name in map(str.upper, environ) if name.startswith("TUTOR_")}
    if not paths.settings.exists() and named <= elsewhere:
        return Preferences(languages=system_languages(environ))
    from tutor.settings import load_settings

    return preferences_of(load_settings(paths.settings), environ)
