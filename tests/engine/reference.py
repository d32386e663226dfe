"""The same tokens decoded alone, one sequence, by llama-cpp-python's own high-level class."""

from functools import lru_cache
from pathlib import Path

import llama_cpp
import numpy as np

from tests.support.models import CONTEXT
from tutor.engine import Branch, Prompt, Segment

TOLERANCE = 0.03
"""In natural logarithms; attention over 16-bit caches differs by up to a third of it."""


@lru_cache(maxsize=4)
def _load(path: Path) -> llama_cpp.Llama:
    return llama_cpp.Llama(str(path), n_ctx=CONTEXT, n_threads=2, verbose=False)


def tokens(path: Path, prompt: Prompt, branch: Branch) -> list[int]:
    """ChatML written out by hand: our text as control tokens, theirs as plain text."""
    model = _load(path)

    def trusted(text: str) -> list[int]:
        return model.tokenize(text.encode(), add_bos=False, special=True)

    def each(segments: tuple[Segment, ...]) -> list[int]:
        return [
            token
            for segment in segments
            for token in model.tokenize(
                segment.text.encode(), add_bos=False, special=segment.trusted
            )
        ]

    return [
        *trusted("<|im_start|>system\n"),
        *each(prompt.system),
        *trusted("<|im_end|>\n<|im_start|>user\n"),
        *each(prompt.prefix),
        *each(prompt.body),
        *each(branch.tail),
        *trusted("<|im_end|>\n<|im_start|>assistant\n"),
        *model.tokenize(branch.asks[0].opening.encode(), add_bos=False, special=False),
    ]


def log_probabilities(path: Path, prompt: Prompt, branch: Branch) -> list[float]:
    """Over the labels of the branch's first ask, after evaluating everything from nothing."""
    model = _load(path)
    model.n_tokens = 0
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(model.ctx), True)
    model.eval(tokens(path, prompt, branch))
    pointer = llama_cpp.llama_get_logits_ith(model.ctx, -1)
    logits = np.ctypeslib.as_array(pointer, shape=(model.n_vocab(),)).astype(np.float64)
    labels = [
        model.tokenize(label.encode(), add_bos=False, special=False)[0]
        for label in branch.asks[0].labels
    ]
    chosen = logits[labels]
    top = chosen.max()
    return [float(x) for x in chosen - top - np.log(np.exp(chosen - top).sum())]
