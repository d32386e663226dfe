"""Reads where the student stands, also while the tutor is running: locks and writes nothing.

`tutor today` uses `prompt_line` without the command parser, so that a shell prompt can wait for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tutor.bank import open_bank
from tutor.clock import utc_now

if TYPE_CHECKING:
    from tutor.bank import Bank, Language
    from tutor.paths import Paths
    from tutor.study import Planner, Preferences
    from tutor.study.overview import Overview, Record


@dataclass(frozen=True, slots=True)
class ProgressView:
    """What `tutor progress show` and the progress page show."""

    bank: "Bank"
    overview: "Overview"
    record: "Record"
    reads: "tuple[Language, ...]"
    """The languages that the student reads."""


def open_progress_view(environ: Mapping[str, str], now: datetime) -> ProgressView:
    """Read state and history. Raises ProfileTooNew, HistoryUnreadable."""
    from tutor.profile import Profile
    from tutor.progress.read_only import read_exam_records, read_history
    from tutor.study import preferences_of
    from tutor.study.exam_report import taken_exams
    from tutor.study.overview import Record, overview_of
    from tutor.study.statistics import agreement

    profile = Profile(environ, {})
    paths, preferences = profile.paths, preferences_of(profile.settings, environ)
    bank = open_bank(paths.questions, paths.bank_cache)
    overview = overview_of(read_planner(bank, paths, preferences, now))
    graders = agreement(read_history(paths.history))
    exams = taken_exams(read_exam_records(paths.history))
    return ProgressView(bank, overview, Record(graders, exams), preferences.languages)


def read_planner(
    bank: "Bank", paths: "Paths", preferences: "Preferences", now: datetime
) -> "Planner":
    """Read the state and return its planner. Raises ProfileTooNew, HistoryUnreadable."""
    from tutor.progress.read_only import read_state
    from tutor.study import Planner

    state = read_state(paths)
    return Planner(
        bank=bank,
        standings=state.standings,
        drafts={},
        days=state.days,
        skipped=state.skipped,
        preferences=preferences,
        now=now,
        today=preferences.day(now),
    )


def prompt_line(environ: Mapping[str, str], *, as_json: bool) -> str:
    """What is due, about how long it takes, and the streak, in one line.

    Raises ProfileTooNew, HistoryUnreadable, SettingsInvalid.
    """
    from tutor.paths import find_paths
    from tutor.study.agenda import minutes_for, streak_words, today_words
    from tutor.study.statistics import streak

    paths = find_paths(environ)
    bank = open_bank(paths.questions, paths.bank_cache)
    planner = read_planner(bank, paths, _preferences(paths, environ), utc_now())
    due, new, days = len(planner.due), len(planner.new), planner.days
    minutes, current = minutes_for(due + new, days), streak(days, planner.today)
    done = days[planner.today].attempts if planner.today in days else 0
    if as_json:
        figures = {"due": due, "new": new, "minutes": minutes}
        return json.dumps({**figures, "streak": current.current, "done": done})
    words = (today_words(due, new, minutes), streak_words(current, done=done))
    return " · ".join(filter(None, words))


def _preferences(paths: "Paths", environ: Mapping[str, str]) -> "Preferences":
    """The student's preferences; does not load pydantic if nothing is set."""
    from tutor.study.preferences import Preferences, preferences_of, system_languages

    not_settings = {"TUTOR_HOME", "TUTOR_SETUP"}
    variables = {name for name in map(str.upper, environ) if name.startswith("TUTOR_")}
    if not paths.settings.exists() and variables <= not_settings:
        return Preferences(languages=system_languages(environ))
    from tutor.settings import load_settings

    return preferences_of(load_settings(paths.settings), environ)
