"""What the parent does when the child dies, hangs, refuses or runs out of memory."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.engine.conftest import MakeEngine, Once, kill, kill_and_restart
from tests.engine.reference import assert_as_alone, branches, prompt
from tests.support.models import write_model
from tests.support.patience import SECONDS
from tutor.engine import (
    EngineCrashed,
    EngineError,
    EngineGone,
    EngineState,
    LabelsUnusable,
    ModelRefused,
    Status,
)
from tutor.engine.api import Ask, Branch, Segment
from tutor.engine.client import ModelEngine
from tutor.engine.errors import ModelTooLarge, PromptTooLong
from tutor.engine.process import Deadlines

pytestmark = pytest.mark.native
ENDED = r"was killed by signal|ended with exit code"
"""POSIX reports the signal, Windows a code."""


def refusal(make_engine: MakeEngine, model: Path, **options: object) -> ModelRefused:
    engine = make_engine(model=model, **options)
    with pytest.raises(ModelRefused) as caught:
        engine.wait_until_ready(SECONDS)
    assert engine.status.state is EngineState.FAILED
    assert engine.status.detail == caught.value.message
    return caught.value


def test_a_child_killed_while_probing_is_restarted(make_engine: MakeEngine) -> None:
    seen: list[Status] = []
    engine = make_engine("slow", seen=seen, start=False)
    once = Once(EngineState.PROBING, lambda: kill(engine)).on(engine)
    engine.start()
    assert not engine.wait_until_ready(SECONDS).plain_buffers, "not blamed on the buffers"
    assert once.done
    assert EngineState.RESTARTING in [status.state for status in seen]
    assert_as_alone(engine, prompt("text"), count=1)


def test_a_child_killed_while_rendering_the_template_is_not_blamed_on_the_template(
    make_engine: MakeEngine,
) -> None:
    engine = make_engine(start=False)
    progress: list[float | None] = []
    killed: list[int | None] = []

    def at_template(status: Status) -> None:
        """Progress is known while the file is read, but not while the template is rendered."""
        if status.state is EngineState.LOADING:
            progress.append(status.progress)
            if progress[-2:] == [1.0, None] and not killed:
                killed.append(engine.pid)
                kill(engine)

    engine.subscribe(at_template)
    restarted = Once(EngineState.RESTARTING).on(engine)
    engine.start()
    assert restarted.came()
    assert engine.wait_until_ready(SECONDS).name == "tiny random"
    assert killed != [engine.pid]


def test_a_child_killed_while_grading_raises_in_the_caller(make_ready: MakeEngine) -> None:
    engine = make_ready("slow")
    Once(EngineState.JUDGING, lambda: kill(engine)).on(engine)
    with pytest.raises(EngineCrashed, match=ENDED):
        engine.score(prompt("text " * 50), branches())
    assert engine.wait_until_ready(SECONDS).name == "tiny random"
    assert_as_alone(engine, prompt("text"), count=1)


def test_text_written_before_the_child_was_killed_is_kept(make_ready: MakeEngine) -> None:
    engine = make_ready("slow")
    writing = engine.generate(prompt("text"), (Segment("go"),), 30)
    pieces = [next(writing)]
    kill(engine)
    with pytest.raises(EngineCrashed, match=ENDED):
        pieces.extend(writing)
    engine.wait_until_ready(SECONDS)
    whole = "".join(engine.generate(prompt("text"), (Segment("go"),), 30))
    assert whole.startswith("".join(pieces))


def test_a_call_during_a_restart_reports_the_crash(make_ready: MakeEngine) -> None:
    """So that the grader waits for the new process, as after any crash, and does not give up."""
    engine = make_ready()
    raised: list[EngineError] = []

    def ask() -> None:
        with pytest.raises(EngineError) as caught:
            engine.score(prompt("text"), branches(1))
        raised.append(caught.value)

    again = Once(EngineState.RESTARTING, ask).on(engine)
    kill(engine)
    assert again.came()
    assert isinstance(raised[0], EngineCrashed)
    engine.wait_until_ready(SECONDS)
    assert_as_alone(engine, prompt("text"), count=1)


def test_the_model_is_given_up_after_the_second_crash(make_ready: MakeEngine) -> None:
    engine = make_ready()
    kill_and_restart(engine)
    engine.wait_until_ready(SECONDS)
    failed = Once(EngineState.FAILED).on(engine)
    kill(engine)
    assert failed.came()
    with pytest.raises(EngineGone):
        engine.wait_until_ready(SECONDS)
    with pytest.raises(EngineGone):
        engine.score(prompt("text"), branches())


def test_faulty_fast_buffers_are_found_by_probing_and_remembered(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    seen: list[Status] = []
    engine = make_engine("amx", seen=seen)
    assert engine.wait_until_ready(SECONDS).plain_buffers
    assert EngineState.RESTARTING in [status.state for status in seen]
    assert_as_alone(engine, prompt("text"), count=2)
    engine.close()
    again: list[Status] = []
    engine = make_engine("amx", seen=again)
    assert engine.wait_until_ready(SECONDS).plain_buffers
    assert EngineState.RESTARTING not in [status.state for status in again]
    assert "llama" in (tmp_path / "engine.log").read_text(encoding="utf-8", errors="replace")
    if os.name == "posix":
        for name in ("engine.log", "engine.json"):
            assert (tmp_path / name).stat().st_mode & 0o777 == 0o600, "for the owner alone"


def test_a_child_that_always_dies_is_given_up(make_engine: MakeEngine) -> None:
    engine = make_engine("always_faulty")
    with pytest.raises(EngineGone, match=ENDED):
        engine.wait_until_ready(SECONDS)
    assert engine.status.state is EngineState.FAILED


def test_the_child_has_lower_priority(engine: ModelEngine) -> None:
    ours = psutil.Process().nice()
    assert psutil.Process(engine.pid).nice() > ours or ours == 19, "or ours is the lowest"


def test_an_answer_that_is_too_long_is_refused_and_does_no_harm(engine: ModelEngine) -> None:
    with pytest.raises(PromptTooLong, match="1024 fit"):
        engine.score(prompt("слово " * 400), branches())
    assert_as_alone(engine, prompt("text"), count=1)


def test_labels_of_several_tokens_are_refused(engine: ModelEngine) -> None:
    with pytest.raises(LabelsUnusable, match="missed"):
        engine.score(prompt("text"), [Branch((Segment("?"),), (Ask(("yes", "missed")),))])
    assert_as_alone(engine, prompt("text"), count=1)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:2000], "within its header"),
        (lambda data: data[: len(data) * 2 // 3], "not within the file bounds"),
        (lambda data: data.replace(b"llama", b"lxama"), "unknown model architecture: 'lxama'"),
    ],
    ids=["truncated header", "truncated", "unknown architecture"],
)
def test_a_file_that_is_not_a_usable_model_is_refused(
    make_engine: MakeEngine,
    dense_model: Path,
    tmp_path: Path,
    damage: Callable[[bytes], bytes],
    message: str,
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(damage(dense_model.read_bytes()))
    assert message in refusal(make_engine, path).message


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is Unicode")
def test_a_model_whose_path_is_not_unicode_is_refused(
    make_engine: MakeEngine, dense_model: Path, tmp_path: Path
) -> None:
    """No message to the child can name it; the child once waited for one until it was killed."""
    folder = tmp_path / os.fsdecode(b"mod\xe8les")
    folder.mkdir()
    path = Path(shutil.copy(dense_model, folder / "model.gguf"))
    assert "not valid Unicode" in refusal(make_engine, path).message


ENDLESS = (
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    "{{ messages[0]['content'] }}"
)


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ({"template": None}, "no chat template"),
        ({"template": ENDLESS}, "never ends"),
        ({"words": ("the",)}, "cuts every word that could be a verdict into several tokens"),
    ],
    ids=["no template", "endless template", "labels of several tokens"],
)
def test_a_model_that_cannot_grade_is_refused(
    make_engine: MakeEngine, tmp_path: Path, contents: dict[str, Any], message: str
) -> None:
    path = write_model(tmp_path / "model.gguf", **contents)
    assert message in refusal(make_engine, path, deadlines=Deadlines(template=0.5)).message


def test_a_model_larger_than_memory_is_refused_unless_allowed(
    make_engine: MakeEngine, tmp_path: Path
) -> None:
    path = write_model(tmp_path / "large.gguf", claimed_words=1 << 31)
    error = refusal(make_engine, path)
    assert isinstance(error, ModelTooLarge)
    assert "GiB are free" in error.message
    assert make_engine(model=path, allow_large=True).wait_until_ready(SECONDS).path == str(path)


limited = pytest.mark.skipif(
    sys.platform != "linux", reason="address space can only be limited on Linux"
)


@limited
def test_a_model_whose_weights_cannot_be_allocated_is_refused(make_engine: MakeEngine) -> None:
    engine = make_engine("starved loading 100000")
    with pytest.raises(ModelRefused, match=r"cannot load dense\.gguf: .+"):
        engine.wait_until_ready(SECONDS)
    assert engine.status.remedy


@limited
def test_a_context_that_cannot_be_allocated_is_refused(make_engine: MakeEngine) -> None:
    engine = make_engine("starved context 100000", context=8192)
    with pytest.raises(ModelRefused, match=r"not enough memory for dense\.gguf with 8192 tokens"):
        engine.wait_until_ready(SECONDS)
    assert "lower `context`" in engine.status.remedy


@limited
def test_running_out_of_memory_while_grading_is_survived(make_ready: MakeEngine) -> None:
    engine = make_ready("starved working 0", context=8192)
    with pytest.raises(EngineCrashed):
        engine.score(prompt("text " * 1400), branches(16))
    engine.wait_until_ready(SECONDS)
