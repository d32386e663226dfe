"""Measures the time from submitting to all verdicts, compared with generating a JSON object.

The model has the shape of 1.5B with random weights, and two threads. The prompt has five points of
24 tokens each and about 380 tokens in all, the answer about 115. Only the engine is timed, with the
same child, context and threads for every row. The floor of a row is the number of tokens left to
evaluate, divided by the rate at which this model evaluates a long prompt in the same run. No
program reaches that rate for a few tokens, since every decode reads all weights once. So the last
column compares with the time that as many tokens of plain text take in one decode after the same
prompt.
"""

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.big_model import write_big_model
from bench.shared import print_table, running
from tutor.engine.api import Ask, Branch, Prompt, Segment
from tutor.engine.client import ModelEngine

ROUNDS = 3
LABELS = (" yes", " partial", " no")
DIGITS = ("1", "2", "3", "4", "5")
JSON_TOKENS, ANSWER, SYSTEM, QUESTION, POINT, POINTS = 160, 115, 110, 130, 24, 5
PROBED = 512
"""The tokens of the prompt that measures the rate of evaluation."""
FOOT, ASKED, STATED = 5, 4, 45
"""The tokens of the chat frame after the answer, of a point by number with its evidence, and of a
point in full."""


@dataclass(frozen=True)
class Way:
    """A way of asking: one row, with the number of tokens left to evaluate on submitting."""

    name: str
    run: Callable[[int], float]
    left: int = 0


def filler(count: int, salt: int) -> str:
    """Text of `count` tokens: in the random vocabulary almost every byte is a token."""
    return "".join(random.Random(salt).choices("qzxvkjbw", k=count))


def prompt(salt: int, answer: str) -> Prompt:
    """The prompt of a new question with its points, of which nothing is cached."""
    return Prompt(
        system=(Segment(filler(SYSTEM, salt), trusted=True),),
        prefix=(Segment(filler(QUESTION + POINTS * POINT, salt + 1)),),
        body=(Segment(answer),),
    )


def listed() -> tuple[Branch, ...]:
    """A branch for each point by number, with verdict and evidence."""
    return tuple(
        Branch((), (Ask(LABELS, f"{number}:"), Ask(DIGITS, " yes [")))
        for number in range(1, POINTS + 1)
    )


def single() -> tuple[Branch, ...]:
    """A branch for each point in full, with its likelihood measured."""
    return tuple(
        Branch((Segment(filler(STATED - FOOT - 2, n)),), (Ask(LABELS, "n:"),), measured=True)
        for n in range(POINTS)
    )


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        model = write_big_model(Path(folder, "big.gguf"))
        with running(model, (LABELS,)) as engine:
            measure(engine)


def measure(engine: ModelEngine) -> None:
    """Time all ways, in turn."""
    answer = filler(ANSWER, 5)
    short = FOOT + POINTS * ASKED
    ways = (
        Way(f"one JSON object of {JSON_TOKENS} tokens, generated", lambda n: generated(engine, n)),
        Way(
            "points by number; nothing typed before submitting",
            lambda n: judged(engine, n, answer, ""),
            ANSWER + short,
        ),
        Way(
            "points by number; answer read ahead",
            lambda n: judged(engine, n, answer, answer),
            short,
        ),
        Way(
            "points by number; scored ahead, after a pause in typing",
            lambda n: judged(engine, n, answer, answer, ahead_too=True),
        ),
        Way(
            "points in full, with their likelihood; answer read ahead",
            lambda n: judged(engine, n, answer, answer, single()),
            FOOT + POINTS * STATED,
        ),
        Way("feedback's first word after the verdicts", lambda n: first_word(engine, n, answer)),
    )
    times: dict[str, list[float]] = {way.name: [] for way in ways}
    rates: list[float] = []
    plain: dict[int, list[float]] = {way.left: [] for way in ways if way.left}
    for turn in range(ROUNDS):
        rates.append(rate(engine, 1000 * turn))
        for tokens, results in plain.items():
            results.append(one_decode(engine, 1000 * turn + tokens, tokens))
        for index, way in enumerate(ways):
            times[way.name].append(way.run(100 * turn + 10 * index))
    tokens_a_second = median(rates)
    print(f"evaluates {tokens_a_second:.0f} tokens a second\n")
    base = median(times[ways[0].name])
    rows: list[list[str]] = []
    for way in ways:
        took = median(times[way.name])
        floor = way.left / tokens_a_second
        over = f"{took / floor:.2f}" if floor else "–"
        left = str(way.left) if floor else "–"
        alone = f"{took / median(plain[way.left]):.2f}" if floor else "–"
        rows.append([way.name, f"{took:.2f}", f"{base / took:.1f}", left, over, alone])
    print_table(
        ["submit to the result", "s", "times faster", "tokens left", "times floor", "one decode"],
        rows,
    )


def rate(engine: ModelEngine, salt: int) -> float:
    """Tokens per second for a long prompt."""
    asked = Prompt((Segment(filler(PROBED, salt + 3), trusted=True),), ())
    start = time.perf_counter()
    engine.score(asked, (Branch((), (Ask(LABELS, "1:"),)),))
    return PROBED / (time.perf_counter() - start)


def one_decode(engine: ModelEngine, salt: int, tokens: int) -> float:
    """Seconds for `tokens` tokens of plain text after a cached prompt."""
    held = prompt(salt, filler(ANSWER, 7))
    engine.score(held, (Branch((), (Ask(LABELS, "9:"),)),))
    text = Branch((Segment(filler(max(1, tokens - FOOT - 2), salt)),), (Ask(LABELS, "1:"),))
    start = time.perf_counter()
    engine.score(held, (text,))
    return time.perf_counter() - start


def generated(engine: ModelEngine, salt: int) -> float:
    """Seconds to evaluate everything and generate JSON_TOKENS tokens."""
    start = time.perf_counter()
    count = sum(1 for _ in engine.generate(prompt(salt, filler(ANSWER, 9)), (), JSON_TOKENS))
    took = time.perf_counter() - start
    print(f"  generated {count} pieces in {took:.1f} s", flush=True)
    return took


def judged(
    engine: ModelEngine,
    salt: int,
    answer: str,
    typed: str,
    branches: tuple[Branch, ...] | None = None,
    *,
    ahead_too: bool = False,
) -> float:
    """Seconds for verdicts on five points; `typed` was read ahead and, with `ahead_too`, scored."""
    asked = branches or listed()
    engine.score(prompt(salt, typed), asked if ahead_too else asked[:1])
    start = time.perf_counter()
    engine.score(prompt(salt, answer), asked)
    return time.perf_counter() - start


def first_word(engine: ModelEngine, salt: int, answer: str) -> float:
    """Seconds from the verdicts to the first generated word; the tail has 45 tokens."""
    engine.score(prompt(salt, answer), listed())
    start = time.perf_counter()
    pieces = engine.generate(prompt(salt, answer), (Segment(filler(38, 2), trusted=True),), 3, "go")
    next(iter(pieces), "")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
