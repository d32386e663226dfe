"""Banks, standings and planners for tests of what is asked next."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from tests.support.banks import HEAD, question_yaml
from tests.support.services import NOW
from tutor.bank import Bank, open_bank
from tutor.progress import Day, Draft, Memory, Rating, Standing
from tutor.progress.retention import remember
from tutor.study import Planner, Preferences

TODAY = NOW.date()


def days(number: int) -> timedelta:
    return timedelta(days=number)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def make_small_bank(folder: Path, decks: Mapping[str, int]) -> Bank:
    """Decks of one section each, by name and number of questions."""
    for name, questions in decks.items():
        write_deck(folder / name, name, questions)
    bank = open_bank([folder], None)
    assert bank.problems == ()
    return bank


def write_deck(folder: Path, name: str, questions: int) -> None:
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text(HEAD, encoding="utf-8")
    entries = "".join(question_yaml(f"{name}.{n}", n) for n in range(1, questions + 1))
    text = f"section: {{en: One, de: Eins}}\nquestions:\n{entries}"
    (folder / "1-one.yaml").write_text(text, encoding="utf-8")


def make_unreadable_bank(folder: Path) -> Bank:
    """The deck `first` with one question, which cannot be read since its file was deleted."""
    write_deck(folder / "bank" / "first", "first", 1)
    open_bank([folder / "bank"], folder / "cache")
    bank = open_bank([folder / "bank"], folder / "cache")
    (folder / "cache").unlink()
    (folder / "bank" / "first" / "1-one.yaml").unlink()
    return bank


def ids(deck: str, numbers: Iterable[int]) -> tuple[str, ...]:
    return tuple(f"{deck}.{number}" for number in numbers)


def answered(
    question: str,
    at: datetime,
    rating: Rating = Rating.GOOD,
    before: Standing | None = None,
    *,
    last: float = 1.0,
    points: Mapping[str, str] | None = None,
) -> Standing:
    """The standing of a question after one more answer, with what FSRS remembers."""
    memory_before: Memory | None = before.memory if before else None
    number = before.attempts + 1 if before else 1
    verdicts = points or {}
    return Standing(
        question=question,
        attempts=number,
        last=last,
        best=last,
        last_at=at,
        missed=tuple(id_ for id_, letters in verdicts.items() if not letters.endswith("m")),
        attempt=f"{question.replace('.', '-')}-{number}",
        rating=rating,
        memory=remember(memory_before, rating, at),
        memory_before=memory_before,
        points=tuple(verdicts.items()),
    )


def by_question(*standings: Standing) -> dict[str, Standing]:
    return {standing.question: standing for standing in standings}


def make_planner(
    bank: Bank,
    *standings: Standing,
    preferences: Preferences | None = None,
    drafts: Mapping[str, Draft] | None = None,
    done: Mapping[date, Day] | None = None,
    skipped: Mapping[str, date] | None = None,
    now: datetime = NOW,
) -> Planner:
    preferences = preferences or Preferences()
    return Planner(
        bank=bank,
        standings=by_question(*standings),
        drafts=drafts or {},
        days=done or {},
        skipped=skipped or {},
        preferences=preferences,
        now=now,
        today=preferences.day(now, UTC),
    )
