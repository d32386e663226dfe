"""The parameters of a training run, apart from its base and its data."""

import math
from dataclasses import dataclass

ARCHITECTURES = ("llama", "qwen2", "qwen3")
"""The architectures of bases that can be trained on."""
MATRICES = (
    "attn_q",
    "attn_k",
    "attn_v",
    "attn_output",
    "ffn_gate",
    "ffn_up",
    "ffn_down",
)
"""The adapted matrices of a layer, by their names in GGUF files."""


@dataclass(frozen=True)
class Recipe:
    """The parameters of a run; by default those of the adapter that comes with the tutor."""

    seed: int = 1
    passes: int = 3
    batch: int = 3
    """Rows per step. A row is the answers to a question in one language, with all points."""
    rate: float = 2e-4
    """The highest learning rate; after a short warm-up it falls along a cosine."""
    rise: int = 40
    """Steps of warm-up."""
    rank: int = 16
    alpha: float = 32.0
    layers: int = 8
    """How many of the upper layers are adapted; the others need no gradient."""
    draws: int = 1
    """How many times a run from an existing adapter draws answers and points."""
    bfloat16: bool = False
    """Whether products are rounded to bfloat16: half the time on processors that support it."""
    start: str = ""
    """The SHA-256 of the adapter to start from; empty to start from scratch."""

    def rate_at(self, step: int, steps: int) -> float:
        """The learning rate of a step; after warm-up at least a twentieth of `rate`."""
        fall = 0.05 + 0.95 * (1 + math.cos(math.pi * step / steps)) / 2
        return self.rate * min(1.0, (step + 1) / self.rise) * fall
