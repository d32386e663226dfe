"""A model chooses between labels, each of which has to be one token of its vocabulary."""

from collections.abc import Sequence

from tutor.engine.errors import LabelsUnusable, ModelRefused


def single_tokens(labels: Sequence[str], encoded: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The tokens of the labels. Raises `LabelsUnusable` if they are not distinct single tokens."""
    single = tuple(tokens[0] for tokens in encoded if len(tokens) == 1)
    if len(set(single)) < len(labels):
        raise LabelsUnusable(f"not all of {', '.join(labels)} are one token of this model")
    return single


def no_label_set() -> ModelRefused:
    """The error for a model that has none of the offered label sets as single tokens."""
    return ModelRefused(
        "this model's vocabulary cuts every word that could be a verdict into several tokens",
        remedy="Use another model.",
    )
