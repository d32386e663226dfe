"""Checks that llama.cpp gives the same results with the written adapter as torch."""

import ctypes
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import llama_cpp
import torch

from bench.shared import running
from training.net import Judge
from training.rows import Row
from tutor.engine.api import Engine
from tutor.grading.prompt_forms import Form
from tutor.grading.signals import log_odds

PROMPTS = 50
TOLERANCE = 0.1
"""The largest difference in log-odds with 32-bit weights; llama.cpp has 16-bit keys and values."""


@dataclass(frozen=True)
class Agreement:
    """The largest differences of a point's log-odds of met to missed."""

    exact: float
    """On a copy of the base in 32 bits, where only the adapter's file can be wrong."""
    quantised: float
    """On the base as it is, whose activations llama.cpp rounds to 8 bits."""
    by_torch: tuple[float, ...]
    """The log-odds by torch."""

    @property
    def prompts(self) -> int:
        """How many were compared."""
        return len(self.by_torch)

    @property
    def holds(self) -> bool:
        """Whether the file contains what was trained."""
        return self.exact <= TOLERANCE


def agreement(
    judge: Judge, base: Path, adapter: Path, rows: Sequence[Row], form: Form, threads: int
) -> Agreement:
    """Grade some answers with torch and with llama.cpp. Raises `EngineError`."""
    trained: list[float] = []
    with torch.no_grad():
        for row in rows:
            logits = judge.logits(row.tree)
            trained += (logits[:, 0] - logits[:, 2]).tolist()

    def worst(model: Path) -> float:
        with running(model, adapter=adapter, threads=threads) as engine:
            odds = _odds(engine, form, rows)
        return max(abs(one - other) for one, other in zip(trained, odds, strict=True))

    with TemporaryDirectory() as folder:
        exact = worst(in_32_bits(base, Path(folder, "exact.gguf")))
    return Agreement(exact, worst(base), tuple(trained))


def write_odds(agreed: Agreement, rows: Sequence[Row], file: Path) -> None:
    """Write the results of torch, so that llama.cpp can be compared with them without torch."""
    odds = iter(agreed.by_torch)
    answers = [
        {
            "question": row.group.question.id,
            "language": row.group.language,
            "answer": sample.answer,
            "prompt": row.group.question.prompt.to(row.group.language),
            "points": [point.criterion(row.group.language) for point in row.group.question.rubric],
            "odds": [round(next(odds), 4) for _ in row.group.question.rubric],
        }
        for row in rows
        for sample in row.group.samples
    ]
    file.write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def in_32_bits(model: Path, copy: Path) -> Path:
    """Write a copy of the model with 32-bit weights."""
    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype, options.allow_requantize = llama_cpp.LLAMA_FTYPE_ALL_F32, True
    names = (str(model).encode(), str(copy).encode())
    silence = llama_cpp.llama_log_callback(lambda *_arguments: None)
    llama_cpp.llama_log_set(silence, None)
    failed = llama_cpp.llama_model_quantize(*names, ctypes.byref(options))
    llama_cpp.llama_log_set(llama_cpp.llama_log_callback(), None)
    if failed:
        raise OSError(f"{model} could not be copied in 32 bits")
    return copy


def _odds(engine: Engine, form: Form, rows: Sequence[Row]) -> list[float]:
    odds: list[float] = []
    for row in rows:
        for sample in row.group.samples:
            prompt = form.ask(row.group.question, row.group.language, sample.answer)
            odds += [log_odds(scored) for scored in engine.score(prompt.prompt, prompt.branches)]
    return odds
