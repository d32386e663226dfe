"""Many prompts as one row of tokens: what they begin with in common is evaluated once.

All that is asked about answers to one question begins with the question and its points, all that
is asked about one answer goes on with the answer. Every token sees what its own prompt says before
it and nothing of the others, at the positions it would have there; so what is found at a prompt's
end is what it would be alone, as in the tutor's engine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Tree:
    """The tokens of several prompts, each that they share once."""

    ids: Ids
    positions: Ids
    """Of every token in its own prompts, from 0."""
    parents: Ids
    """The token before it, as an index; -1 for the first."""
    ends: Ids
    """For every prompt the index of its last token."""

    @classmethod
    def of(cls, prompts: Iterable[Sequence[int]]) -> "Tree":
        """The tree of these prompts, none of them empty."""
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
        """Whether the token of a row sees that of a column."""
        seen = np.zeros((len(self), len(self)), np.bool_)
        for at, parent in enumerate(self.parents):
            if parent >= 0:
                seen[at] = seen[parent]
            seen[at, at] = True
        return seen
