"""All that a training run hangs on besides its base and its data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """The defaults are those of the adapter that travels with the tutor."""

    seed: int = 1
    passes: int = 2
    """How often every sample answer comes; the other examples are drawn afresh each time."""
    batch: int = 4
    """Answers a step, each with all its points."""
    rate: float = 3e-4
    """The highest learning rate; after a short rise it falls in a straight line to nothing."""
    rank: int = 16
    alpha: float = 32.0
    layers: int = 22
    """How many of the upper layers are adapted; those below need no gradient."""
    longest: int = 1200
    """Tokens of an answer with its question and points; what is longer is left out."""

    def rate_at(self, step: int, steps: int) -> float:
        """The learning rate of one step of so many."""
        rise = max(1, steps // 20)
        return self.rate * min((step + 1) / rise, (steps - step) / max(1, steps - rise))


MATRICES = ("q_proj", "v_proj", "o_proj", "up_proj", "down_proj")
"""Of every adapted layer, as transformers calls them."""
