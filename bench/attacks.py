"""What answers gain that try to earn more than their words deserve.

`python -m bench.attacks [MODEL.gguf]`. By family for the key terms, or for the model: how many of
the attacks score more than they deserve, and the largest gain; then every one that does. Zero is
what an empty answer gets.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.grading import start
from bench.table import print_table
from tests.support.attacks import Gain, attacks, graded
from tutor.bank import open_bank
from tutor.grading import Examiner, PromptBook
from tutor.paths import find_paths

LEAST = 0.005
"""A smaller gain is rounding."""


def main() -> None:
    """Print the table."""
    paths = find_paths({})
    bank = open_bank([paths.resources / "questions"], None)
    with examined(PromptBook(paths.prompts), sys.argv[1:]) as examiner:
        report(list(graded(bank, examiner, "auto", attacks(bank))))


@contextmanager
def examined(book: PromptBook, models: Sequence[str]) -> Iterator[Examiner]:
    """An examiner with the first of `models`, or without one."""
    with tempfile.TemporaryDirectory() as folder:
        engine = start(Path(models[0]), Path(folder)) if models else None
        examiner = Examiner(book, engine, feedback=False)
        try:
            yield examiner
        finally:
            examiner.close()


def report(gains: Sequence[Gain]) -> None:
    """One row a family, then what gained."""
    families = list(dict.fromkeys(gain.attack.family for gain in gains))
    by_family = [[gain for gain in gains if gain.attack.family == family] for family in families]
    print_table(
        ["family", "attacks", "gained", "largest gain"],
        [row(family, some) for family, some in zip(families, by_family, strict=True)]
        + [row("all", gains)],
    )
    print()
    for gain in sorted(filter(_counts, gains), key=lambda gain: -gain.gained):
        print(f"- {gain}")


def row(family: str, gains: Sequence[Gain]) -> list[str]:
    """The figures of one family."""
    largest = max(0.0, *(gain.gained for gain in gains))
    return [family, str(len(gains)), str(sum(map(_counts, gains))), f"{largest:.2f}"]


def _counts(gain: Gain) -> bool:
    return gain.gained > LEAST


if __name__ == "__main__":
    main()
