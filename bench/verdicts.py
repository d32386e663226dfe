"""Submit to all verdicts, against one generated JSON object by the same model.

A random-weight model of 1.5B shape, two threads; a prompt of about 380 tokens with five points of
24 each, an answer of about 115. In the generated case the points stand in the prompt. What is timed
is the engine alone: the same child, context and threads for every row.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.big_model import write_big_model
from bench.table import median, print_table
from tutor.engine import Branch, ProbeMemory, Prompt, Segment
from tutor.engine.handle import ModelEngine, ModelSpec

ROUNDS = 3
LABELS = ("yes", "partial", "no")
JSON_TOKENS, ANSWER, SYSTEM, QUESTION, POINT = 160, 115, 110, 150, 24
POINTS = 5


def filler(count: int, salt: int) -> str:
    """So many tokens of text: in the random vocabulary a byte is a token, but for a few words."""
    letters = "qzxvkjbw"
    return "".join(letters[(i * 7 + salt * 3 + i // 5) % len(letters)] for i in range(count))


def prompt(salt: int, answer: str) -> Prompt:
    """A question nobody has asked before, so that nothing of it is held."""
    return Prompt(
        system=(Segment(filler(SYSTEM, salt), trusted=True),),
        prefix=(Segment(filler(QUESTION, salt + 1)),),
        body=(Segment(answer),),
    )


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        model = write_big_model(Path(folder, "big.gguf"))
        engine = ModelEngine(
            ModelSpec(path=model, label_sets=(LABELS,), threads=2),
            log=Path(folder, "engine.log"),
            memory=ProbeMemory(Path(folder, "engine.json")),
        )
        engine.start()
        try:
            info = engine.wait_until_ready()
            measure(engine)
            print(f"\nprefill while probing: {info.prefill_rate:.0f} tokens a second")
        finally:
            engine.close()


def measure(engine: ModelEngine) -> None:
    """Time the four ways, in turn."""
    answer = filler(ANSWER, 5)
    ways: dict[str, Callable[[int], float]] = {
        f"one JSON object of {JSON_TOKENS} tokens, generated": lambda n: generated(engine, n),
        "five verdicts, nothing prepared": lambda n: judged(engine, n, answer, None),
        "five verdicts, question read ahead": lambda n: judged(engine, n, answer, ""),
        "five verdicts, answer read ahead too": lambda n: judged(engine, n, answer, answer),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS):
        for index, (name, way) in enumerate(ways.items()):
            times[name].append(way(100 * turn + 10 * index))
    base = median(next(iter(times.values())))
    print_table(
        ["submit to the result", "s", "times faster"],
        [[n, f"{median(t):.2f}", f"{base / median(t):.1f}"] for n, t in times.items()],
    )


def generated(engine: ModelEngine, salt: int) -> float:
    """Everything evaluated afresh, then so many tokens one after the other."""
    tail = (Segment(filler(POINTS * POINT, salt)),)
    start = time.perf_counter()
    count = sum(1 for _ in engine.generate(prompt(salt, filler(ANSWER, 9)), tail, JSON_TOKENS))
    took = time.perf_counter() - start
    print(f"  generated {count} pieces in {took:.1f} s", flush=True)
    return took


def judged(engine: ModelEngine, salt: int, answer: str, ahead: str | None) -> float:
    """Verdicts on five points; `ahead` is what had been typed before submitting."""
    if ahead is not None:
        engine.score(prompt(salt, ahead), branches(1))
    start = time.perf_counter()
    engine.score(prompt(salt, answer), branches(POINTS))
    return time.perf_counter() - start


def branches(count: int) -> tuple[Branch, ...]:
    """Points with the sixteen tokens that go with each, less the eight that bytes are too many."""
    return tuple(Branch((Segment(filler(POINT + 8, n)),), LABELS) for n in range(count))


if __name__ == "__main__":
    main()
