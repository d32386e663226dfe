"""Computes and stores the judge's outputs for every point of a split's answers.

`python -m bench.outputs SPLIT BASE.gguf ADAPTER.gguf` appends what is missing to
`training/outputs/SPLIT.jsonl`, so an interrupted run can be continued. `bench.combine` reads it.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from pydantic import BaseModel

from bench.shared import our_bank, running, trained_form
from tutor.bank import Bank, Language, Question, Sample, Split
from tutor.evaluation.verdicts import samples_of

FOLDER = Path(__file__).parent.parent / "training/outputs"


class JudgedAnswer(BaseModel):
    """The judge's outputs for one answer."""

    question: str
    language: Language
    answer: str
    """The first twelve hexadecimal digits of its SHA-256."""
    labels: list[tuple[float, float, float]]
    """For every point, the log-probabilities of met, partial and missed."""


def main() -> None:
    """Grade what is missing, question by question, so that each is read once."""
    split, base, adapter = cast("Split", sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    bank = our_bank()
    done = {(each.question, each.answer) for each in judged_answers(split)}
    FOLDER.mkdir(exist_ok=True)
    with running(base, adapter=adapter) as engine, file_of(split).open("a") as file:
        form = trained_form(engine)
        for question, sample in samples_of(bank, split):
            name = digest(sample.answer)
            if (question.id, name) in done:
                continue
            asked = form.ask(question, sample.language, sample.answer)
            scores = engine.score(asked.prompt, asked.branches)
            chances = (one.distributions[0].log_probabilities for one in scores)
            labels = [[round(chance, 4) for chance in point] for point in chances]
            row = {"question": question.id, "language": sample.language, "answer": name}
            file.write(json.dumps(row | {"labels": labels}) + "\n")
            file.flush()


def judged_answers(split: Split) -> Iterator[JudgedAnswer]:
    """The stored outputs of a split."""
    if file_of(split).exists():
        for line in file_of(split).read_text(encoding="utf-8").splitlines():
            yield JudgedAnswer.model_validate_json(line)


def matched(bank: Bank, split: Split) -> Iterator[tuple[Question, Sample, JudgedAnswer]]:
    """The samples with stored outputs, each with its question."""
    judged = {(each.question, each.answer): each for each in judged_answers(split)}
    for question, sample in samples_of(bank, split):
        outputs = judged.get((question.id, digest(sample.answer)))
        if outputs is not None:
            yield question, sample, outputs


def digest(answer: str) -> str:
    """The name of an answer in the file."""
    return hashlib.sha256(answer.encode()).hexdigest()[:12]


def file_of(split: Split) -> Path:
    """The file with the outputs of a split."""
    return FOLDER / f"{split}.jsonl"


if __name__ == "__main__":
    main()
