"""Where the student stands, read next to a running tutor: nothing is locked or written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.bank import Bank, Language
    from tutor.paths import Paths
    from tutor.study import Planner, Preferences
    from tutor.study.overview import Overview, Record


@dataclass(frozen=True, slots=True)
class ProgressView:
    """What is shown, and the bank that it is about."""

    bank: "Bank"
    overview: "Overview"
    record: "Record"
    reads: "tuple[Language, ...]"
    """The languages that the student reads."""


def open_progress_view(environ: Mapping[str, str], now: datetime) -> ProgressView:
    """Read the state and the history. Raises ProfileTooNew, HistoryUnreadable."""
    from tutor.profile import Profile
    from tutor.progress.agreement import agreement
    from tutor.progress.read_only import read_exam_records, read_history
    from tutor.study import preferences_of
    from tutor.study.overview import Record, overview_of, sat_exams
    from tutor.wiring import open_profile_bank

    profile = Profile(environ, {})
    paths, preferences = profile.paths, preferences_of(profile.settings, environ)
    bank = open_profile_bank(paths)
    overview = overview_of(read_planner(bank, paths, preferences, now))
    graders = agreement(read_history(paths.history))
    exams = sat_exams(read_exam_records(paths.history), bank)
    return ProgressView(bank, overview, Record(graders, exams), preferences.languages)


def read_planner(
    bank: "Bank", paths: "Paths", preferences: "Preferences", now: datetime
) -> "Planner":
    """The planner for the state on the disk. Raises ProfileTooNew, HistoryUnreadable."""
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
