"""Whether llama.cpp finds with the written adapter what torch found while training it."""

import ctypes
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import llama_cpp
import torch

from bench.engine import running
from training.examples import Example
from training.net import Judge
from training.packing import Packed
from tutor.engine import Engine
from tutor.grading.forms import Form
from tutor.grading.signals import log_odds

PROMPTS = 50
TOLERANCE = 0.1
"""In log-odds, on weights of 32 bits: llama.cpp keeps keys and values in 16 bits."""


@dataclass(frozen=True)
class Agreement:
    """The largest difference of a point's log-odds."""

    prompts: int
    exact: float
    """On a copy of the base in 32 bits, where nothing but the adapter's file could be wrong."""
    quantised: float
    """On the base as it is, whose activations llama.cpp rounds to 8 bits."""
    by_torch: tuple[tuple[Example, tuple[float, ...]], ...]
    """Answers, and by point the log-odds that torch found."""

    @property
    def holds(self) -> bool:
        """Whether the file says what was trained."""
        return self.exact <= TOLERANCE


def agreement(
    judge: Judge,
    base: Path,
    adapter: Path,
    answers: Sequence[tuple[Example, Packed]],
    form: Form,
    threads: int,
) -> Agreement:
    """Judge some answers by torch and by llama.cpp. Raises `EngineError`."""
    with torch.no_grad():
        odds = [tuple(judge.log_odds([packed]).tolist()) for _, packed in answers]
    trained = [value for each in odds for value in each]
    examples = [example for example, _ in answers]
    with TemporaryDirectory() as folder:
        exact = in_32_bits(base, Path(folder, "exact.gguf"))
        worst: list[float] = []
        for model in (exact, base):
            with running(model, adapter=adapter, threads=threads) as engine:
                found = _found(engine, form, examples)
            pairs = zip(trained, found, strict=True)
            worst.append(max(abs(one - other) for one, other in pairs))
    return Agreement(len(trained), worst[0], worst[1], tuple(zip(examples, odds, strict=True)))


def write_odds(found: Agreement, file: Path) -> None:
    """What torch found, so that llama.cpp can be compared with it where there is no torch."""
    told = [
        {
            "question": example.question.id,
            "language": example.language,
            "answer": example.answer,
            "prompt": example.question.prompt.to(example.language),
            "points": [point.criterion(example.language) for point in example.question.rubric],
            "odds": [round(value, 4) for value in odds],
        }
        for example, odds in found.by_torch
    ]
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def in_32_bits(model: Path, copy: Path) -> Path:
    """The same weights in 32 bits, in a file of their own."""
    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype, options.allow_requantize = llama_cpp.LLAMA_FTYPE_ALL_F32, True
    names = (str(model).encode(), str(copy).encode())
    silence = llama_cpp.llama_log_callback(lambda *_told: None)
    llama_cpp.llama_log_set(silence, None)
    failed = llama_cpp.llama_model_quantize(*names, ctypes.byref(options))
    llama_cpp.llama_log_set(llama_cpp.llama_log_callback(), None)
    if failed:
        raise OSError(f"{model} could not be copied in 32 bits")
    return copy


def _found(engine: Engine, form: Form, examples: Sequence[Example]) -> list[float]:
    odds: list[float] = []
    for example in examples:
        asked = form.ask(example.question, example.language, example.answer)
        odds += [log_odds(scored) for scored in engine.score(asked.prompt, asked.branches)]
    return odds
