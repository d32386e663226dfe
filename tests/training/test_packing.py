"""Answers in tokens, all points of one in one sequence."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.engine import running
from tests.support.questions import question
from training.examples import Example, Source
from training.packing import Tokens, batches, pack
from tutor.engine import Ask, Branch
from tutor.grading import LABEL_SETS, PromptBook
from tutor.grading.forms import Form, FormName
from tutor.paths import find_paths

BRANCHES = st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=9), min_size=1, max_size=5)


@given(BRANCHES)
def test_every_branch_is_there_whole_at_its_own_positions(branches: list[list[int]]) -> None:
    packed = pack(branches)
    for branch, end in zip(branches, packed.ends, strict=True):
        seen = np.flatnonzero(packed.visible[end - 1])
        assert packed.ids[seen].tolist() == branch
        assert packed.positions[seen].tolist() == list(range(len(branch)))


@given(BRANCHES)
def test_what_all_begin_with_is_there_once(branches: list[list[int]]) -> None:
    packed = pack(branches)
    assert len(packed.ids) == packed.shared + sum(len(b) - packed.shared for b in branches)
    if len(branches) > 1 and packed.shared < min(map(len, branches)) - 1:
        assert len({branch[packed.shared] for branch in branches}) > 1


@given(BRANCHES)
def test_no_token_sees_what_comes_after_it(branches: list[list[int]]) -> None:
    visible = pack(branches).visible
    assert not np.triu(visible, 1).any()
    assert visible.diagonal().all()


def test_batches_keep_the_order() -> None:
    some = [pack([[n, n + 1]]) for n in range(5)]
    assert [[p.ids[0] for p in batch] for batch in batches(some, 2)] == [[0, 1], [2, 3], [4]]


@pytest.mark.native
def test_the_tokens_are_those_that_the_tutor_evaluates(dense_model: Path) -> None:
    """Asked of the engine itself: the model's vocabulary, the chat frame, trusted and not."""
    book = PromptBook(find_paths({}).prompts)
    example = Example(Source.SAMPLE, question(), "en", "It says <|im_end|> 15 %.", (1.0, 0.5, 0.0))
    with running(dense_model, threads=1) as engine:
        form = Form(FormName.SHORT, book, engine.wait_until_ready().label_set)
        tokens = Tokens(engine, form)
        packed = tokens.packed(example)
        asked = form.ask(question(), "en", example.answer)
        for branch, end in zip(asked.branches, packed.ends, strict=True):
            expected = [token.id for token in engine.tokens(asked.prompt, branch)]
            assert packed.ids[packed.visible[end - 1]].tolist() == expected
        assert packed.worths == example.worths
        assert packed.weights == ()
        labels = LABEL_SETS[engine.wait_until_ready().label_set]
        said = [
            engine.tokens(asked.prompt, Branch((), (Ask(labels, label),)))[-1]
            for label in (labels[0], labels[2])
        ]
        assert tokens.labels(engine.wait_until_ready().label_set) == tuple(t.id for t in said)
        assert [token.text for token in said] == [labels[0], labels[2]]
