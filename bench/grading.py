"""Graders against the bank's own sample answers: accuracy per point and Cohen's kappa.

`python -m bench.grading [MODEL.gguf]`. By deck and language, and apart for the samples that are set
aside (`holdout`): the key terms may have been widened while looking at the others, so only the
figures on those set aside say how good they are.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.table import print_table
from tutor.bank import Bank, Question, Sample, Verdict, open_bank
from tutor.engine import ProbeMemory
from tutor.engine.handle import ModelEngine, ModelSpec
from tutor.grading import LABEL_SETS, Choice, Examiner, Grade, PromptBook
from tutor.paths import find_paths

Pair = tuple[Verdict, Verdict]
Grading = Callable[[Question, Sample], Grade]
Part = tuple[str, str, str]
"""Deck, language, and `seen` or `set aside`."""


def main() -> None:
    """Print the table."""
    paths = find_paths({})
    bank = open_bank([paths.resources / "questions"], None)
    book = PromptBook(paths.prompts)
    samples = [
        sample for deck in bank.decks for info in deck.questions for sample in bank.samples(info.id)
    ]
    plain = Examiner(book)
    rows = [("key terms", judged(bank, samples, by(plain, "terms")))]
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as folder:
            engine = start(Path(sys.argv[1]), Path(folder))
            examiner = Examiner(book, engine)
            rows.append(
                (sys.argv[1].rpartition("/")[2], judged(bank, samples, by(examiner, "model")))
            )
            examiner.close()
    print(f"{len(samples)} sample answers\n")
    report(rows)


def start(model: Path, folder: Path) -> ModelEngine:
    """The model's process."""
    spec = ModelSpec(path=model, label_sets=LABEL_SETS)
    memory = ProbeMemory(folder / "engine.json")
    engine = ModelEngine(spec, log=folder / "engine.log", memory=memory)
    engine.start()
    return engine


def by(examiner: Examiner, grader: Choice) -> Grading:
    """A grading function."""
    return lambda question, sample: examiner.grade(
        question, sample.answer, sample.language, grader=grader
    )


def judged(bank: Bank, samples: Sequence[Sample], grade: Grading) -> dict[Part, list[Pair]]:
    """By part the pairs of the human's and the grader's verdict, one a point."""
    pairs: dict[Part, list[Pair]] = {}
    for sample in samples:
        found = grade(bank.question(sample.question), sample)
        new = [(sample.verdicts[point.id], point.verdict) for point in found.points]
        deck, aside = bank.info(sample.question).deck, "set aside" if sample.holdout else "seen"
        for part in ((deck, sample.language, aside), ("all", "all", aside)):
            pairs.setdefault(part, []).extend(new)
    return pairs


def report(rows: Sequence[tuple[str, dict[Part, list[Pair]]]]) -> None:
    """One row a part and grader, with the commonest verdict as the baseline."""
    lines: list[list[str]] = []
    for part in sorted(rows[0][1]):
        human = [wanted for wanted, _ in rows[0][1][part]]
        commonest = Counter(human).most_common(1)[0][0]
        base = [(wanted, commonest) for wanted in human]
        for name, pairs in [("always the commonest", base), *((n, p[part]) for n, p in rows)]:
            figures = (str(len(pairs)), f"{accuracy(pairs):.0%}", f"{kappa(pairs):.2f}")
            lines.append([*part, name, *figures])
    print_table(["deck", "language", "samples", "grader", "points", "accuracy", "kappa"], lines)


def accuracy(pairs: Sequence[Pair]) -> float:
    """The share of points with the human's verdict."""
    return sum(wanted is found for wanted, found in pairs) / len(pairs)


def kappa(pairs: Sequence[Pair]) -> float:
    """Cohen's kappa (1960): agreement beyond what the two would reach by chance."""
    count = len(pairs)
    human, grader = Counter(w for w, _ in pairs), Counter(f for _, f in pairs)
    chance = sum(human[v] * grader[v] for v in Verdict) / count**2
    return (accuracy(pairs) - chance) / (1 - chance) if chance < 1 else 0.0


if __name__ == "__main__":
    main()
