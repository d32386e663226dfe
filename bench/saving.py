"""Measures the cost of saving an answer as the history grows, compared with TinyDB's own storage.

Answers are saved alternately to profiles with 100 and with 100,000 attempts at the same 40
questions, so that the two differ only in their history: the state, which is written from time to
time, grows with the number of questions. For comparison, one row is inserted into a TinyDB file
with 100,000.
"""

import tempfile
from functools import partial
from pathlib import Path
from random import Random
from statistics import median

from tinydb import TinyDB

from bench.history import attempt, fresh, make_profile, opened
from bench.shared import interleaved, percentile, print_table, seconds
from tests.support.banks import make_bank
from tutor.bank import open_bank

FEW, MANY = 100, 100_000
QUESTIONS, SAVES, INSERTS = 40, 500, 3


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        make_bank(Path(folder, "questions"), QUESTIONS)
        bank = open_bank([Path(folder, "questions")], None)
        profiles = [make_profile(Path(folder, str(size)), bank, size) for size in (FEW, MANY)]
        with opened(profiles[0]) as few, opened(profiles[1]) as many:
            new = fresh(bank.question_ids, Random(3))
            works = [
                lambda p=progress: seconds(partial(p.record, next(new))) for progress in (few, many)
            ]
            times = interleaved(works, SAVES)
        default = tinydb_insert(Path(folder, "default.json"), list(bank.question_ids))
    last = [percentile(results, 0.95) for results in times]
    print_table(
        ["saving one answer", "median ms", "95th percentile ms", "ratio"],
        [
            [f"{size:,} attempts before", f"{median(results) * 1e3:.1f}", f"{p95 * 1e3:.1f}",
             f"{p95 / last[0]:.2f}"]
            for size, results, p95 in zip((FEW, MANY), times, last, strict=True)
        ]
        + [[f"TinyDB's default storage, {MANY:,} before", f"{default * 1e3:.0f}", "–",
            f"{default / last[0]:.0f}"]],
    )  # fmt: skip


def tinydb_insert(file: Path, questions: list[str]) -> float:
    """Seconds for one insert, the median of a few."""
    random = Random(5)
    rows = [
        attempt(number, random.choice(questions), random).model_dump(mode="json")
        for number in range(MANY)
    ]
    with TinyDB(file) as database:
        database.insert_multiple(rows)
        return median([seconds(lambda: database.insert(rows[0])) for _ in range(INSERTS)])


if __name__ == "__main__":
    main()
