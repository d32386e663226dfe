"""Small random adapters for the small random models, and what they come to when merged."""

from pathlib import Path

import gguf
import numpy as np

from tests.support.models import HEADS, INNER, LAYERS, WIDTH, Matrix
from training.adapter_file import NAMES, Factors, Heads, permuted, write_adapter

RANK, ALPHA = 4, 6.0
HEADS_OF = Heads(HEADS, HEADS // 2)
SHAPES = {
    "q_proj": (WIDTH, WIDTH),
    "k_proj": (WIDTH // 2, WIDTH),
    "v_proj": (WIDTH // 2, WIDTH),
    "o_proj": (WIDTH, WIDTH),
    "up_proj": (INNER, WIDTH),
    "down_proj": (WIDTH, INNER),
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
    return write_adapter(
        path, random_adapter(seed, layers), alpha=ALPHA, heads=HEADS_OF, about={"name": "random"}
    )


def merge(model: Path, adapter: Adapter) -> Path:
    """Add the adapter to the weights in the model's own file."""
    added = merged(adapter)
    reader = gguf.GGUFReader(model, "r+")
    for tensor in reader.tensors:
        if tensor.name in added:
            np.add(tensor.data, added[tensor.name], out=tensor.data)
    reader.data.flush()
    return model


def merged(adapter: Adapter) -> dict[str, Matrix]:
    """What is to be added to the model's tensors, in the order of rows that GGUF has."""
    heads = {"q_proj": HEADS_OF.queries, "k_proj": HEADS_OF.keys}
    added: dict[str, Matrix] = {}
    for (layer, name), factors in adapter.items():
        product = (factors.b @ factors.a) * np.float32(ALPHA / RANK)
        rows = permuted(product, heads[name]) if name in heads else product
        added[f"blk.{layer}.{NAMES[name]}.weight"] = rows
    return added
