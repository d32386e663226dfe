"""Prompts, and a reference to compare their scores with.

The reference decodes the same tokens as one sequence with llama-cpp-python's high-level class.
"""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import llama_cpp
import numpy as np
import pytest

from tests.engine.conftest import LABELS
from tests.support.models import CONTEXT
from tutor.engine.api import Ask, Branch, Engine, Prompt, Scored, Segment

TOLERANCE = 0.03
"""In natural logarithms; attention over 16-bit caches alone differs by up to a third of this."""
SYSTEM = (Segment("You are an examiner.", trusted=True),)
QUESTION = (Segment("Question: ", trusted=True), Segment("was ist ein Modell? 什么是模型？"))
ANSWER = "Ein Modell ist eine Funktion. Это функция. 它是函数。 "
LONG = ANSWER * 6


def prompt(answer: str, question: tuple[Segment, ...] = QUESTION) -> Prompt:
    return Prompt(SYSTEM, question, (Segment("\nAnswer: ", trusted=True), Segment(answer)))


def branches(count: int = 5) -> tuple[Branch, ...]:
    texts = (f"\nPoint {n}: {'word ' * n}is stated?" for n in range(count))
    return tuple(Branch((Segment(text),), (Ask(LABELS),)) for text in texts)


def assert_as_alone(
    engine: Engine, text: Prompt, count: int = 5, model: Path | None = None
) -> None:
    """Assert that branches scored together equal the same branches computed one by one.

    With the engine's model, unless another is given.
    """
    asked, file = branches(count), model or Path(engine.wait_until_ready(0).path)
    assert_scored_as_alone(file, text, asked, engine.score(text, asked))


def assert_scored_as_alone(
    model: Path, text: Prompt, asked: Sequence[Branch], scores: Sequence[Scored]
) -> None:
    """Assert that the first ask of each branch got what it gets computed by itself."""
    for branch, result in zip(asked, scores, strict=True):
        distribution = result.distributions[0]
        assert distribution.labels == branch.asks[0].labels
        assert 0 < distribution.mass <= 1
        assert distribution.log_probabilities == pytest.approx(
            log_probabilities(model, text, branch), abs=TOLERANCE
        )


@lru_cache(maxsize=4)
def _load(path: Path) -> llama_cpp.Llama:
    return llama_cpp.Llama(str(path), n_ctx=CONTEXT, n_threads=1, n_threads_batch=1, verbose=False)


def tokens(path: Path, prompt: Prompt, branch: Branch) -> list[int]:
    """ChatML written by hand: trusted text with control tokens, untrusted text as plain text."""
    return [
        *_turn(path, prompt, branch.tail),
        *_tokens(path, "<|im_end|>\n<|im_start|>assistant\n", special=True),
        *_tokens(path, branch.asks[0].opening, special=False),
    ]


def log_probabilities(path: Path, prompt: Prompt, branch: Branch) -> list[float]:
    """Over the labels of the branch's first ask, with nothing reused from earlier calls."""
    vocabulary = _after(path, tuple(tokens(path, prompt, branch)))
    labels = [_tokens(path, label, special=False)[0] for label in branch.asks[0].labels]
    chosen = vocabulary[labels]
    return [float(x) for x in chosen - np.logaddexp.reduce(chosen)]


def likelihood(path: Path, prompt: Prompt, branch: Branch) -> float:
    """The mean log-probability of the tail's one untrusted text, evaluated token by token."""
    (at,) = (index for index, segment in enumerate(branch.tail) if not segment.trusted)
    text = _tokens(path, branch.tail[at].text, special=False)
    _clear(path)
    _load(path).eval(_turn(path, prompt, branch.tail[:at]))
    total = 0.0
    for token in text:
        total += float(_log_probabilities(path)[token])
        _load(path).eval([token])
    return total / len(text)


def _turn(path: Path, prompt: Prompt, tail: Sequence[Segment]) -> list[int]:
    return [
        *_tokens(path, "<|im_start|>system\n", special=True),
        *_each(path, prompt.system),
        *_tokens(path, "<|im_end|>\n<|im_start|>user\n", special=True),
        *_each(path, (*prompt.prefix, *prompt.body, *tail)),
    ]


def _each(path: Path, segments: Sequence[Segment]) -> list[int]:
    return [
        token
        for segment in segments
        for token in _tokens(path, segment.text, special=segment.trusted)
    ]


def _tokens(path: Path, text: str, *, special: bool) -> list[int]:
    return list(_load(path).tokenize(text.encode(), add_bos=False, special=special))


@lru_cache(maxsize=256)
def _after(path: Path, evaluated: tuple[int, ...]) -> "np.typing.NDArray[np.float64]":
    """The log-probabilities after these tokens, with nothing reused."""
    _clear(path)
    _load(path).eval(evaluated)
    return _log_probabilities(path)


def _clear(path: Path) -> None:
    model = _load(path)
    model.n_tokens = 0
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(model.ctx), True)


def _log_probabilities(path: Path) -> "np.typing.NDArray[np.float64]":
    """Of every token of the vocabulary as the next token."""
    model = _load(path)
    pointer = llama_cpp.llama_get_logits_ith(model.ctx, -1)
    logits = np.ctypeslib.as_array(pointer, shape=(model.n_vocab(),)).astype(np.float64)
    return np.asarray(logits - np.logaddexp.reduce(logits), np.float64)
