"""Running out of memory: refused if llama.cpp notices, survived if it crashes."""

import sys

import pytest

from tests.engine.conftest import MakeEngine
from tests.engine.reference import assert_as_alone, branches, prompt
from tests.support.patience import SECONDS
from tutor.engine import EngineCrashed, EngineGone, EngineState, ModelRefused

pytestmark = [
    pytest.mark.native,
    pytest.mark.skipif(
        sys.platform != "linux", reason="address space can only be limited on Linux"
    ),
]
ENOUGH = 1 << 34


def test_a_model_whose_weights_cannot_be_allocated_is_refused(make_engine: MakeEngine) -> None:
    engine = make_engine("starved loading 100000")
    with pytest.raises(ModelRefused, match=r"cannot load dense\.gguf: .+"):
        engine.wait_until_ready(SECONDS)
    assert engine.status.remedy


def test_a_context_that_cannot_be_allocated_is_refused(make_engine: MakeEngine) -> None:
    engine = make_engine("starved context 100000", context=8192)
    with pytest.raises(ModelRefused, match=r"not enough memory for dense\.gguf with 8192 tokens"):
        engine.wait_until_ready(SECONDS)
    assert "lower `context`" in engine.status.remedy


def test_running_out_of_memory_while_grading_is_survived(make_ready: MakeEngine) -> None:
    engine = make_ready("starved working 0", context=8192)
    for _ in range(2):
        engine.wait_until_ready(SECONDS)
        with pytest.raises(EngineCrashed):
            engine.score(prompt("text " * 1400), branches(16))
    with pytest.raises(EngineGone):
        engine.wait_until_ready(SECONDS)
    assert engine.status.state is EngineState.FAILED


def test_a_high_memory_limit_has_no_effect(make_engine: MakeEngine) -> None:
    """So the refusals above are caused by the limit alone."""
    for where in ("loading", "context", "working"):
        engine = make_engine(f"starved {where} {ENOUGH}")
        engine.wait_until_ready(SECONDS)
        assert_as_alone(engine, prompt("text"), count=1)
