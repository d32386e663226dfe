"""Measures drafted rubrics on answers that people have graded, and compares points with people's.

`python -m bench.drafted FILE...` takes the same files as `bench.graded`. The scores are for the
half of each file's questions on which nothing was tuned (with `--tuning`, for the other half). With
`--model FILE --adapter FILE` the judge also grades `--sample N` answers of each file.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.graded import Sets, print_scores, scorers_without_model
from bench.shared import our_bank, our_prompts, print_table, running
from tutor.authoring.drafting import Drafter
from tutor.authoring.drafting.points import cut_into_points, without_marks
from tutor.bank import Bank
from tutor.evaluation import Scorer, by_model, halves, read_graded, some_of
from tutor.evaluation.graded_sets import GradedQuestion
from tutor.grading import Calibrations
from tutor.grading.model_grader import ModelGrader
from tutor.grading.text import is_word, tokens
from tutor.paths import find_paths


def main() -> None:
    """Print the tables."""
    options = _options()
    bank = our_bank()
    drafter = Drafter(_texts(bank))
    sets = {path.stem: read_graded(path) for path in options.files}
    _print_points(sets)
    half = 0 if options.tuning else 1
    drafted = {
        name: [_drafted(question, drafter) for question in halves(questions)[half]]
        for name, questions in sets.items()
    }
    scorers = scorers_without_model("drafted")
    print_scores(drafted, scorers)
    if options.model:
        _print_judged(options.model, options.adapter, options.sample, drafted, scorers)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.drafted")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--tuning", action="store_true")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--adapter", type=Path)
    parser.add_argument("--sample", type=int, default=40)
    return parser.parse_args()


def _texts(bank: Bank) -> Iterator[str]:
    """The bank's questions and answers in every language."""
    for deck in bank.decks:
        for info in deck.questions:
            question = bank.question(info.id)
            for text in (question.prompt, question.answer):
                yield from text.by_language().values()


def _drafted(graded: GradedQuestion, drafter: Drafter) -> GradedQuestion:
    """The question with a drafted rubric."""
    question = graded.question
    rubric = drafter.rubric(question.answer, question.prompt)
    return replace(graded, question=question.model_copy(update={"rubric": rubric, "drafted": True}))


def _print_points(sets: Sets) -> None:
    """Print how similar drafted points are to people's, for all questions that have both."""
    rows = []
    for name, questions in sets.items():
        with_points = [each for each in questions if each.answers[0].ref_items]
        for label, plain in (("as it is", False), ("without the marks in it", True)):
            if with_points:
                likeness = _likeness(with_points, plain=plain)
                rows.append([f"{name} ({len(with_points)})", label, *likeness])
    print_table(["set (questions)", "reference", "people's points", "drafted", "F1"], rows)
    print()


def _likeness(questions: Sequence[GradedQuestion], *, plain: bool) -> list[str]:
    """How many points people and we have, and the mean F1 of each with its best match."""
    theirs_count, ours_count, scores = 0, 0, list[float]()
    for question in questions:
        row = question.answers[0]
        reference = without_marks(row.reference) if plain else row.reference
        theirs = [_words(item.text) for item in row.ref_items if item.points > 0]
        ours = [_words(point) for point in cut_into_points(reference)]
        theirs_count, ours_count = theirs_count + len(theirs), ours_count + len(ours)
        scores += [max(_f1(one, other) for other in ours) for one in theirs]
        scores += [max(_f1(one, other) for other in theirs) for one in ours]
    return [str(theirs_count), str(ours_count), f"{sum(scores) / len(scores):.2f}"]


def _words(text: str) -> Counter[str]:
    return Counter(filter(is_word, tokens(text)))


def _f1(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def _print_judged(
    model: Path, adapter: Path, sample: int, sets: Sets, scorers: Mapping[str, Scorer]
) -> None:
    """Print the scores on a sample of the answers, with the judge."""
    samples = {name: some_of(each, sample, random.Random(0)) for name, each in sets.items()}
    with running(model, adapter=adapter) as engine:
        calibrations = Calibrations(find_paths({}).calibrations[1:])
        grader = ModelGrader(engine, our_prompts(), calibrations=calibrations)
        print()
        print_scores(samples, {**scorers, "drafted, the judge": by_model(grader)})


if __name__ == "__main__":
    main()
