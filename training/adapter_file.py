"""An adapter as llama.cpp reads it.

GGUF with `general.type` adapter and `adapter.type` lora; for every adapted matrix the two factors
`….lora_a` (rank x inputs) and `….lora_b` (outputs x rank). In GGUF files of the llama architecture
the rows of the queries' and keys' matrices stand in another order than in transformers: the two
halves of every head, which are rotated together, are interleaved (LlamaModel.permute in llama.cpp's
convert_hf_to_gguf.py). So the rows of `lora_b` of these two are put into that order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
NAMES = {
    "q_proj": "attn_q",
    "k_proj": "attn_k",
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}
"""What transformers calls a matrix of a layer, and what GGUF does."""


@dataclass(frozen=True)
class Factors:
    """What is added to a matrix: `b @ a`, times alpha over the rank."""

    a: Matrix
    """Rank x inputs."""
    b: Matrix
    """Outputs x rank."""


@dataclass(frozen=True)
class Heads:
    """Of one layer's attention."""

    queries: int
    keys: int


def write_adapter(
    path: Path,
    factors: Mapping[tuple[int, str], Factors],
    *,
    alpha: float,
    heads: Heads,
    about: Mapping[str, str],
) -> Path:
    """Write `factors`, by layer and transformers' name, in 16 bits; `about` goes into the header.

    The file is there as a whole or not at all.
    """
    partial = path.with_suffix(".partial")
    writer = gguf.GGUFWriter(partial, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    for key, value in about.items():
        writer.add_string(f"general.{key}", value)
    for (layer, name), matrices in sorted(factors.items()):
        tensor = f"blk.{layer}.{NAMES[name]}.weight"
        writer.add_tensor(f"{tensor}.lora_a", matrices.a.astype(np.float16))
        writer.add_tensor(f"{tensor}.lora_b", _in_order(name, matrices.b, heads).astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return partial.replace(path)


def _in_order(name: str, rows: Matrix, heads: Heads) -> Matrix:
    if name == "q_proj":
        return permuted(rows, heads.queries)
    return permuted(rows, heads.keys) if name == "k_proj" else rows


def permuted(rows: Matrix, heads: int) -> Matrix:
    """The rows of every head with its two halves interleaved."""
    halves = rows.reshape(heads, 2, len(rows) // heads // 2, *rows.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(rows.shape))
