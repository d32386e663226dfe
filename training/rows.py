"""Turns groups of answers into rows of tokens, with the tutor's own engine.

All prompts about one question begin with the question and its points, and all prompts about one
answer continue with the answer. A row evaluates common beginnings once. Every token sees only the
earlier tokens of its own prompt, at the positions it would have there; so the result at the end of
a prompt is the same as for the prompt alone, as in the tutor's engine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.examples import Group
from tutor.engine.api import Ask, Branch, Engine, Prompt
from tutor.grading.prompt_forms import LABEL_SETS, VERDICTS, Form

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Tree:
    """The tokens of several prompts; shared ones occur once."""

    ids: Ids
    positions: Ids
    """The position of every token in its prompts, from 0."""
    parents: Ids
    """The index of the token before it; -1 for the first."""
    ends: Ids
    """The index of each prompt's last token."""

    @classmethod
    def of(cls, prompts: Iterable[Sequence[int]]) -> "Tree":
        """The tree of these prompts, none of which may be empty."""
        children: dict[tuple[int, int], int] = {}
        ids: list[int] = []
        positions: list[int] = []
        parents: list[int] = []
        ends: list[int] = []
        for prompt in prompts:
            at = -1
            for position, token in enumerate(prompt):
                after = children.get((at, token))
                if after is None:
                    after = children[at, token] = len(ids)
                    ids.append(token)
                    positions.append(position)
                    parents.append(at)
                at = after
            ends.append(at)
        return cls(*(np.array(each, np.int64) for each in (ids, positions, parents, ends)))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def visible(self) -> NDArray[np.bool_]:
        """Whether the token of a row sees the token of a column."""
        seen = np.zeros((len(self), len(self)), np.bool_)
        for at, parent in enumerate(self.parents):
            if parent >= 0:
                seen[at] = seen[parent]
            seen[at, at] = True
        return seen


@dataclass(frozen=True)
class Row:
    """One group: a prompt for every point of every answer."""

    group: Group
    tree: Tree
    verdicts: NDArray[np.int64]
    """The verdict of every prompt, as an index into `VERDICTS`."""


class Tokens:
    """Tokenises groups with the engine, which has loaded the base."""

    def __init__(self, engine: Engine, form: Form) -> None:
        self._engine = engine
        self._form = form

    def row(self, group: Group) -> Row:
        """The prompts of a group, exactly as in grading. Raises `EngineError`."""
        prompts: list[list[int]] = []
        verdicts: list[int] = []
        ids = [point.id for point in group.question.rubric]
        every = group.asked or (frozenset(ids),) * len(group.samples)
        for sample, points in zip(group.samples, every, strict=True):
            prompt = self._form.ask(group.question, group.language, sample.answer)
            for id_, branch in zip(ids, prompt.branches, strict=True):
                if id_ in points:
                    prompts.append(self._ids(prompt.prompt, branch))
                    verdicts.append(VERDICTS.index(sample.verdicts[id_]))
        return Row(group, Tree.of(prompts), np.array(verdicts, np.int64))

    def labels(self, label_set: int) -> tuple[int, ...]:
        """The tokens for met, partial and missed."""
        branches = (Branch((), (Ask((), label),)) for label in LABEL_SETS[label_set])
        return tuple(self._ids(Prompt((), ()), branch)[-1] for branch in branches)

    def _ids(self, prompt: Prompt, branch: Branch) -> list[int]:
        return [token.id for token in self._engine.tokens(prompt, branch)]
