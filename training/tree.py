"""Joins many prompts to one row of tokens, in which common beginnings are evaluated once.

All prompts about one question begin with the question and its points, and all prompts about one
answer continue with the answer. Every token sees only the earlier tokens of its own prompt, at the
positions it would have there; so the result at the end of a prompt is the same as for the prompt
alone, as in the tutor's engine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
