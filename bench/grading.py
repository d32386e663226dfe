"""The key terms against the bank's own sample answers, by deck and language.

Apart for the samples that are set aside (`holdout`): terms may have been widened while looking at
the others, so only the figures on those set aside say how good they are. A model, and calibrated
terms, are measured by `tutor bench grading`.
"""

from collections import Counter

from bench.table import print_table
from tutor.bank import Bank, Verdict, open_bank
from tutor.grading import KeyTermGrader
from tutor.measure.statistics import accuracy, cohen_kappa
from tutor.paths import find_paths

Pair = tuple[Verdict, Verdict]
"""The human's verdict on a point, and the grader's."""
Part = tuple[str, str, str]
"""Deck, language, and `seen` or `set aside`."""


def main() -> None:
    """Print the table."""
    bank = open_bank([find_paths({}).resources / "questions"], None)
    report(judged(bank, KeyTermGrader()))


def judged(bank: Bank, grader: KeyTermGrader) -> dict[Part, list[Pair]]:
    """By part the verdicts on every point."""
    pairs: dict[Part, list[Pair]] = {}
    for deck in bank.decks:
        for info in deck.questions:
            question = bank.question(info.id)
            for sample in bank.samples(info.id):
                found = grader.grade(question, sample.answer, sample.language)
                new = [(sample.verdicts[point.id], point.verdict) for point in found.points]
                aside = "set aside" if sample.holdout else "seen"
                for part in ((deck.id, sample.language, aside), ("all", "all", aside)):
                    pairs.setdefault(part, []).extend(new)
    return pairs


def report(pairs: dict[Part, list[Pair]]) -> None:
    """One row a part, with the commonest verdict as the baseline."""
    lines: list[list[str]] = []
    for part, found in sorted(pairs.items()):
        commonest = Counter(human for human, _ in found).most_common(1)[0][1] / len(found)
        figures = (f"{commonest:.0%}", f"{accuracy(found):.0%}", f"{cohen_kappa(found):.2f}")
        lines.append([*part, str(len(found)), *figures])
    headings = ["deck", "language", "samples", "points", "commonest verdict", "accuracy", "kappa"]
    print_table(headings, lines)


if __name__ == "__main__":
    main()
