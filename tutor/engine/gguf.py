"""The header of a GGUF file, read without llama.cpp and without trusting the file.

Format: ggml's docs/gguf.md, versions 2 and 3, little endian. Only scalar metadata is kept; arrays
(the vocabulary) are stepped over.
"""

import hashlib
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from tutor.engine.front import ModelRefused

Scalar = int | float | bool | str

_SCALARS = {
    0: "B",
    1: "b",
    2: "H",
    3: "h",
    4: "I",
    5: "i",
    6: "f",
    7: "?",
    10: "Q",
    11: "q",
    12: "d",
}
_STRING, _ARRAY = 8, 9
_MAX_ENTRIES = 100_000
_SAMPLES, _SAMPLE_BYTES = 16, 1 << 16


@dataclass(frozen=True)
class Header:
    """What a model file says of itself."""

    path: Path
    size: int
    """Bytes of the whole file."""
    metadata: dict[str, Scalar]

    @property
    def architecture(self) -> str:
        """llama, qwen2, …; empty where the file does not say."""
        return str(self.metadata.get("general.architecture", ""))

    def number(self, key: str, default: int = 0) -> int:
        """The architecture's own integer `key`, e.g. `block_count`."""
        value = self.metadata.get(f"{self.architecture}.{key}", default)
        return int(value) if isinstance(value, int | float) else default

    def memory(self, context: int) -> int:
        """Bytes that the model needs with `context` tokens: weights, cache and working buffers.

        No more context is counted than the model was trained for.

        The cache holds keys and values in 16 bits for every layer; the working buffers are
        estimated from the vocabulary, 512 rows of 32-bit logits, and 64 MiB besides.
        """
        context = min(context, self.number("context_length") or context)
        heads = self.number("attention.head_count", 1) or 1
        width = self.number("embedding_length") // heads
        key = self.number("attention.key_length", width)
        value = self.number("attention.value_length", width)
        rows = self.number("attention.head_count_kv", heads) * self.number("block_count")
        vocabulary = self.number("vocab_size", 0)
        return self.size + 2 * context * rows * (key + value) + 4 * 512 * vocabulary + (64 << 20)


def read_header(path: Path) -> Header:
    """Read and check the header of `path`.

    Raises `ModelRefused` for a file that is not there, is not GGUF, ends within its header, or
    carries a header that no honest writer would make.
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
                return Header(path=path, size=size, metadata=_Reader(data).metadata())
    except (struct.error, _Broken, UnicodeDecodeError) as error:
        raise ModelRefused(
            f"{path.name} ends within its header or is damaged ({error})",
            remedy="Get the file again and compare its size with the publisher's.",
        ) from error
    except OSError as error:
        raise ModelRefused(
            f"{path} cannot be read: {error.strerror or error}",
            remedy="Check the path given by --model, TUTOR_MODEL or the settings file.",
        ) from error


def fingerprint(path: Path) -> str:
    """A short name for the weights: the size with head, tail and samples between, digested.

    Reads about 1 MiB, however large the file, so two files that differ in a few weights only can
    share it; a different model, quantisation or revision does not.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for step in range(_SAMPLES + 1):
            file.seek(max(0, (size - _SAMPLE_BYTES) * step // _SAMPLES))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:16]


class _Broken(Exception):
    """The header contradicts itself."""


class _Reader:
    """Steps through a header; every length is checked against what is left of the file."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 4

    def metadata(self) -> dict[str, Scalar]:
        version = self._number("I")
        if version not in (2, 3):
            raise _Broken(f"GGUF version {version}; 2 and 3 can be read")
        self._number("Q")
        entries = self._bounded(self._number("Q"), _MAX_ENTRIES)
        kept: dict[str, Scalar] = {}
        for _ in range(entries):
            key = self._string()
            value = self._value(self._number("I"))
            if value is not None:
                kept[key] = value
        return kept

    def _value(self, kind: int) -> Scalar | None:
        if kind == _ARRAY:
            self._skip_array()
            return None
        if kind == _STRING:
            return self._string()
        return self._scalar(kind)

    def _scalar(self, kind: int) -> Scalar:
        if kind not in _SCALARS:
            raise _Broken(f"unknown kind of value {kind}")
        (value,) = self._unpack(_SCALARS[kind])
        assert isinstance(value, int | float)
        return value

    def _skip_array(self) -> None:
        kind = self._number("I")
        count = self._number("Q")
        if kind == _STRING:
            self._bounded(count, len(self._data))
            for _ in range(count):
                self._move(self._number("Q"))
        elif kind in _SCALARS:
            self._move(count * struct.calcsize("<" + _SCALARS[kind]))
        else:
            raise _Broken("an array of arrays")

    def _string(self) -> str:
        length = self._number("Q")
        start = self._at
        self._move(length)
        return self._data[start : self._at].decode("utf-8")

    def _number(self, code: str) -> int:
        (value,) = self._unpack(code)
        assert isinstance(value, int)
        return value

    def _unpack(self, code: str) -> tuple[object, ...]:
        values = struct.unpack_from("<" + code, self._data, self._at)
        self._at += struct.calcsize("<" + code)
        return values

    def _move(self, length: int) -> None:
        self._at += self._bounded(length, len(self._data) - self._at)

    @staticmethod
    def _bounded(length: int, most: int) -> int:
        if length > most:
            raise _Broken(f"a length of {length} where at most {most} fits")
        return length
