"""Compares key terms with human grades, in files with one JSON object per line.

`python -m bench.graded FILE...` splits each file's questions in half by a hash. The parameters of
the word overlap were tuned on one half; the figures are for the other (with `--tuning` as the first
argument, for the tuned half).
"""

import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.shared import print_table
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
from tutor.evaluation.graded_sets import GradedQuestion
from tutor.grading import KeyTermGrader

Sets = Mapping[str, Sequence[GradedQuestion]]
HEADINGS = ["set", "questions", "answers", "grader", "r", "r within questions", "RMSE", "kappa"]


def main() -> None:
    """Print the table."""
    files = sys.argv[1:]
    tuning = files[:1] == ["--tuning"]
    half = 0 if tuning else 1
    sets = {Path(name).stem: halves(read_graded(Path(name)))[half] for name in files[tuning:]}
    print_scores(sets, scorers_without_model("key terms"))


def scorers_without_model(rubrics: str) -> dict[str, Scorer]:
    """Key terms, whose `rubrics` are named, and the word overlap to compare them with."""
    grader = KeyTermGrader()
    return {
        "word-overlap recall": by_word_recall,
        f"{rubrics}, expected score": by_expected_score(grader),
        f"{rubrics}, verdicts": by_verdicts(grader),
    }


def print_scores(sets: Sets, scorers: Mapping[str, Scorer]) -> None:
    """Print a row for each set and grader."""
    rows: list[list[str]] = []
    for name, questions in sets.items():
        for label, scorer in scorers.items():
            result = evaluate(questions, scorer, random.Random(0))
            counts = [name, str(result.questions), str(result.answers), label]
            figures = map(_shown, (result.r, result.r_centred, result.rmse, result.kappa))
            rows.append([*counts, *figures])
            rows[-1][-1] += f", {result.steps + 1} levels"
    print_table(HEADINGS, rows)


def _shown(estimate: Estimate) -> str:
    """A figure with its interval."""
    return f"{estimate.value:.2f} ({estimate.interval.low:.2f} to {estimate.interval.high:.2f})"


if __name__ == "__main__":
    main()
