"""A LoRA adapter next to a model: its effect, and what makes it unusable."""

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
    make_engine: MakeEngine, dense_model: Path, adapter: Path, tmp_path: Path
) -> None:
    merged = merge(write_model(tmp_path / "merged.gguf"), random_adapter())
    expected = odds(make_engine(merged))
    assert odds(make_engine(dense_model, adapter=adapter)) == pytest.approx(expected, abs=TOLERANCE)
    assert odds(make_engine(dense_model)) != pytest.approx(expected, abs=1)


def test_the_model_info_names_model_and_adapter(
    make_engine: MakeEngine, dense_model: Path, adapter: Path
) -> None:
    info = make_engine(dense_model, adapter=adapter).wait_until_ready(SECONDS)
    assert info.adapter == fingerprint(adapter)
    assert info.fingerprint == fingerprint(dense_model) + fingerprint(adapter)
    alone = make_engine(dense_model).wait_until_ready(SECONDS)
    assert (alone.adapter, alone.fingerprint) == ("", fingerprint(dense_model))


def test_a_changed_adapter_takes_effect_only_when_it_is_loaded_again(
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
    assert again.done.wait(SECONDS)
    assert engine.wait_until_ready(SECONDS).adapter == fingerprint(adapter) != old
    assert odds(engine) != pytest.approx(before, abs=TOLERANCE)


def missing(_model: Path, adapter: Path) -> None:
    adapter.unlink()


def not_gguf(_model: Path, adapter: Path) -> None:
    adapter.write_bytes(b"not a model")


def truncated_at_the_end(_model: Path, adapter: Path) -> None:
    adapter.write_bytes(adapter.read_bytes()[:-5000])


def truncated_within_the_header(_model: Path, adapter: Path) -> None:
    adapter.write_bytes(adapter.read_bytes()[:200])


def replaced_by_a_model(model: Path, adapter: Path) -> None:
    adapter.write_bytes(model.read_bytes())


def of_another_architecture(_model: Path, adapter: Path) -> None:
    write_by_hand(adapter, architecture="qwen2")


def with_a_scale_of_another_type(_model: Path, adapter: Path) -> None:
    """llama.cpp would kill the process."""
    write_by_hand(adapter, scale=gguf.GGUFValueType.UINT32)


def of_other_shapes(_model: Path, adapter: Path) -> None:
    write_by_hand(adapter, width=32)


def of_more_layers(_model: Path, adapter: Path) -> None:
    write_random_adapter(adapter, layers=5)


def with_nan_weights(_model: Path, adapter: Path) -> None:
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
    ("damage", "reason"),
    [
        (missing, "the adapter adapter.gguf cannot be read: No such file"),
        (not_gguf, "does not begin with the letters GGUF"),
        (truncated_at_the_end, "not within the file bounds"),
        (truncated_within_the_header, "is damaged or ends within its header"),
        (replaced_by_a_model, "is not a LoRA adapter"),
        (of_another_architecture, "is for qwen2 models, and dense.gguf is llama"),
        (with_a_scale_of_another_type, "is not a LoRA adapter"),
        (of_other_shapes, "has incorrect shape"),
        (of_more_layers, "does not exist in base model"),
        (with_nan_weights, "the model cannot evaluate anything"),
    ],
)
def test_an_unusable_adapter_is_refused_with_the_reason(
    make_engine: MakeEngine,
    dense_model: Path,
    adapter: Path,
    damage: Callable[[Path, Path], None],
    reason: str,
) -> None:
    damage(dense_model, adapter)
    engine = make_engine(dense_model, adapter=adapter)
    with pytest.raises(ModelRefused, match=reason) as caught:
        engine.wait_until_ready(SECONDS)
    assert "adapter" in caught.value.remedy
    assert engine.status.state is EngineState.FAILED
