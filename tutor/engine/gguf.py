"""Reads the header of a GGUF file without llama.cpp and without trusting the file.

Format: ggml's docs/gguf.md, versions 2 and 3, little endian. Scalar metadata is kept; of arrays
(the vocabulary) only the length.
"""

import hashlib
import mmap
import struct
from dataclasses import dataclass, field
from pathlib import Path

from tutor.engine.errors import ModelRefused

Scalar = int | float | bool | str

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q",
            12: "d"}  # fmt: skip
"""The kinds of numbers, by `struct`'s letters."""
_STRING, _ARRAY = 8, 9
_MAX_ENTRIES = 100_000
_SAMPLES, _SAMPLE_BYTES = 16, 1 << 16
SEQUENCES = 19
"""Sequences in a context: question, answer, the branches' common beginning, and 16 branches."""


@dataclass(frozen=True)
class Needs:
    """The memory that a model needs, in bytes."""

    weights: int
    cache: int
    """Keys and values of the context, and the states of recurrent layers."""
    buffers: int
    """An estimate: 512 rows of 32-bit logits plus 64 MiB."""

    @property
    def total(self) -> int:
        """All of it together."""
        return self.weights + self.cache + self.buffers


@dataclass(frozen=True)
class Shape:
    """The dimensions of a model on which its memory depends."""

    layers: int
    """Layers that keep keys and values."""
    kv_heads: int
    key: int
    """Numbers in one head's key."""
    value: int
    vocabulary: int
    state: int = 0
    """Bytes of all recurrent layers' state, per sequence."""

    def needs(self, weights: int, context: int) -> Needs:
        """The memory with `context` tokens, and keys and values in 16 bits."""
        numbers = self.layers * self.kv_heads * (self.key + self.value)
        return Needs(
            weights=weights,
            cache=2 * context * numbers + SEQUENCES * self.state,
            buffers=4 * 512 * self.vocabulary + (64 << 20),
        )


@dataclass(frozen=True)
class Header:
    """What a model file says about itself."""

    path: Path
    size: int
    """Bytes of the whole file."""
    metadata: dict[str, Scalar]
    lengths: dict[str, int] = field(default_factory=dict)
    """Lengths of the arrays, by key."""
    tensors: int = 0
    """How many; 0 in a file that contains only a vocabulary."""

    @property
    def architecture(self) -> str:
        """llama, qwen2, …; empty if the file does not say."""
        return str(self.metadata.get("general.architecture", ""))

    def number(self, key: str, default: int = 0) -> int:
        """The architecture's own integer `key`, e.g. `block_count`."""
        value = self.metadata.get(f"{self.architecture}.{key}", default)
        return value if isinstance(value, int) else default

    @property
    def vocabulary(self) -> int:
        """How many tokens the model knows; 0 if the file does not say."""
        return self.number("vocab_size") or self.lengths.get("tokenizer.ggml.tokens", 0)

    @property
    def shape(self) -> Shape:
        """The dimensions on which memory depends. If layers differ, all count as the largest."""
        heads = self.number("attention.head_count", 1) or 1
        width = self.number("embedding_length") // heads
        blocks = self.number("block_count")
        interval = self.number("full_attention_interval", 1) or 1
        layers = blocks // interval
        return Shape(
            layers=layers,
            kv_heads=self.number("attention.head_count_kv", heads),
            key=self.number("attention.key_length", width),
            value=self.number("attention.value_length", width),
            vocabulary=self.vocabulary,
            state=(blocks - layers if interval > 1 else blocks) * self._state,
        )

    @property
    def _state(self) -> int:
        """Bytes of one recurrent layer's state, as llama.cpp lays it out for Mamba and the like."""
        inner, state = self.number("ssm.inner_size"), self.number("ssm.state_size")
        kernel, groups = self.number("ssm.conv_kernel", 1), self.number("ssm.group_count")
        return 4 * (state * inner + (kernel - 1) * (inner + 2 * groups * state))

    def needs(self, context: int) -> Needs:
        """Memory with `context` tokens, or with the trained context if that is shorter."""
        context = min(context, self.number("context_length") or context)
        return self.shape.needs(self.size, context)


