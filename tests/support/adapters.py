"""Small random adapters for the small random models, and what they come to when merged."""

from pathlib import Path

import gguf
import numpy as np

from tests.support.models import INNER, LAYERS, WIDTH, Matrix
from training.adapter_file import Factors, write_adapter

RANK, ALPHA = 4, 6.0
SHAPES = {
    "attn_q": (WIDTH, WIDTH),
    "attn_k": (WIDTH // 2, WIDTH),
    "attn_v": (WIDTH // 2, WIDTH),
    "attn_output": (WIDTH, WIDTH),
    "ffn_up": (INNER, WIDTH),
    "ffn_down": (WIDTH, INNER),
}
"""Outputs and inputs."""
Adapter = dict[tuple[int, str], Factors]


def random_adapter(seed: int = 3, layers: int = LAYERS) -> Adapter:
    """In 16 bits, as it will be written, so that nothing is lost on the way."""
    random = np.random.default_rng(seed)

    def matrix(*shape: int) -> Matrix:
        return (random.standard_normal(shape) * 0.2).astype(np.float16).astype(np.float32)

    return {
        (layer, name): Factors(matrix(RANK, inputs), matrix(outputs, RANK))
        for layer in range(layers)
        for name, (outputs, inputs) in SHAPES.items()
    }


def write_random_adapter(path: Path, seed: int = 3, layers: int = LAYERS) -> Path:
    """An adapter for the model that `write_model` writes."""
    factors = random_adapter(seed, layers)
    return write_adapter(path, factors, architecture="llama", alpha=ALPHA, about={"name": "random"})


def merge(model: Path, adapter: Adapter) -> Path:
    """Add the adapter to the weights in the model's own file."""
    reader = gguf.GGUFReader(model, "r+")
    tensors = {tensor.name: tensor.data for tensor in reader.tensors}
    for (layer, name), factors in adapter.items():
        weights = tensors[f"blk.{layer}.{name}.weight"]
        np.add(weights, (factors.b @ factors.a) * np.float32(ALPHA / RANK), out=weights)
    reader.data.flush()
    return model
