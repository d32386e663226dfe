"""Measures how long a student waits for five verdicts by the real judge.

`python -m bench.answering MODEL.gguf ADAPTER.gguf` grades questions of our bank with five points;
the answers are their model answers, cut to `LENGTH` tokens. Run it on an idle machine.
"""

import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from statistics import median

from bench.shared import our_bank, our_prompts, print_table, running, seconds
from tutor.bank import Bank, Language, Question
from tutor.engine.api import Branch, Engine, Prompt, Segment
from tutor.grading.model_grader import ModelGrader

POINTS, LENGTH, QUESTIONS = 5, 115, 12
SHORTER = 10
"""How many tokens shorter an answer may be, since it is cut at a word."""


def main() -> None:
    """Print the table."""
    model, adapter = map(Path, sys.argv[1:3])
    bank = our_bank()
    with running(model, adapter=adapter) as engine:
        grader = ModelGrader(engine, our_prompts())
        times = [_times(grader, *case) for case in islice(_cases(bank, engine), QUESTIONS)]
    print_table(
        ["read before submitting", "median, s", "slowest, s"],
        [
            [state, f"{median([each[state] for each in times]):.2f}", f"{slowest:.2f}"]
            for state in times[0]
            for slowest in [max(each[state] for each in times)]
        ],
    )


def _cases(bank: Bank, engine: Engine) -> Iterator[tuple[Question, str, Language]]:
    """Questions with answers of about `LENGTH` tokens."""

    def count(words: list[str]) -> int:
        prompt = Prompt((Segment(" ".join(words)),), ())
        return len(engine.tokens(prompt, Branch((), ())))

    for question in map(bank.question, bank.question_ids):
        language = question.languages[0]
        words = question.answer.to(language).split()
        while count(words) > LENGTH:
            words.pop()
        if len(question.rubric) == POINTS and count(words) >= LENGTH - SHORTER:
            yield question, " ".join(words), language


def _times(
    grader: ModelGrader, question: Question, answer: str, language: Language
) -> Mapping[str, float]:
    """Seconds to the verdicts, in three states of preparation."""

    def timed(text: str) -> float:
        return seconds(lambda: grader.read(question, text, language))

    unprepared = timed(f"{answer} 1.")
    grader.read(question, "", language)
    return {
        "nothing": unprepared,
        "the question": timed(answer),
        "question and answer, after a pause": timed(answer),
    }


if __name__ == "__main__":
    main()
