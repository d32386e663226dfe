"""Compares prompt forms by how well they separate met points from missed ones.

`python -m bench.forms MODEL.gguf [ANSWERS]` compares, on sample answers for calibrating, points by
number and in full, verdict first and evidence first, with and without the prior of an empty answer.
The measure is the correlation with the human verdict (met 1, partial 0.5, missed 0), over all
points and centred within each question.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bench.shared import our_bank, our_prompts, print_table, running
from tutor.bank import Question, Sample
from tutor.engine.api import Ask, Branch, Engine, Scored
from tutor.evaluation.statistics import centred_pearson, pearson
from tutor.evaluation.verdicts import samples_of
from tutor.grading import WORTH, PromptBook
from tutor.grading.prompt_forms import Form, FormName, GradingPrompt
from tutor.grading.signals import log_odds

SEED, ANSWERS = 1, 60
Points = dict[str, list[tuple[float, float]]]
"""The worth of each point's human verdict with the form's figure, by question."""


def main() -> None:
    """Print the table."""
    bank = our_bank()
    pairs = samples_of(bank, "calibrate")
    random.Random(SEED).shuffle(pairs)
    count = int(sys.argv[2]) if len(sys.argv) > 2 else ANSWERS
    with running(Path(sys.argv[1])) as engine:
        report(measure(engine, our_prompts(), pairs[:count]))


def measure(
    engine: Engine, prompts: PromptBook, pairs: Sequence[tuple[Question, Sample]]
) -> dict[str, Points]:
    """The results of every form for every point."""
    label_set = engine.wait_until_ready().label_set
    forms = [Form(name, prompts, label_set) for name in FormName]
    results: dict[str, Points] = {}
    for done, (question, sample) in enumerate(sorted(pairs, key=lambda pair: pair[0].id), 1):
        print(f"{done} of {len(pairs)}", file=sys.stderr, flush=True)
        human = [WORTH[sample.verdicts[point.id]] for point in question.rubric]
        for form in forms:
            for name, values in figures(engine, form, question, sample):
                points = results.setdefault(name, {}).setdefault(question.id, [])
                points += zip(human, values, strict=True)
    return results


def figures(
    engine: Engine, form: Form, question: Question, sample: Sample
) -> Iterator[tuple[str, list[float]]]:
    """Each variant of a form, with its figure for every point."""
    answered = form.ask(question, sample.language, sample.answer)
    nothing = form.ask(question, sample.language, "")
    scores = engine.score(answered.prompt, answered.branches)
    empty = engine.score(nothing.prompt, nothing.branches)
    yield f"{form.name.value}, raw", [log_odds(one) for one in scores]
    pairs = list(zip(scores, empty, strict=True))
    yield f"{form.name.value}, less the prior", [log_odds(a) - log_odds(b) for a, b in pairs]
    if form.name is FormName.SINGLE:
        gains = [(a.likelihood or 0) - (b.likelihood or 0) for a, b in pairs]
        yield "likelihood gain of the point", gains
    elif form.name is FormName.LISTED and len(answered.sentences) > 1:
        second = engine.score(answered.prompt, evidence_first(engine, answered))
        yield "listed, evidence first, raw", [log_odds(one) for one in second]
    elif form.name is FormName.LISTED:
        yield "listed, evidence first, raw", [log_odds(one) for one in scores]


def evidence_first(engine: Engine, asked: GradingPrompt) -> list[Branch]:
    """The branches of a second round, with the likeliest sentence before the verdict."""
    turned = [
        replace(branch, asks=(Ask(branch.asks[1].labels, f"{branch.asks[0].opening} ["),))
        for branch in asked.branches
    ]
    scored = engine.score(asked.prompt, turned)
    return [
        replace(
            branch,
            asks=(Ask(branch.asks[0].labels, f"{turn.asks[0].opening}{likeliest(one)}]"),),
        )
        for branch, turn, one in zip(asked.branches, turned, scored, strict=True)
    ]


def likeliest(scored: Scored) -> str:
    """The label with the highest probability."""
    (distribution,) = scored.distributions
    chances = distribution.log_probabilities
    return distribution.labels[max(range(len(chances)), key=chances.__getitem__)]


def report(results: dict[str, Points]) -> None:
    """Print a row for each form."""
    rows: list[list[str]] = []
    for name, by_question in results.items():
        groups = list(by_question.values())
        every = [pair for group in groups for pair in group]
        figures = (f"{pearson(every):.2f}", f"{centred_pearson(groups):.2f}")
        rows.append([name, str(len(every)), *figures])
    print_table(["form", "points", "r", "r within questions"], rows)


if __name__ == "__main__":
    main()
