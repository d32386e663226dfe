"""Prompts in a tree keep their tokens, positions and visibility."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.rows import Tree

PROMPTS = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=8), min_size=1, max_size=8)


def path(tree: Tree, at: int) -> list[int]:
    """The tokens from the first to this one."""
    tokens: list[int] = []
    while at >= 0:
        tokens.append(int(tree.ids[at]))
        at = int(tree.parents[at])
    return tokens[::-1]


@given(PROMPTS)
def test_every_prompt_can_be_read_back(prompts: Sequence[Sequence[int]]) -> None:
    tree = Tree.of(prompts)
    assert [path(tree, end) for end in tree.ends] == prompts


@given(PROMPTS)
def test_common_beginnings_occur_once(prompts: Sequence[Sequence[int]]) -> None:
    beginnings = {tuple(prompt[: n + 1]) for prompt in prompts for n in range(len(prompt))}
    assert len(Tree.of(prompts)) == len(beginnings)


@given(PROMPTS)
def test_a_token_sees_its_own_prompt_and_nothing_else(prompts: Sequence[Sequence[int]]) -> None:
    tree = Tree.of(prompts)
    visible = tree.visible
    for at in range(len(tree)):
        seen = np.flatnonzero(visible[at])
        assert tree.ids[seen].tolist() == path(tree, at)
        assert tree.positions[seen].tolist() == list(range(len(seen)))
