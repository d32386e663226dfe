"""Compares key terms with human grades, in files with one JSON object per line.

`python -m bench.graded FILE...` splits each file's questions in half by a hash. The parameters of
the word overlap were tuned on one half; the figures are for the other (with `--tuning` as the first
argument, for the tuned half).
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
    """One row for each grader."""
    questions = halves(read_graded(path))[half]
    rows = []
    for name, scorer in scorers():
        result = evaluate(questions, scorer, random.Random(0))
        figures = map(shown, (result.r, result.r_centred, result.rmse, result.kappa))
        levels = f"{result.steps + 1} levels"
        counts = [path.stem, str(result.questions), str(result.answers), name]
        rows.append([*counts, *figures])
        rows[-1][-1] += f", {levels}"
    return rows


def scorers() -> list[tuple[str, Scorer]]:
    """The graders to compare."""
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
