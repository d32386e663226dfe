"""Measures the cost of a long history: opening, the first screen, saving, undoing, rebuilding.

Every cost is relative to that of the shortest history, so that the machine does not matter.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path
from random import Random
from statistics import median

from bench.shared import interleaved, print_table, seconds
from tests.support.banks import make_bank
from tests.support.services import Services
from tutor.bank import Bank, Verdict, open_bank
from tutor.grading import Grade, GraderId, PointGrade
from tutor.paths import Paths
from tutor.progress import Attempt, Progress, open_progress
from tutor.progress.events import to_line
from tutor.study import Preferences, planner_of
from tutor.study.statistics import mastery_by_topic

QUESTIONS = 5_000
SIZES = (1_000, 10_000, 100_000)
ROUNDS = 3
START = datetime(2024, 1, 1, tzinfo=UTC)
WORDS = ("attention", "weights", "query", "key", "value", "softmax", "gradient", "loss", "token")


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        make_bank(Path(folder, "questions"), QUESTIONS)
        bank = open_bank([Path(folder, "questions")], None)
        profiles = [make_profile(Path(folder, str(size)), bank, size) for size in SIZES]
        rows = [row(name, work, profiles, bank) for name, work in WORKS.items()]
    print_table(["cost", *(f"{size:,} attempts" for size in SIZES), "ms at the most"], rows)


def row(name: str, work: "Work", profiles: list[Paths], bank: Bank) -> list[str]:
    works = [lambda paths=paths: work(paths, bank) for paths in profiles]
    times = [median(results) for results in interleaved(works, ROUNDS)]
    ratios = [f"{time / times[0]:.1f}" for time in times]
    return [name, *ratios, f"{times[-1] * 1000:.0f}"]


def make_profile(home: Path, bank: Bank, size: int) -> Paths:
    """A profile with `size` attempts at the bank's questions, opened once to write its state."""
    home.mkdir()
    paths = Paths(home=home, resources=home)
    random = Random(7)
    with paths.history.open("wb") as file:
        for number in range(size):
            file.write(to_line(attempt(number, random.choice(bank.question_ids), random)))
    with opened(paths):
        return paths


def attempt(number: int, question: str, random: Random) -> Attempt:
    points = tuple(
        PointGrade(id=id_, weight=weight, verdict=random.choice(tuple(Verdict)), confidence=0.8)
        for id_, weight in (("value", 2.0), ("reason", 1.0), ("parity", 0.5))
    )
    grader = GraderId(name="terms", version="1")
    return Attempt(
        id=f"a{number}",
        question=question,
        at=START + timedelta(minutes=7 * number),
        language="en",
        answer=" ".join(random.choices(WORDS, k=60)),
        grade=Grade(question=question, grader=grader, language="en", points=points),
        seconds=90,
    )


def opened(paths: Paths) -> Progress:
    return open_progress(paths, clock=lambda: datetime.now(UTC))


Work = Callable[[Paths, Bank], float]


def opening(paths: Paths, _: Bank) -> float:
    return seconds(lambda: opened(paths).close())


def today(paths: Paths, bank: Bank) -> float:
    """Seconds for due, new, weak and the plan, in an open profile."""
    with opened(paths) as progress:
        now = START + timedelta(minutes=7 * len(progress.days()) * 205)
        preferences = Preferences(exam=(now + timedelta(days=20)).date())
        services = Services(bank, progress, preferences, now=now)
        return seconds(lambda: figures(services))


def figures(services: Services) -> tuple[object, ...]:
    planner = planner_of(services)
    topics = mastery_by_topic(services.bank, planner.standings, services.now)
    return planner.due, planner.new, planner.weak, planner.plan, topics


def fresh(questions: Sequence[str], random: Random) -> Iterator[Attempt]:
    """An endless supply of new attempts at these questions."""
    for number in count():
        yield attempt(-1, random.choice(questions), random).model_copy(
            update={"id": f"n{number}", "at": datetime.now(UTC)}
        )


def saving(paths: Paths, bank: Bank) -> float:
    """Seconds for one answer, the mean of 20; the state is written from time to time."""
    with copied(paths) as progress:
        new = list(islice(fresh(bank.question_ids[:1], Random(paths.home.name)), 20))
        return sum(seconds(partial(progress.record, each)) for each in new) / len(new)


def undoing(paths: Paths, bank: Bank) -> float:
    with copied(paths) as progress:
        progress.record(next(fresh(bank.question_ids[:1], Random(paths.home.name))))
        return seconds(progress.undo)


def rebuilding(paths: Paths, bank: Bank) -> float:
    paths.state.unlink()
    return opening(paths, bank)


@contextmanager
def copied(paths: Paths) -> Iterator[Progress]:
    """An open copy of the profile, so that it does not grow."""
    with tempfile.TemporaryDirectory(dir=paths.home.parent) as folder:
        for path in (paths.history, paths.state):
            shutil.copy(path, folder)
        with opened(Paths(home=Path(folder), resources=Path(folder))) as progress:
            yield progress


WORKS: dict[str, Work] = {
    "opening a profile": opening,
    "due, new, weak, plan, mastery": today,
    "saving an answer": saving,
    "undoing an answer": undoing,
    "rebuilding the state": rebuilding,
}

if __name__ == "__main__":
    main()
