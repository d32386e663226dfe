"""Answers in tokens: all points of one answer behind what they have in common, in one sequence.

Every token sees what its own branch says before it and nothing of the other branches, at the
positions it would have there, as in the tutor's engine. So a question and an answer are evaluated
once for all points, and what is found on each branch is what it would be alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.examples import Example
from tutor.engine import Ask, Branch, Engine, Prompt
from tutor.grading.forms import LABEL_SETS, Form

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Packed:
    """One answer: what all branches begin with, then the rest of each."""

    ids: Ids
    shared: int
    """Tokens that all branches begin with."""
    ends: tuple[int, ...]
    """Where each branch ends: the index behind its last token."""
    worths: tuple[float, ...] = ()
    """As in `Example`."""
    weights: tuple[float, ...] = ()
    """Of the points, where `worths` is one share for them together; else empty."""

    @property
    def starts(self) -> tuple[int, ...]:
        """Where the rest of each branch begins."""
        return (self.shared, *self.ends[:-1])

    @property
    def positions(self) -> Ids:
        """Of every token in its own branch."""
        spans = zip(self.starts, self.ends, strict=True)
        rests = [np.arange(self.shared, self.shared + end - start) for start, end in spans]
        return np.concatenate([np.arange(self.shared), *rests])

    @property
    def visible(self) -> NDArray[np.bool_]:
        """Whether the token of a row sees that of a column."""
        seen = np.tril(np.ones((len(self.ids), len(self.ids)), np.bool_))
        for start, end in zip(self.starts, self.ends, strict=True):
            seen[start:end, self.shared : start] = False
        return seen


def pack(branches: Sequence[Sequence[int]]) -> Packed:
    """One sequence of several, none of which is the beginning of another."""
    shared = _common(branches)
    rests = [branch[shared:] for branch in branches]
    ends = np.cumsum([shared + len(rests[0]), *map(len, rests[1:])])
    ids = np.array([*branches[0][:shared], *(token for rest in rests for token in rest)])
    return Packed(ids.astype(np.int64), shared, tuple(ends.tolist()))


def _common(branches: Sequence[Sequence[int]]) -> int:
    """How many tokens all begin with; each keeps one for itself."""
    most = min(map(len, branches)) - 1
    same = (len({branch[at] for branch in branches}) == 1 for at in range(most))
    return next((at for at, alike in enumerate(same) if not alike), most)


class Tokens:
    """Puts examples into tokens by asking the tutor's own engine, which has loaded the base."""

    def __init__(self, engine: Engine, form: Form) -> None:
        self._engine = engine
        self._form = form

    def packed(self, example: Example) -> Packed:
        """The example as it will be judged. Raises `EngineError`."""
        asked = self._form.ask(example.question, example.language, example.answer)
        branches = [self.ids(asked.prompt, branch) for branch in asked.branches]
        found = pack(branches)
        weights = tuple(point.weight for point in example.question.rubric) if example.whole else ()
        return Packed(found.ids, found.shared, found.ends, example.worths, weights)

    def ids(self, prompt: Prompt, branch: Branch) -> list[int]:
        """The numbers of the tokens that are evaluated for one branch."""
        return [token.id for token in self._engine.tokens(prompt, branch)]

    def labels(self, label_set: int) -> tuple[int, int]:
        """The tokens that stand for met and missed."""
        met, _, missed = LABEL_SETS[label_set]
        asked = (Branch((), (Ask((), label),)) for label in (met, missed))
        first, second = (self.ids(Prompt((), ()), branch)[-1] for branch in asked)
        return first, second


def batches(packed: Sequence[Packed], size: int) -> Iterator[Sequence[Packed]]:
    """So many answers at a time, in their order."""
    for start in range(0, len(packed), size):
        yield packed[start : start + size]
