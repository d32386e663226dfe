"""Turns groups of answers into tokens, with the tutor's own engine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.examples import Group
from training.tree import Tree
from tutor.engine.api import Ask, Branch, Engine, Prompt
from tutor.grading.prompt_forms import LABEL_SETS, VERDICTS, Form


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
