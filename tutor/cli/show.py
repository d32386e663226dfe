"""`tutor progress show`: where the student stands, read beside a running tutor."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.bank import printable
from tutor.cli.tables import print_table

if TYPE_CHECKING:
    from tutor.bank import Bank
    from tutor.paths import Paths
    from tutor.progress.state import State
    from tutor.study import Mastery, Plan, Planner, Streak, WeakPoint

AGAIN = 2
"""From so many misses of late on, a point is missed again and again."""
POINTS_SHOWN = 20
_MARKS = str.maketrans("mpx", "✓◐✗")


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Everything that is shown."""

    due: int
    new: int
    plan: "Plan | None"
    streak: "Streak"
    decks: "tuple[Mastery, ...]"
    missed: "tuple[WeakPoint, ...]"


def show_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell where you stand: due, new, exam, streak, decks, points missed again and again.

    Before a point its last verdicts, oldest first: ✓ met, ◐ partly, ✗ missed.
    """
    from tutor.compose import Profile, open_profile_bank, utc_now
    from tutor.study import Planner, wishes_of

    profile, now = Profile(os.environ, {}), utc_now()
    wishes, state = wishes_of(profile.settings), read_state(profile.paths)
    planner = Planner(
        bank=open_profile_bank(profile.paths),
        standings=state.standings,
        drafts={},
        days=state.days,
        skipped=state.skipped,
        wishes=wishes,
        now=now,
        today=wishes.day(now),
    )
    found = standpoint(planner)
    if as_json:
        typer.echo(json.dumps(_data(found), ensure_ascii=False, indent=1))
    else:
        _print(found, planner.bank)


def read_state(paths: "Paths") -> "State":
    """What the history comes to; the profile is neither locked nor written.

    Raises ProfileTooNew, HistoryUnreadable.
    """
    from tutor.progress import read_history
    from tutor.progress.state import Making, State

    making = Making(State())
    for attempt in read_history(paths.history):
        making.attempt(attempt)
    making.skipped.update(_skipped(paths))
    return making.state()


def _skipped(paths: "Paths") -> Iterator[tuple[str, date]]:
    from tutor.progress.attempt import Skipped
    from tutor.progress.history import History

    if not paths.history.exists():
        return
    end, mark = paths.history.stat().st_size, f'"{Skipped.kind}"'.encode()
    for event in History(paths.history).events(end=end, having=(mark,)):
        if isinstance(event, Skipped):
            yield event.question, event.day


def standpoint(planner: "Planner") -> Standpoint:
    """All figures."""
    from tutor.study import mastery_by_deck, streak, weak_points

    bank, standings = planner.bank, planner.standings
    return Standpoint(
        due=len(planner.due),
        new=len(planner.new),
        plan=planner.plan,
        streak=streak(planner.days, planner.today),
        decks=mastery_by_deck(bank, standings, planner.now),
        missed=weak_points(standings.values(), bank, least=AGAIN),
    )


def _print(found: Standpoint, bank: "Bank") -> None:
    for line in _lines(found):
        typer.echo(line)
    typer.echo()
    rows = [
        (row.name, str(row.questions), str(row.answered), f"{row.share:.0%}") for row in found.decks
    ]
    print_table([("deck", "questions", "answered", "mastery"), *rows])
    if found.missed:
        typer.echo(f"\nMissed again and again ({len(found.missed)}):")
    for weak in found.missed[:POINTS_SHOWN]:
        typer.echo(f"{weak.verdicts.translate(_MARKS):<8}  {weak.question}  {_text(weak, bank)}")


def _text(weak: "WeakPoint", bank: "Bank") -> str:
    """The point in its deck's language; its id where the deck has it no longer."""
    language = bank.deck(bank.info(weak.question).deck).language
    rubric = {point.id: point.point.to(language) for point in bank.question(weak.question).rubric}
    return printable(" ".join(rubric.get(weak.point, weak.point).split()))


def _lines(found: Standpoint) -> Iterator[str]:
    yield f"{found.due} due, {found.new} new today"
    if found.plan is not None:
        plan = found.plan
        needed = f"{plan.needed} a day needed, you do {int(plan.pace)}"
        yield f"Exam on {plan.exam.isoformat()}, days left: {plan.days}; {needed}"
    yield f"Days in a row: {found.streak.current}, at most {found.streak.longest}"


def _data(found: Standpoint) -> dict[str, object]:
    return {
        "due": found.due,
        "new": found.new,
        "plan": None if found.plan is None else _plan_data(found.plan),
        "streak": {"current": found.streak.current, "longest": found.streak.longest},
        "decks": [
            {
                "deck": row.name,
                "questions": row.questions,
                "answered": row.answered,
                "mastery": round(row.share, 4),
            }
            for row in found.decks
        ],
        "missed": [
            {"question": each.question, "point": each.point, "verdicts": each.verdicts}
            for each in found.missed
        ],
    }


def _plan_data(plan: "Plan") -> dict[str, object]:
    return {
        "exam": plan.exam.isoformat(),
        "days": plan.days,
        "new": plan.new,
        "sights": plan.sights,
        "needed": plan.needed,
        "pace": round(plan.pace, 2),
        "holds": plan.holds,
    }