def read_header(path: Path) -> Header:
    """Read and check the header of `path`.

    Raises `ModelRefused` if the file does not exist, is not GGUF, ends within its header or has an
    implausible header.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelRefused(
                    f"{path.name} is not a GGUF file: it does not begin with the letters GGUF",
                    remedy="Use a model in llama.cpp's GGUF format; its file name ends in .gguf.",
                )
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return HeaderReader(data).header(path, size)
    except (struct.error, Broken, UnicodeDecodeError) as error:
        raise damaged(path, error) from error
    except OSError as error:
        raise ModelRefused(
            f"{path} cannot be read: {error.strerror or error}",
            remedy="Check the path, and that you may read the file.",
        ) from error


def damaged(path: Path, error: Exception) -> ModelRefused:
    """The error for a file with an inconsistent header."""
    return ModelRefused(
        f"{path.name} is damaged or ends within its header ({error})",
        remedy="Download the file again and compare its size with the publisher's.",
    )


def fingerprint(path: Path) -> str:
    """A short name for the weights: a digest of size, head, tail and samples between.

    Reads about 1 MiB however large the file is, so two files that differ in a few weights may share
    a fingerprint; a different model, quantisation or revision does not.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for step in range(_SAMPLES + 1):
            file.seek(max(0, (size - _SAMPLE_BYTES) * step // _SAMPLES))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:16]


class Broken(Exception):
    """The header contradicts itself."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A matrix of the model and where it is in the file."""

    name: str
    shape: tuple[int, ...]
    kind: int
    """ggml's number for the type of its values."""
    offset: int
    """Bytes from the beginning of the tensor data."""


class HeaderReader:
    """Steps through a header; checks every length against the rest of the file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.at = 4
        """Offset of the next byte to read."""
        self.places: dict[str, int] = {}
        """Offset of each scalar value in the metadata, by key."""

    def header(self, path: Path, size: int) -> Header:
        """Read the metadata of a file of `size` bytes."""
        version = self._number("I")
        if version not in (2, 3):
            raise Broken(f"GGUF version {version}; 2 and 3 can be read")
        tensors = self._number("Q")
        entries = self._bounded(self._number("Q"), _MAX_ENTRIES)
        metadata: dict[str, Scalar] = {}
        lengths: dict[str, int] = {}
        for _ in range(entries):
            key, kind = self._string(), self._number("I")
            if kind == _ARRAY:
                lengths[key] = self._skip_array()
            else:
                self.places[key] = self.at
                metadata[key] = self._string() if kind == _STRING else self._scalar(kind)
        return Header(path, size, metadata, lengths, tensors)

    def tensors(self, count: int) -> list[Tensor]:
        """Read what follows the metadata: names, shapes and offsets of all tensors."""
        tensors: list[Tensor] = []
        for _ in range(self._bounded(count, _MAX_ENTRIES)):
            name = self._string()
            dimensions = self._bounded(self._number("I"), 8)
            shape = tuple(self._number("Q") for _ in range(dimensions))
            tensors.append(Tensor(name, shape, self._number("I"), self._number("Q")))
        return tensors

    def _scalar(self, kind: int) -> Scalar:
        if kind not in _SCALARS:
            raise Broken(f"unknown kind of value {kind}")
        (value,) = self._unpack(_SCALARS[kind])
        assert isinstance(value, int | float)
        return value

    def _skip_array(self) -> int:
        """Skip an array; returns how many values it has."""
        kind = self._number("I")
        count = self._number("Q")
        if kind == _STRING:
            self._skip_strings(self._bounded(count, len(self._data)))
        elif kind in _SCALARS:
            self._move(count * struct.calcsize("<" + _SCALARS[kind]))
        else:
            raise Broken("an array of arrays")
        return count

    def _skip_strings(self, count: int) -> None:
        """Skip the strings in one plain loop: four times as fast with a large vocabulary."""
        data, at, end = self._data, self.at, len(self._data)
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(count):
            at += 8 + unpack(data, at)[0]
            if at > end:
                raise Broken("a string that runs past the end")
        self.at = at

    def _string(self) -> str:
        length = self._number("Q")
        start = self.at
        self._move(length)
        return self._data[start : self.at].decode("utf-8")

    def _number(self, code: str) -> int:
        (value,) = self._unpack(code)
        assert isinstance(value, int)
        return value

    def _unpack(self, code: str) -> tuple[object, ...]:
        values = struct.unpack_from("<" + code, self._data, self.at)
        self.at += struct.calcsize("<" + code)
        return values

    def _move(self, length: int) -> None:
        self.at += self._bounded(length, len(self._data) - self.at)

    @staticmethod
    def _bounded(length: int, most: int) -> int:
        if length > most:
            raise Broken(f"a length of {length} where at most {most} fits")
        return length
