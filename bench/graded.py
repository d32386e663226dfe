"""The key terms against answers that people have graded, in files of one JSON object a line.

`python -m bench.graded FILE...`. Each file's questions are cut into two halves by a hash: on one
the overlap's figures were tuned, these are of the other (`--tuning` first: of the one).
"""

import random
import sys
from pathlib import Path

from bench.table import print_table
from tutor.evaluation import (
    Estimate,
    Scorer,
    by_expected_score,
    by_verdicts,
    by_word_recall,
    evaluate,
    halves,
    read_graded,
)
from tutor.grading import KeyTermGrader

HEADINGS = ["set", "questions", "answers", "grader", "r", "r within questions", "RMSE", "kappa"]


def main() -> None:
    """Print the table."""
    files = sys.argv[1:]
    tuning = files[:1] == ["--tuning"]
    rows = [row for name in files[tuning:] for row in measured(Path(name), half=0 if tuning else 1)]
    print_table(HEADINGS, rows)


def measured(path: Path, half: int) -> list[list[str]]:
    """One row a grader."""
    questions = halves(read_graded(path))[half]
    rows = []
    for name, scorer in scorers():
        found = evaluate(questions, scorer, random.Random(0))
        figures = map(shown, (found.r, found.r_centred, found.rmse, found.kappa))
        levels = f"{found.steps + 1} levels"
        counts = [path.stem, str(found.questions), str(found.answers), name]
        rows.append([*counts, *figures])
        rows[-1][-1] += f", {levels}"
    return rows


def scorers() -> list[tuple[str, Scorer]]:
    """What is compared."""
    grader = KeyTermGrader()
    return [
        ("word-overlap recall", by_word_recall),
        ("key terms, expected score", by_expected_score(grader)),
        ("key terms, verdicts", by_verdicts(grader)),
    ]


def shown(estimate: Estimate) -> str:
    """A figure with its interval."""
    return f"{estimate.value:.2f} ({estimate.interval.low:.2f} to {estimate.interval.high:.2f})"


if __name__ == "__main__":
    main()
