"""Cuts the lower layers of a model into a file of their own: less memory and less time per token.

What a small model knows about an answer is in its middle layers (training/runs.md); those above
turn it into words. The file begins with the original's metadata, byte for byte except for the
number of layers, so the same original and number of layers always give the same file.
"""

import mmap
import os
import re
import struct
from itertools import pairwise
from pathlib import Path

from tutor.engine.errors import ModelRefused
from tutor.engine.gguf import Broken, HeaderReader, Tensor, damaged

_LAYER = re.compile(r"blk\.(\d+)\.")
_OUTPUT = "output.weight"
"""Without this tensor llama.cpp uses the embedding matrix for the output."""
_ALIGNMENT = 32
_CHUNK = 1 << 22


def cut_layers(source: Path, target: Path, layers: int) -> None:
    """Write the lowest `layers` of `source` to `target`, atomically.

    Raises `ModelRefused` if the file is damaged or has no more layers than that, and OSError.
    """
    partial = target.with_name(f"{target.name}.partial")
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            head, spans = _cut(source, data, layers)
        except (struct.error, Broken, UnicodeDecodeError) as error:
            raise damaged(source, error) from error
        with partial.open("wb") as out:
            out.write(head)
            for start, end, padding in spans:
                for at in range(start, end, _CHUNK):
                    out.write(data[at : min(at + _CHUNK, end)])
                out.write(bytes(padding))
            out.flush()
            os.fsync(out.fileno())
    partial.replace(target)


def _cut(
    source: Path, data: mmap.mmap, layers: int
) -> tuple[bytearray, list[tuple[int, int, int]]]:
    """The new header; where its tensors begin and end in `data`, with the padding after each."""
    reader = HeaderReader(data)
    header = reader.header(source, len(data))
    if header.number("block_count") <= layers:
        raise ModelRefused(
            f"{source.name} has no more than {layers} layers",
            remedy="The judge is made from a different model; download that one.",
        )
    alignment = header.metadata.get("general.alignment", _ALIGNMENT)
    step = alignment if isinstance(alignment, int) and alignment > 0 else _ALIGNMENT
    head = bytearray(data[: reader.at])
    tensors = reader.tensors(header.tensors)
    begin = reader.at + -reader.at % step
    starts = {begin + tensor.offset for tensor in tensors}
    if max(starts) >= len(data):
        raise Broken("it ends before its last weights")
    ends = dict(pairwise(sorted(starts | {len(data)})))
    lower = [tensor for tensor in tensors if _is_lower(tensor, layers)]
    struct.pack_into("<Q", head, 8, len(lower))
    struct.pack_into("<I", head, reader.places[f"{header.architecture}.block_count"], layers)
    spans: list[tuple[int, int, int]] = []
    offset = 0
    for tensor in lower:
        start = begin + tensor.offset
        length = ends[start] - start
        spans.append((start, start + length, -length % step))
        name, dimensions = tensor.name.encode(), len(tensor.shape)
        head += struct.pack("<Q", len(name)) + name
        head += struct.pack(f"<I{dimensions}Q", dimensions, *tensor.shape)
        head += struct.pack("<IQ", tensor.kind, offset)
        offset += length + -length % step
    head += bytes(-len(head) % step)
    return head, spans


def _is_lower(tensor: Tensor, layers: int) -> bool:
    layer = _LAYER.match(tensor.name)
    return tensor.name != _OUTPUT if layer is None else int(layer[1]) < layers
