"""Where the student stands, read beside a running tutor: nothing is locked or written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.bank import Bank, Language
    from tutor.paths import Paths
    from tutor.progress import Attempt, ExamRecord
    from tutor.progress.state import StateBuilder
    from tutor.study.overview import Overview, Record


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Everything that is told, and the bank it is about."""

    bank: "Bank"
    overview: "Overview"
    record: "Record"
    reads: "tuple[Language, ...]"
    """The languages that the student reads."""


def open_progress_view(environ: Mapping[str, str], now: datetime) -> ProgressView:
    """Read the whole history, once for its answers. Raises ProfileTooNew, HistoryUnreadable."""
    from tutor.progress.agreement import agreement
    from tutor.progress.replay import read_history
    from tutor.progress.state import ProgressState, StateBuilder
    from tutor.study import Planner, preferences_of
    from tutor.study.overview import Record, overview_of, sat_exams
    from tutor.wiring import Profile, open_profile_bank

    profile = Profile(environ, {})
    paths, wishes, making = (
        profile.paths,
        preferences_of(profile.settings, environ),
        StateBuilder(ProgressState()),
    )
    graders = agreement(_counted(read_history(paths.history), making))
    making.skipped.update(_skipped(paths))
    bank, state = open_profile_bank(paths), making.state()
    planner = Planner(
        bank=bank,
        standings=state.standings,
        drafts={},
        days=state.days,
        skipped=state.skipped,
        wishes=wishes,
        now=now,
        today=wishes.day(now),
    )
    return ProgressView(
        bank,
        overview_of(planner),
        Record(graders, sat_exams(read_exam_records(paths), bank)),
        wishes.languages,
    )


def _counted(attempts: "Iterable[Attempt]", making: "StateBuilder") -> "Iterator[Attempt]":
    """The attempts as they come, each added to `making` on its way."""
    for attempt in attempts:
        making.attempt(attempt)
        yield attempt


def _skipped(paths: "Paths") -> Iterator[tuple[str, date]]:
    from tutor.progress.events import Skipped
    from tutor.progress.history import History

    if not paths.history.exists():
        return
    end, mark = paths.history.stat().st_size, f'"{Skipped.kind}"'.encode()
    for event in History(paths.history).events(end=end, having=(mark,)):
        if isinstance(event, Skipped):
            yield event.question, event.day


def read_exam_records(paths: "Paths") -> "tuple[ExamRecord, ...]":
    """All exams, oldest first, read next to a running tutor. Raises ProfileTooNew, OSError."""
    from tutor.progress.exams import read_exams
    from tutor.progress.history import History

    if not paths.history.exists():
        return ()
    return tuple(read_exams(History(paths.history), paths.history.stat().st_size).values())
