"""A LoRA adapter beside the model: what it comes to, and what is wrong with one."""

from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import psutil
import pytest

from tests.engine.conftest import MakeEngine, Once
from tests.engine.reference import TOLERANCE
from tests.engine.test_equivalence import branches, prompt
from tests.support.adapters import merge, random_adapter, write_random_adapter
from tests.support.models import write_model
from tutor.engine import EngineState, ModelRefused
from tutor.engine.client import ModelEngine
from tutor.engine.gguf import fingerprint

pytestmark = pytest.mark.native
TEXT = "An answer of a few words. И ещё. 再说一句。"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    return write_random_adapter(tmp_path / "adapter.gguf")


def odds(engine: ModelEngine) -> list[float]:
    engine.wait_until_ready(60)
    found = engine.score(prompt(TEXT), branches(3))
    return [chance for one in found for chance in one.distributions[0].log_probabilities]


def test_it_judges_as_a_model_does_that_has_it_merged_into_its_weights(
    make_engine: MakeEngine, dense_model: Path, adapter: Path, tmp_path: Path
) -> None:
    whole = merge(write_model(tmp_path / "merged.gguf"), random_adapter())
    expected = odds(make_engine(whole))
    assert odds(make_engine(dense_model, adapter=adapter)) == pytest.approx(expected, abs=TOLERANCE)
    assert odds(make_engine(dense_model)) != pytest.approx(expected, abs=1)


def test_both_are_named(make_engine: MakeEngine, dense_model: Path, adapter: Path) -> None:
    info = make_engine(dense_model, adapter=adapter).wait_until_ready(60)
    assert info.adapter == fingerprint(adapter)
    assert info.fingerprint == fingerprint(dense_model) + fingerprint(adapter)
    alone = make_engine(dense_model).wait_until_ready(60)
    assert (alone.adapter, alone.fingerprint) == ("", fingerprint(dense_model))


def test_changed_under_it_nothing_changes_until_it_is_loaded_again(
    make_engine: MakeEngine, dense_model: Path, adapter: Path
) -> None:
    engine = make_engine(dense_model, adapter=adapter)
    before = odds(engine)
    old = engine.wait_until_ready(0).adapter
    write_random_adapter(adapter, seed=4)
    again = Once(EngineState.RESTARTING)
    engine.subscribe(again)
    assert odds(engine) == before
    psutil.Process(engine.pid).kill()
    assert again.done.wait(30)
    assert engine.wait_until_ready(60).adapter == fingerprint(adapter) != old
    assert odds(engine) != pytest.approx(before, abs=TOLERANCE)


def missing(_model: Path, adapter: Path) -> None:
    adapter.unlink()


def no_gguf(_model: Path, adapter: Path) -> None:
    adapter.write_bytes(b"not a model")


def without_its_end(_model: Path, adapter: Path) -> None:
    adapter.write_bytes(adapter.read_bytes()[:-5000])


def without_most(_model: Path, adapter: Path) -> None:
    adapter.write_bytes(adapter.read_bytes()[:200])


def a_model(model: Path, adapter: Path) -> None:
    adapter.write_bytes(model.read_bytes())


def of_another_architecture(_model: Path, adapter: Path) -> None:
    write_by_hand(adapter, architecture="qwen2")


def with_a_scale_of_another_kind(_model: Path, adapter: Path) -> None:
    """llama.cpp would end the process over it."""
    write_by_hand(adapter, scale=gguf.GGUFValueType.UINT32)


def of_other_shapes(_model: Path, adapter: Path) -> None:
    write_by_hand(adapter, width=32)


def of_more_layers(_model: Path, adapter: Path) -> None:
    write_random_adapter(adapter, layers=5)


def without_numbers(_model: Path, adapter: Path) -> None:
    write_by_hand(adapter, value=float("nan"))


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
    ("damage", "told"),
    [
        (missing, "the adapter adapter.gguf cannot be read: No such file"),
        (no_gguf, "does not begin with the letters GGUF"),
        (without_its_end, "not within the file bounds"),
        (without_most, "is damaged or ends within its header"),
        (a_model, "is not a LoRA adapter"),
        (of_another_architecture, "is for qwen2 models, and dense.gguf is llama"),
        (with_a_scale_of_another_kind, "is not a LoRA adapter"),
        (of_other_shapes, "has incorrect shape"),
        (of_more_layers, "does not exist in base model"),
        (without_numbers, "the model cannot evaluate anything"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(
    make_engine: MakeEngine,
    dense_model: Path,
    adapter: Path,
    damage: Callable[[Path, Path], None],
    told: str,
) -> None:
    damage(dense_model, adapter)
    engine = make_engine(dense_model, adapter=adapter)
    with pytest.raises(ModelRefused, match=told) as caught:
        engine.wait_until_ready(60)
    assert "adapter" in caught.value.remedy
    assert engine.status.state is EngineState.FAILED
