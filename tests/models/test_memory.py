"""Whether a model fits into memory, in figures and words."""

from pathlib import Path

import pytest

from tests.models.conftest import entry_of
from tutor.engine.gguf import SEQUENCES, read_header
from tutor.models.catalog import load_catalog
from tutor.models.memory import Fits, MachineMemory, MemoryFit
from tutor.paths import find_paths


def test_an_entry_and_its_file_need_the_same(dense_model: Path) -> None:
    entry = entry_of(dense_model.read_bytes())
    assert entry.needs(1024) == read_header(dense_model).needs(1024)


@pytest.mark.native
def test_memory_is_counted_for_the_sequences_of_the_child_process() -> None:
    from tutor.engine.worker.kv_cache import FIRST_BRANCH
    from tutor.engine.worker.model import BRANCHES

    assert SEQUENCES == FIRST_BRANCH + BRANCHES


def test_recurrent_state_is_counted_as_llama_cpp_lays_it_out(recurrent_model: Path) -> None:
    """Its log says for this model: 19 cells, 2 layers, R 0.06 MiB, S 0.15 MiB."""
    state = read_header(recurrent_model).shape.state
    assert state == 2 * 4 * (8 * 128 + 3 * 128)
    assert SEQUENCES * state == pytest.approx((0.06 + 0.15) * 2**20, rel=0.05)


def test_the_state_in_the_catalogue_agrees_with_its_remark() -> None:
    entry = load_catalog(find_paths({})).get("qwen3.5-4b")
    assert entry is not None
    assert entry.state == 24 * 4 * (128 * 4096 + 3 * 8192)
    assert entry.needs(4096).cache == 2 * 4096 * 8 * 4 * 512 + SEQUENCES * entry.state


@pytest.mark.parametrize(
    ("total", "free", "verdict", "words"),
    [
        (16, 12, Fits.FITS, "it fits"),
        (16, 2, Fits.TIGHT, "close other programs"),
        (3, 2, Fits.TOO_LARGE, "too large here"),
    ],
)
def test_the_words_state_the_verdict_and_the_figures(
    total: int, free: int, verdict: Fits, words: str
) -> None:
    entry = load_catalog(find_paths({})).get("qwen3-4b")
    assert entry is not None
    fitting = MemoryFit(entry.needs(4096), MachineMemory(total << 30, free << 30))
    assert fitting.verdict is verdict
    assert words in fitting.words
    assert (
        f"needs about 3.2 GiB (weights 2.3 GiB, context 576 MiB, buffers 361 MiB); {free}.0 GiB"
        in fitting.words
    )
