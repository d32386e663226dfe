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
from typing import BinaryIO

from tutor.engine.errors import ModelRefused
from tutor.engine.gguf import Broken, Header, HeaderReader, Tensor, damaged

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
            reader = HeaderReader(data)
            header = reader.header(source, len(data))
            head = bytearray(data[: reader.at])
            tensors = reader.tensors(header.tensors)
            _patch(head, header, reader, tensors, layers)
            with partial.open("wb") as out:
                _write(out, head, data, _aligned(reader.at, header), tensors, layers, header)
                out.flush()
                os.fsync(out.fileno())
        except (struct.error, Broken, UnicodeDecodeError) as error:
            raise damaged(source, error) from error
    partial.replace(target)


def _patch(
    head: bytearray, header: Header, reader: HeaderReader, tensors: list[Tensor], layers: int
) -> None:
    """Write the new numbers of layers and tensors into the copy of the metadata."""
    if header.number("block_count") <= layers:
        raise ModelRefused(
            f"{header.path.name} has no more than {layers} layers",
            remedy="The judge is made from a different model; download that one.",
        )
    count = sum(_is_lower(tensor, layers) for tensor in tensors)
    struct.pack_into("<Q", head, 8, count)
    struct.pack_into("<I", head, reader.places[f"{header.architecture}.block_count"], layers)


def _write(
    out: BinaryIO,
    head: bytes | bytearray,
    data: mmap.mmap,
    begin: int,
    tensors: list[Tensor],
    layers: int,
    header: Header,
) -> None:
    """`begin` is where the tensor data of the original begins."""
    starts = {tensor.offset for tensor in tensors}
    if max(starts) >= len(data) - begin:
        raise Broken("it ends before its last weights")
    ends = sorted(starts | {len(data) - begin})
    after = dict(pairwise(ends))
    lower = [tensor for tensor in tensors if _is_lower(tensor, layers)]
    out.write(head)
    offset = 0
    for tensor in lower:
        name = tensor.name.encode()
        out.write(struct.pack("<Q", len(name)) + name)
        out.write(struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape))
        out.write(struct.pack("<IQ", tensor.kind, offset))
        offset = _aligned(offset + after[tensor.offset] - tensor.offset, header)
    _pad(out, header)
    for tensor in lower:
        for start in range(tensor.offset, after[tensor.offset], _CHUNK):
            end = min(start + _CHUNK, after[tensor.offset])
            out.write(data[begin + start : begin + end])
        _pad(out, header)


def _is_lower(tensor: Tensor, layers: int) -> bool:
    layer = _LAYER.match(tensor.name)
    return tensor.name != _OUTPUT if layer is None else int(layer[1]) < layers


def _pad(out: BinaryIO, header: Header) -> None:
    out.write(bytes(_aligned(out.tell(), header) - out.tell()))


def _aligned(at: int, header: Header) -> int:
    alignment = header.metadata.get("general.alignment", _ALIGNMENT)
    step = alignment if isinstance(alignment, int) and alignment > 0 else _ALIGNMENT
    return -(-at // step) * step
