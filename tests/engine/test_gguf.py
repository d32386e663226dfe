"""The header reader does not trust the file."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.models import CONTEXT, WIDTH, write_model
from tutor.engine import ModelRefused
from tutor.engine.gguf import fingerprint, read_header


def test_a_header_is_read_as_it_was_written(dense_model: Path) -> None:
    header = read_header(dense_model)
    assert header.architecture == "llama"
    assert header.metadata["general.name"] == "tiny random"
    assert header.number("context_length") == CONTEXT
    assert header.number("embedding_length") == WIDTH
    assert header.number("missing", 3) == 3
    assert header.size == dense_model.stat().st_size


def test_memory_grows_with_the_context(dense_model: Path) -> None:
    header = read_header(dense_model)
    rows, width = 2 * 2, WIDTH // 4
    assert header.needs(1000).total - header.needs(500).total == 2 * 500 * rows * 2 * width
    assert header.needs(10 * CONTEXT).total == header.needs(CONTEXT).total
    assert header.needs(1000).total > header.size


@given(cut=st.integers(0, 3000), junk=st.binary(max_size=16))
def test_any_damage_is_a_refusal_or_a_header(
    dense_model: Path, tmp_path: Path, cut: int, junk: bytes
) -> None:
    path = tmp_path / "damaged.gguf"
    data = dense_model.read_bytes()
    path.write_bytes(data[:cut] + junk + data[cut + len(junk) : 4000])
    with suppress(ModelRefused):
        assert read_header(path).size == path.stat().st_size


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62) + b"x" * 100, "damaged"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, (1 << 64) - 1) + b"x" * 100, "damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 62) + b"x" * 100, "damaged"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, (1 << 64) - 1) + b"x" * 100, "damaged"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "version 1"),
        (b"", "not a GGUF file"),
    ],
    ids=["long key", "longest key", "many entries", "most entries", "another version", "empty"],
)
def test_a_header_that_cannot_be_right_is_refused(
    tmp_path: Path, contents: bytes, message: str
) -> None:
    path = tmp_path / "false.gguf"
    path.write_bytes(contents)
    with pytest.raises(ModelRefused, match=message):
        read_header(path)


def test_fingerprints_tell_models_apart(dense_model: Path, tmp_path: Path) -> None:
    same = tmp_path / "same.gguf"
    same.write_bytes(dense_model.read_bytes())
    other = write_model(tmp_path / "other.gguf", seed=8)
    assert fingerprint(same) == fingerprint(dense_model)
    assert fingerprint(other) != fingerprint(dense_model)
