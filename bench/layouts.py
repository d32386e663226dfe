"""Measures whether the judge's verdicts depend on how an answer is laid out.

`python -m bench.layouts MODEL.gguf [ADAPTER.gguf]` writes the same answers of the split `test` as
lists, in capitals, twice and so on, and prints for each layout how many points are graded as people
graded them, and how many marks the answers earn by kind. It takes ten minutes on two idle cores.
"""

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from bench.shared import our_bank, our_prompts, print_table, running
from tutor.bank import Bank, Language, Question, Sample
from tutor.grading import WORTH, Calibrations, Grade, GradingService, split_sentences
from tutor.paths import find_paths

KINDS = ("reversed", "partial", "wrong", "paraphrase")
EACH = 12
"""Answers of each kind."""
SEED = 42
HEADINGS: Mapping[Language, tuple[str, ...]] = {
    "de": ("Idee", "Grund", "Beispiel", "Folge", "Hinweis", "Grenzen"),
    "en": ("Idea", "Reason", "Example", "Result", "Note", "Limits"),
    "ru": ("Идея", "Причина", "Пример", "Итог", "Замечание", "Пределы"),
    "zh": ("思路", "原因", "例子", "结果", "注意", "局限"),
}
Layout = Callable[[Sequence[str], Language], str]


def _bare(sentences: Sequence[str]) -> list[str]:
    return [sentence.rstrip(".。") for sentence in sentences]


def _headed(sentences: Sequence[str], language: Language) -> str:
    headings = HEADINGS[language]
    return "\n".join(
        f"{headings[number % len(headings)]}: {sentence}"
        for number, sentence in enumerate(sentences)
    )


LAYOUTS: Mapping[str, Layout] = {
    "running text": lambda sentences, _: " ".join(sentences),
    "a line each": lambda sentences, _: "\n".join(sentences),
    "lines without full stops": lambda sentences, _: "\n".join(_bare(sentences)),
    "bullets": lambda sentences, _: "\n".join(f"- {each}" for each in _bare(sentences)),
    "1. 2. 3.": lambda sentences, _: "\n".join(
        f"{number}. {each}" for number, each in enumerate(sentences, 1)
    ),
    "1) 2) 3) on one line": lambda sentences, _: " ".join(
        f"{number}) {each}" for number, each in enumerate(_bare(sentences), 1)
    ),
    "headings": _headed,
    "semicolons": lambda sentences, _: "; ".join(_bare(sentences)),
    "small letters": lambda sentences, _: " ".join(sentences).lower(),
    "capitals": lambda sentences, _: " ".join(sentences).upper(),
    "exclamation marks": lambda sentences, _: " ".join(f"{each}!" for each in _bare(sentences)),
    "said twice": lambda sentences, _: "\n".join((" ".join(sentences),) * 2),
}


def main() -> None:
    """Print the table."""
    bank = our_bank()
    chosen = list(_chosen(bank))
    adapter = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with running(Path(sys.argv[1]), adapter=adapter) as engine:
        grading = GradingService(
            our_prompts(),
            engine,
            bank=lambda: bank,
            calibrations=Calibrations(find_paths({}).calibrations[1:]),
            feedback=False,
        )
        rows = []
        for name, layout in LAYOUTS.items():
            grades = [
                grading.grade(
                    question,
                    layout(split_sentences(sample.answer), sample.language),
                    sample.language,
                )
                for question, sample in chosen
            ]
            rows.append([name, *_figures(chosen, grades)])
    by_people = [_marks(question, sample) for question, sample in chosen]
    rows.append(["(people)", "", *_by_kind(chosen, by_people)])
    print_table(["layout", "points right", *KINDS], rows)


def _chosen(bank: Bank) -> list[tuple[Question, Sample]]:
    chance = random.Random(SEED)
    longer = [
        (bank.question(id_), sample)
        for id_ in bank.question_ids
        for sample in bank.samples(id_)
        if sample.split == "test" and len(split_sentences(sample.answer)) > 1
    ]
    return [
        each
        for kind in KINDS
        for each in chance.sample([each for each in longer if each[1].kind == kind], EACH)
    ]


def _figures(chosen: Sequence[tuple[Question, Sample]], grades: Sequence[Grade]) -> list[str]:
    right = [
        point.verdict is sample.verdicts[point.id]
        for (_, sample), grade in zip(chosen, grades, strict=True)
        for point in grade.points
    ]
    return [f"{fmean(right):.2f}", *_by_kind(chosen, [grade.score for grade in grades])]


def _by_kind(chosen: Sequence[tuple[Question, Sample]], marks: Sequence[float]) -> list[str]:
    return [
        f"{fmean(mark for (_, s), mark in zip(chosen, marks, strict=True) if s.kind == kind):.2f}"
        for kind in KINDS
    ]


def _marks(question: Question, sample: Sample) -> float:
    """The share of full marks by people's verdicts."""
    earned = sum(point.weight * WORTH[sample.verdicts[point.id]] for point in question.rubric)
    return earned / question.weight


if __name__ == "__main__":
    main()
