"""`tutor progress show`: where the student stands, in words and tables."""

import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import dropwhile
from typing import TYPE_CHECKING

import typer

from tutor.bank.text import verdict_marks
from tutor.cli.options import AsJson
from tutor.cli.output import print_json, print_table
from tutor.cli.progress_view import ProgressView, open_progress_view
from tutor.cli.terminal import standard_output
from tutor.clock import utc_now
from tutor.formatting import WEEKDAYS, number, one_line, percent, printable

if TYPE_CHECKING:
    from tutor.study.exam_report import TakenExam
    from tutor.study.overview import Overview
    from tutor.study.statistics import Agreement, Mastery, Period


def show_command(as_json: AsJson = False) -> None:
    """Show where you stand.

    Shows what is due, streak, marks, exam date, weak points, topics, calendar, weeks and exams.
    Before a weak point are its last verdicts, oldest first: ✓ met, ◐ partial, ✗ missed. Known: last
    answered well and still remembered. Shaky: answered, but not known. Mastery: the last score
    times the probability that you still remember it.
    """
    view = open_progress_view(os.environ, utc_now())
    if as_json:
        print_json(_data(view))
    else:
        _print(view)


def _print(view: ProgressView) -> None:
    """Print the figures, then every table that is not empty."""
    from tutor.study.overview import overview_lines, tiles

    overview, width = view.overview, standard_output().width
    for tile in tiles(overview):
        typer.echo(f"{tile.label}: {tile.value} ({tile.note})")
    for line in overview_lines(overview):
        typer.echo(line)
    for table in _first_tables(overview):
        typer.echo()
        print_table(table, cut_at=width)
    if overview.again:
        shown, known = len(overview.missed), len(overview.again)
        count = f"the weakest {shown} of {known}" if shown < known else str(known)
        typer.echo(f"\nWeak points, missed more than once ({count}):")
    for missed in overview.missed:
        marks = verdict_marks(missed.weak.verdicts)
        point = printable(one_line(missed.point.text))
        typer.echo(f"{marks:<8}  {missed.weak.question}  {point}")
    for table in _tables(view):
        typer.echo()
        print_table(table, cut_at=width)


_Table = list[tuple[object, ...]]


def _first_tables(overview: "Overview") -> Iterator[_Table]:
    if any(day.attempts for day in overview.agenda.week):
        days = (
            (f"{day.day:%a %Y-%m-%d}", day.attempts, _share(day.mean))
            for day in overview.agenda.week
            if day.attempts
        )
        yield [("last 7 days", "answers", "mean marks"), *days]
    if overview.weakest:
        yield _mastery("weakest topic", ((row.name, row) for row in overview.weakest))


def _tables(view: ProgressView) -> Iterator[_Table]:
    overview, record = view.overview, view.record
    yield _mastery("deck", ((_title(view, row.name), row) for row in overview.decks))
    begun = [(row.name, row) for row in overview.topics if row.answered]
    if begun:
        yield _mastery("topic", begun)
    if any(map(any, overview.year.weeks)):
        yield _calendar(overview)
    yield from _periods(("month", *_PERIOD[1:]), "%Y-%m", overview.year.months)
    yield from _periods(_PERIOD, "%Y-%m-%d", overview.weeks)
    if any(overview.ahead):
        due = (
            ((overview.today + timedelta(days=at)).isoformat(), count)
            for at, count in enumerate(overview.ahead)
            if count
        )
        yield [("due", "questions"), *due]
    if record.exams:
        exams = map(_exam, reversed(record.exams))
        yield [("exam", "marks", "of", "share", "not graded"), *exams]
    if record.graders:
        yield grader_table(record.graders)


def _title(view: ProgressView, deck: str) -> str:
    """The deck's title in a language that the student reads."""
    from tutor.study.preferences import languages_for

    info = view.bank.deck(deck)
    return info.title.to(*languages_for(info.language, view.reads))


def _mastery(kind: str, rows: "Iterable[tuple[str, Mastery]]") -> _Table:
    """A table of decks or topics; names come last, since only they may not fit the terminal."""
    cells = (
        (
            row.known,
            row.shaky,
            row.new,
            _share(row.share if row.answered else None),
            printable(one_line(name)),
        )
        for name, row in rows
    )
    return [("known", "shaky", "new", "mastery", kind), *cells]


