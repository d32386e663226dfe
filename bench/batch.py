"""Measures the throughput and memory of `tutor grade --batch` by the number of answers.

Each size runs in its own process. Times are CPU times, so that other work on the machine does not
count. Every cost is also given relative to that of the smallest size.
"""

import csv
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from random import Random

from bench.shared import Spent, our_prompts, print_table, run_tutor
from tests.support import child
from tests.support.models import write_model
from tutor.bank import Bank, open_bank
from tutor.cli.batch import Batch
from tutor.engine import ProbeMemory
from tutor.engine.client import ModelEngine, ModelSpec
from tutor.grading import LABEL_SETS, Calibrations, GradingService
from tutor.paths import find_paths

SIZES = (10, 100, 1_000, 10_000)
WINDOWS = (1, 64)
STUDENTS, QUESTIONS = 6, 10


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        paths = find_paths({"TUTOR_HOME": folder})
        bank = open_bank(paths.questions, paths.bank_cache)
        costs = [graded(home, bank, size) for size in SIZES]
        print_table(
            ["answers", "a second of the processor", "ratio", "memory, MiB", "ratio"],
            [row(size, cost, SIZES[0], costs[0]) for size, cost in zip(SIZES, costs, strict=True)],
        )
        print()
        tokens = [evaluated(home, bank, window) for window in WINDOWS]
        print_table(
            ["rows among which questions are grouped", "tokens evaluated an answer", "ratio"],
            [
                [str(window), f"{count:,.0f}", f"{count / tokens[0]:.2f}"]
                for window, count in zip(WINDOWS, tokens, strict=True)
            ],
        )


def row(answers: int, cost: Spent, fewest: int, base: Spent) -> list[str]:
    rate, base_rate = answers / cost.cpu, fewest / base.cpu
    memory = f"{cost.memory / 2**20:.0f}", f"{cost.memory / base.memory:.2f}"
    return [f"{answers:,}", f"{rate:.1f}", f"{rate / base_rate:.2f}", *memory]


def graded(home: Path, bank: Bank, size: int) -> Spent:
    """Grade `size` sample answers by key terms, each made unique by its number."""
    file = home / f"{size}.csv"
    write_answers(file, islice(cycle(samples(bank)), size))
    arguments = ["--batch", str(file), "--out", str(home / f"{size}.jsonl"), "--grader", "terms"]
    return run_tutor(home, "grade", *arguments)


def samples(bank: Bank) -> list[tuple[str, str, str]]:
    """Question, answer and language of all sample answers, shuffled."""
    rows: list[tuple[str, str, str]] = [
        (id_, sample.answer, sample.language)
        for id_ in bank.question_ids
        for sample in bank.samples(id_)
    ]
    Random(1).shuffle(rows)
    return rows


def write_answers(file: Path, rows: Iterator[tuple[str, str, str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["id", "question", "answer", "language"])
        for number, (question, answer, language) in enumerate(rows):
            writer.writerow([f"s{number}", question, f"{answer} {number}.", language])


def evaluated(home: Path, bank: Bank, window: int) -> float:
    """Tokens that a local model evaluates per answer, for a table sorted by student.

    The model is tiny with random weights, since tokens are counted, not seconds.
    """
    file = home / "class.csv"
    by_question = samples_by_question(bank)
    rows = (answers[n % len(answers)] for n in range(STUDENTS) for answers in by_question)
    write_answers(file, rows)
    log = home / f"engine-{window}.log"
    spec = ModelSpec(write_model(home / "tiny.gguf"), LABEL_SETS, context=8192)
    memory = ProbeMemory(home / "engine.json")
    engine = ModelEngine(spec, log=log, memory=memory, command=child.command("counting"))
    engine.start()
    grading = GradingService(our_prompts(), engine, calibrations=Calibrations(()))
    try:
        run = Batch(bank, grading, "model", lambda grade, _: {"score": grade.score}, window=window)
        run.run(file, home / f"class-{window}.jsonl")
    finally:
        grading.close()
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    counts = [int(line.split()[1]) for line in lines if line.startswith("decoded ")]
    return sum(counts) / (STUDENTS * QUESTIONS)


def samples_by_question(bank: Bank) -> list[list[tuple[str, str, str]]]:
    """The sample answers to a few questions, each in one language."""
    by_question: list[list[tuple[str, str, str]]] = []
    for id_ in islice(bank.question_ids, 0, None, len(bank) // QUESTIONS):
        rows: list[tuple[str, str, str]] = [
            (id_, sample.answer, sample.language) for sample in bank.samples(id_)
        ]
        if rows and len(by_question) < QUESTIONS:
            by_question.append([row for row in rows if row[2] == rows[0][2]])
    return by_question


if __name__ == "__main__":
    main()
