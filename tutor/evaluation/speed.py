"""Measures how fast a model is on this machine."""

from collections.abc import Callable

import psutil

from tutor.bank import Language, Question
from tutor.engine.api import Branch, Engine, Prompt, Segment
from tutor.grading.model_grader import ModelGrader
from tutor.models.measurements import MeasuredSpeed

LONG = "The quick brown fox jumps over the lazy dog. " * 60
WRITTEN = 48
"""How many tokens the model writes to measure its speed."""
Clock = Callable[[], float]


def measure_speed(
    engine: Engine,
    pid: int,
    model: ModelGrader,
    question: Question,
    language: Language,
    clock: Clock,
) -> MeasuredSpeed:
    """Measure a model; it grades the question's model answer in three states of preparation.

    `pid` is the id of the model's process. Raises `EngineError`.
    """
    answer = question.answer.to(language)
    prefill = _prefill_rate(engine, clock)
    generation = _generation_rate(engine, clock)
    cold = _timed(lambda: model.read(question, f"{answer} 1.", language), clock)
    model.read(question, "", language)
    opened = _timed(lambda: model.read(question, f"2. {answer}", language), clock)
    paused = _timed(lambda: model.read(question, f"2. {answer}", language), clock)
    memory = psutil.Process(pid).memory_info().rss
    return MeasuredSpeed(
        prefill=prefill,
        generation=generation,
        cold=cold,
        opened=opened,
        paused=paused,
        memory=memory,
    )


def _prefill_rate(engine: Engine, clock: Clock) -> float:
    """Tokens read per second, from a long prompt that is new to the model."""
    prompt = Prompt((Segment(LONG),), ())
    count = len(engine.tokens(prompt, Branch((), ())))
    return count / _timed(lambda: list(engine.generate(prompt, (), 1)), clock)


def _generation_rate(engine: Engine, clock: Clock) -> float:
    """Tokens written per second after the first, so that reading the prompt does not count."""
    prompt = Prompt((Segment("Tell a long story about the sea."),), ())
    times = [clock() for _ in engine.generate(prompt, (), WRITTEN)]
    return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0


def _timed(work: Callable[[], object], clock: Clock) -> float:
    start = clock()
    work()
    return clock() - start
