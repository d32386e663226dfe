"""A reference: the same tokens decoded as one sequence by llama-cpp-python's high-level class."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import llama_cpp
import numpy as np

from tests.support.models import CONTEXT
from tutor.engine.api import Branch, Prompt, Segment

TOLERANCE = 0.03
"""In natural logarithms; attention over 16-bit caches alone differs by up to a third of this."""


@lru_cache(maxsize=4)
def _load(path: Path) -> llama_cpp.Llama:
    return llama_cpp.Llama(str(path), n_ctx=CONTEXT, n_threads=1, verbose=False)


def tokens(path: Path, prompt: Prompt, branch: Branch) -> list[int]:
    """ChatML written by hand: trusted text with control tokens, untrusted text as plain text."""
    return [
        *_turn(path, prompt, branch.tail),
        *_tokens(path, "<|im_end|>\n<|im_start|>assistant\n", special=True),
        *_tokens(path, branch.asks[0].opening, special=False),
    ]


def log_probabilities(path: Path, prompt: Prompt, branch: Branch) -> list[float]:
    """Over the labels of the branch's first ask, with nothing reused from earlier calls."""
    vocabulary = _log_probabilities(path, tokens(path, prompt, branch))
    labels = [_tokens(path, label, special=False)[0] for label in branch.asks[0].labels]
    chosen = vocabulary[labels]
    return [float(x) for x in chosen - np.logaddexp.reduce(chosen)]


def likelihood(path: Path, prompt: Prompt, branch: Branch) -> float:
    """The mean log-probability of the tail's one untrusted text, each token computed separately."""
    (at,) = (index for index, segment in enumerate(branch.tail) if not segment.trusted)
    before = _turn(path, prompt, branch.tail[:at])
    text = _tokens(path, branch.tail[at].text, special=False)
    values = (_log_probabilities(path, before + text[:n])[token] for n, token in enumerate(text))
    return float(sum(values)) / len(text)


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


def _log_probabilities(path: Path, evaluated: list[int]) -> "np.typing.NDArray[np.float64]":
    """Of every token of the vocabulary as the next token."""
    model = _load(path)
    model.n_tokens = 0
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(model.ctx), True)
    model.eval(evaluated)
    pointer = llama_cpp.llama_get_logits_ith(model.ctx, -1)
    logits = np.ctypeslib.as_array(pointer, shape=(model.n_vocab(),)).astype(np.float64)
    return np.asarray(logits - np.logaddexp.reduce(logits), np.float64)
