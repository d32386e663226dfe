"""Measures how much answers gain that try to score more than they deserve.

`python -m bench.attacks [MODEL.gguf [ADAPTER.gguf]]` prints, for the model or else key terms, how
many attacks of each family score more than they deserve and the largest gain, then every such
attack.
"""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from bench.attack_families import Gain, attacks, graded
from bench.shared import our_bank, our_prompts, print_table, running
from tutor.grading import Calibrations, GradingService
from tutor.paths import find_paths

LEAST = 0.005
"""The least gain that is more than rounding."""


def main() -> None:
    """Print the table."""
    bank = our_bank()
    calibrations = Calibrations(find_paths({}).calibrations[1:])
    model, adapter = (*map(Path, sys.argv[1:3]), None, None)[:2]
    with running(model, adapter=adapter) if model else nullcontext() as engine:
        grading = GradingService(
            our_prompts(), engine, bank=lambda: bank, calibrations=calibrations, feedback=False
        )
        report(list(graded(bank, grading, "auto", attacks(bank))))


def report(gains: Sequence[Gain]) -> None:
    """Print a row for each family, then every attack that gained."""
    families = list(dict.fromkeys(gain.attack.family for gain in gains))
    by_family = [[gain for gain in gains if gain.attack.family == family] for family in families]
    print_table(
        ["family", "attacks", "gained", "largest gain"],
        [row(family, own) for family, own in zip(families, by_family, strict=True)]
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
