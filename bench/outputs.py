"""What the judge makes of every point of a split's answers, computed once.

`python -m bench.outputs SPLIT BASE.gguf ADAPTER.gguf`. Appends what is missing to
`training/outputs/SPLIT.jsonl`, so an interrupted run continues when started again.
`bench.combine` reads it.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from pydantic import BaseModel

from bench.engine import running
from tutor.bank import Bank, Language, Question, Sample, Split, open_bank
from tutor.evaluation.verdicts import samples_of
from tutor.grading import PromptBook
from tutor.grading.prompt_forms import Form, FormName
from tutor.paths import find_paths

FOLDER = Path(__file__).parent.parent / "training/outputs"


class JudgedAnswer(BaseModel):
    """One answer and what the judge's labels say of it."""

    question: str
    language: Language
    answer: str
    """The first twelve hexadecimal digits of its SHA-256."""
    labels: list[tuple[float, float, float]]
    """By point the log-probabilities of met, partial and missed."""


def main() -> None:
    """Judge what is missing; questions one after the other, each read once."""
    split, base, adapter = cast("Split", sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    paths = find_paths({})
    bank = open_bank([paths.resources / "questions"], None)
    done = {(each.question, each.answer) for each in judged_answers(split)}
    FOLDER.mkdir(exist_ok=True)
    book = PromptBook(paths.prompts)
    with running(base, adapter=adapter) as engine, file_of(split).open("a") as file:
        form = Form(FormName.TRAINED, book, engine.wait_until_ready().label_set)
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
    """The answers of a split that have been judged so far."""
    if file_of(split).exists():
        for line in file_of(split).read_text(encoding="utf-8").splitlines():
            yield JudgedAnswer.model_validate_json(line)


def matched(bank: Bank, split: Split) -> Iterator[tuple[Question, Sample, JudgedAnswer]]:
    """The samples that were judged, each with what the judge found."""
    judged = {(each.question, each.answer): each for each in judged_answers(split)}
    for question, sample in samples_of(bank, split):
        if (found := judged.get((question.id, digest(sample.answer)))) is not None:
            yield question, sample, found


def digest(answer: str) -> str:
    """Names an answer."""
    return hashlib.sha256(answer.encode()).hexdigest()[:12]


def file_of(split: Split) -> Path:
    """The file with the outputs of a split."""
    return FOLDER / f"{split}.jsonl"


if __name__ == "__main__":
    main()
