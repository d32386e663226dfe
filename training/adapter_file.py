"""Reads and writes adapters in llama.cpp's format.

The format is GGUF with `general.type` adapter and `adapter.type` lora. Every adapted matrix has the
factors `….lora_a` (rank x inputs) and `….lora_b` (outputs x rank), in the order of the base's file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Factors:
    """The change to a matrix: `b @ a`, times alpha over the rank."""

    a: Matrix
    """Rank x inputs."""
    b: Matrix
    """Outputs x rank."""


def read_adapter(path: Path) -> dict[tuple[int, str], Factors]:
    """Read the factors in a file of `write_adapter`, by layer and matrix."""
    halves: dict[tuple[int, str], dict[str, Matrix]] = {}
    for tensor in gguf.GGUFReader(path).tensors:
        _, layer, name, _, half = tensor.name.split(".")
        halves.setdefault((int(layer), name), {})[half] = tensor.data.astype(np.float32)
    return {key: Factors(both["lora_a"], both["lora_b"]) for key, both in halves.items()}


def write_adapter(
    path: Path,
    factors: Mapping[tuple[int, str], Factors],
    *,
    architecture: str,
    alpha: float,
    about: Mapping[str, str],
) -> Path:
    """Write `factors`, by layer and matrix, in 16 bits, with `about` in the header.

    The file is replaced atomically.
    """
    partial = path.with_suffix(".partial")
    writer = gguf.GGUFWriter(partial, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    for key, value in about.items():
        writer.add_string(f"general.{key}", value)
    for (layer, name), matrices in sorted(factors.items()):
        tensor = f"blk.{layer}.{name}.weight"
        writer.add_tensor(f"{tensor}.lora_a", matrices.a.astype(np.float16))
        writer.add_tensor(f"{tensor}.lora_b", matrices.b.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return partial.replace(path)