def _periods(heading: tuple[str, ...], form: str, periods: "Iterable[Period]") -> Iterator[_Table]:
    """A table of months or weeks, starting with the first that has an answer; none without any."""
    rows = [_period(form, period) for period in dropwhile(lambda p: not p.attempts, periods)]
    if rows:
        yield [heading, *rows]


def _calendar(overview: "Overview") -> _Table:
    """The answers of each day, without empty weeks."""
    mondays = (
        overview.year.first + timedelta(days=7 * at) for at in range(len(overview.year.weeks))
    )
    weeks = zip(mondays, overview.year.weeks, strict=True)
    rows = ((monday.isoformat(), *week) for monday, week in weeks if any(week))
    return [("answers, week from", *WEEKDAYS), *((*row, *[""] * (8 - len(row))) for row in rows)]


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share)


_PERIOD = ("week from", "answers", "days", "mean marks", "minutes")


def _period(form: str, period: "Period") -> tuple[object, ...]:
    return (
        f"{period.first:{form}}",
        period.attempts,
        period.days,
        _share(period.mean),
        f"{period.minutes:.0f}",
    )


def _exam(exam: "TakenExam") -> tuple[object, ...]:
    mark = exam.mark
    return (
        exam.day.isoformat(),
        number(mark.earned),
        number(mark.full),
        percent(mark.share),
        exam.waiting,
    )


def grader_table(rows: "tuple[Agreement, ...]") -> _Table:
    """A table of how often the student agreed with each grader."""
    table: _Table = [("grader", "model", "version", "points", "overruled", "agreed")]
    for row in rows:
        counts = (row.points, row.overruled, percent(row.share))
        table.append((row.grader, row.model or "–", row.version, *counts))
    return table


def _data(view: ProgressView) -> dict[str, object]:
    overview, record, agenda = view.overview, view.record, view.overview.agenda
    plan, done = agenda.plan, agenda.week[-1]
    counts = (count for week in overview.year.weeks for count in week)
    days = ((overview.year.first + timedelta(days=at), count) for at, count in enumerate(counts))
    return {
        "due": agenda.due,
        "new": agenda.new,
        "plan": None
        if plan is None
        else {
            "exam": plan.exam.isoformat(),
            "days": plan.days,
            "new": plan.new,
            "sights": plan.views_left,
            "needed": plan.needed,
            "pace": round(plan.pace, 2),
            "holds": plan.holds,
        },
        "today": {
            "answers": done.attempts,
            "first": done.new,
            "mean": _rounded(done.mean),
            "minutes": round(done.ms / 60_000, 2),
        },
        "minutes": agenda.minutes,
        "streak": {"current": agenda.streak.current, "longest": agenda.streak.longest},
        "days": {day.isoformat(): count for day, count in days if count},
        "weeks": [
            {
                "first": week.first.isoformat(),
                "answers": week.attempts,
                "mean": _rounded(week.mean),
                "minutes": round(week.minutes, 2),
            }
            for week in overview.weeks
        ],
        "ahead": list(overview.ahead),
        "decks": [{"deck": row.name, **_mastery_data(row)} for row in overview.decks],
        "topics": [{"topic": row.name, **_mastery_data(row)} for row in overview.topics],
        "missed": [
            {"question": each.question, "point": each.point, "verdicts": each.verdicts}
            for each in overview.again
        ],
        "exams": [
            {
                "at": exam.at.isoformat(),
                "earned": round(exam.mark.earned, 4),
                "full": exam.mark.full,
                "questions": exam.mark.questions,
                "waiting": exam.waiting,
            }
            for exam in record.exams
        ],
        "graders": [grader_data(row) for row in record.graders],
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _mastery_data(row: "Mastery") -> dict[str, object]:
    return {
        "questions": row.questions,
        "answered": row.answered,
        "known": row.known,
        "mastery": round(row.share, 4),
    }


def grader_data(row: "Agreement") -> dict[str, object]:
    """How often the student agreed with a grader, for programs."""
    return {
        "grader": row.grader,
        "model": row.model,
        "version": row.version,
        "points": row.points,
        "overruled": row.overruled,
        "share": round(row.share, 4),
    }
