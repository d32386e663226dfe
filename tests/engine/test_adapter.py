"""A LoRA adapter next to a model: its effect, and what makes it unusable."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import gguf
import numpy as np
import pytest

from tests.engine.conftest import MakeEngine, kill_and_restart
from tests.engine.reference import TOLERANCE, branches, prompt
from tests.support.adapters import merge, random_adapter, write_random_adapter
from tests.support.models import write_model
from tests.support.patience import SECONDS
from tutor.engine import EngineState, ModelRefused
from tutor.engine.client import ModelEngine
from tutor.engine.gguf import fingerprint

pytestmark = pytest.mark.native
TEXT = "An answer of a few words. И ещё. 再说一句。"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    return write_random_adapter(tmp_path / "adapter.gguf")


def odds(engine: ModelEngine) -> list[float]:
    engine.wait_until_ready(SECONDS)
    scores = engine.score(prompt(TEXT), branches(3))
    return [chance for one in scores for chance in one.distributions[0].log_probabilities]


def test_an_adapter_grades_like_a_model_with_the_adapter_merged_into_its_weights(
    make_engine: MakeEngine, adapter: Path, tmp_path: Path
) -> None:
    merged = merge(write_model(tmp_path / "merged.gguf"), random_adapter())
    expected = odds(make_engine(model=merged))
    assert odds(make_engine(adapter=adapter)) == pytest.approx(expected, abs=TOLERANCE)
    assert odds(make_engine()) != pytest.approx(expected, abs=1)


def test_the_model_info_names_model_and_adapter(
    make_engine: MakeEngine, dense_model: Path, adapter: Path
) -> None:
    info = make_engine(adapter=adapter).wait_until_ready(SECONDS)
    assert info.adapter == fingerprint(adapter)
    assert info.fingerprint == fingerprint(dense_model) + fingerprint(adapter)
    alone = make_engine().wait_until_ready(SECONDS)
    assert (alone.adapter, alone.fingerprint) == ("", fingerprint(dense_model))


def test_a_changed_adapter_takes_effect_only_when_it_is_loaded_again(
    make_engine: MakeEngine, adapter: Path
) -> None:
    engine = make_engine(adapter=adapter)
    before = odds(engine)
    old = engine.wait_until_ready(0).adapter
    write_random_adapter(adapter, seed=4)
    assert odds(engine) == before
    kill_and_restart(engine)
    assert engine.wait_until_ready(SECONDS).adapter == fingerprint(adapter) != old
    assert odds(engine) != pytest.approx(before, abs=TOLERANCE)


def write_by_hand(
    path: Path,
    architecture: str = "llama",
    scale: gguf.GGUFValueType = gguf.GGUFValueType.FLOAT32,
    width: int = 64,
    value: float = 0.1,
) -> None:
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_key_value("adapter.lora.alpha", 6, scale)
    name = "blk.1.ffn_up.weight"
    writer.add_tensor(f"{name}.lora_a", np.full((4, width), value, np.float32))
    writer.add_tensor(f"{name}.lora_b", np.full((96, 4), value, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (Path.unlink, "the adapter adapter.gguf cannot be read: No such file"),
        (lambda file: file.write_bytes(b"not a model"), "does not begin with the letters GGUF"),
        (lambda file: os.truncate(file, file.stat().st_size - 5000), "not within the file bounds"),
        (write_model, "is not a LoRA adapter"),
        (partial(write_by_hand, architecture="qwen2"), "is for qwen2 models, and dense.gguf is"),
        # llama.cpp would kill the process
        (partial(write_by_hand, scale=gguf.GGUFValueType.UINT32), "is not a LoRA adapter"),
        (partial(write_by_hand, width=32), "has incorrect shape"),
        (partial(write_by_hand, value=float("nan")), "the model cannot evaluate anything"),
    ],
    ids=["missing", "another format", "cut", "a model", "another architecture", "another scale",
         "other shapes", "no numbers"],
)  # fmt: skip
def test_an_unusable_adapter_is_refused_with_the_reason(
    make_engine: MakeEngine,
    adapter: Path,
    damage: Callable[[Path], object],
    reason: str,
) -> None:
    damage(adapter)
    engine = make_engine(adapter=adapter)
    with pytest.raises(ModelRefused, match=reason) as caught:
        engine.wait_until_ready(SECONDS)
    assert "adapter" in caught.value.remedy
    assert engine.status.state is EngineState.FAILED
