"""All that a training run hangs on besides its base and its data."""

import math
from dataclasses import dataclass

MATRICES = (
    "attn_q",
    "attn_k",
    "attn_v",
    "attn_output",
    "ffn_gate",
    "ffn_up",
    "ffn_down",
)
"""Of every adapted layer, as GGUF files call them."""


@dataclass(frozen=True)
class Recipe:
    """The defaults are those of the adapter that travels with the tutor."""

    seed: int = 1
    passes: int = 3
    batch: int = 3
    """Rows a step: the answers to a question in one language of its prompt, with all points."""
    rate: float = 2e-4
    """The highest learning rate; after a short rise it falls along a cosine."""
    rise: int = 40
    """Steps until it is reached."""
    rank: int = 16
    alpha: float = 32.0
    layers: int = 8
    """How many of the upper layers are adapted; those below need no gradient."""
    start: str = ""
    """The SHA-256 of the adapter that is trained on; none to begin from nothing."""

    def rate_at(self, step: int, steps: int) -> float:
        """The learning rate of one step of so many; it never falls below a twentieth."""
        fall = 0.05 + 0.95 * (1 + math.cos(math.pi * step / steps)) / 2
        return self.rate * min(1.0, (step + 1) / self.rise) * fall
