"""The lower layers of a model as a file of their own: less memory, and less time a token.

What a small model knows of an answer stands in its middle layers (training/runs.md); those above
turn it into words. The file begins with the original's metadata, byte for byte but for the
number of layers, so that the same original and number of layers always give the same file.
"""

import mmap
import os
import re
import struct
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from tutor.engine.api import ModelRefused
from tutor.engine.gguf import Broken, Header, HeaderReader, Tensor, damaged

_LAYER = re.compile(r"blk\.(\d+)\.")
_OUTPUT = "output.weight"
"""Without it llama.cpp reads labels off the embeddings' matrix."""
_ALIGNMENT = 32
_CHUNK = 1 << 22


def cut(source: Path, target: Path, layers: int) -> None:
    """Write the lowest `layers` of `source` to `target`, which is there as a whole or not at all.

    Raises `ModelRefused` for a file that is damaged or has no more layers than that, and OSError.
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
    """Put the new numbers of layers and of tensors into the copy of the metadata."""
    if header.number("block_count") <= layers:
        raise ModelRefused(
            f"{header.path.name} has no more than {layers} layers",
            remedy="The judge is made from a different model; download that one.",
        )
    kept = sum(_is_kept(tensor, layers) for tensor in tensors)
    struct.pack_into("<Q", head, 8, kept)
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
    """`begin` is where the data of the original begins."""
    starts = {tensor.offset for tensor in tensors}
    if max(starts) >= len(data) - begin:
        raise Broken("it ends before its last weights")
    ends = sorted(starts | {len(data) - begin})
    after = dict(pairwise(ends))
    kept = [tensor for tensor in tensors if _is_kept(tensor, layers)]
    out.write(head)
    offset = 0
    for tensor in kept:
        name = tensor.name.encode()
        out.write(struct.pack("<Q", len(name)) + name)
        out.write(struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape))
        out.write(struct.pack("<IQ", tensor.kind, offset))
        offset = _aligned(offset + after[tensor.offset] - tensor.offset, header)
    _pad(out, header)
    for tensor in kept:
        for start in range(tensor.offset, after[tensor.offset], _CHUNK):
            end = min(start + _CHUNK, after[tensor.offset])
            out.write(data[begin + start : begin + end])
        _pad(out, header)


def _is_kept(tensor: Tensor, layers: int) -> bool:
    layer = _LAYER.match(tensor.name)
    return tensor.name != _OUTPUT if layer is None else int(layer[1]) < layers


def _pad(out: BinaryIO, header: Header) -> None:
    out.write(bytes(_aligned(out.tell(), header) - out.tell()))


def _aligned(at: int, header: Header) -> int:
    alignment = header.metadata.get("general.alignment", _ALIGNMENT)
    step = alignment if isinstance(alignment, int) and alignment > 0 else _ALIGNMENT
    return -(-at // step) * step
