"""A model file that is deleted, cut, replaced or written over while its weights are in use."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import copyfile

import psutil
import pytest

from tests.engine.conftest import MakeEngine, Once
from tests.engine.test_equivalence import assert_as_alone, branches, prompt
from tests.support.models import write_model
from tests.support.questions import question
from tutor.engine import EngineCrashed, EngineState, ModelRefused, Status
from tutor.engine.client import ModelEngine
from tutor.engine.gguf import fingerprint
from tutor.engine.worker.model_file import FileChanged, ModelFile
from tutor.grading import LABEL_SETS, GradingService, PromptBook
from tutor.paths import find_paths

pytestmark = [
    pytest.mark.native,
    pytest.mark.skipif(os.name != "posix", reason="Windows keeps a mapped file from being changed"),
]


@pytest.fixture
def model(dense_model: Path, tmp_path: Path) -> Path:
    """A copy that a test may ill-treat."""
    return Path(copyfile(dense_model, tmp_path / "model.gguf"))


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """Of the same size, with other weights."""
    return write_model(tmp_path / "other.gguf", seed=8)


def killed_and_started_again(engine: ModelEngine) -> None:
    """Returns when the new process has been started."""
    again = Once(EngineState.RESTARTING)
    engine.subscribe(again)
    psutil.Process(engine.pid).kill()
    assert again.done.wait(30)


def test_deleted_it_goes_on_until_it_has_to_be_loaded_again(
    make_engine: MakeEngine, model: Path, dense_model: Path
) -> None:
    engine = make_engine(model)
    engine.wait_until_ready(60)
    model.unlink()
    assert_as_alone(engine, dense_model, prompt("text"), count=2)
    killed_and_started_again(engine)
    with pytest.raises(ModelRefused, match=r"model\.gguf cannot be read: No such file"):
        engine.wait_until_ready(60)
    assert engine.status.remedy


def test_replaced_it_stays_what_it_was_until_it_is_loaded_again(
    make_engine: MakeEngine, model: Path, dense_model: Path, other_model: Path, tmp_path: Path
) -> None:
    engine = make_engine(model)
    old = engine.wait_until_ready(60).fingerprint
    Path(copyfile(other_model, tmp_path / "new")).replace(model)
    assert_as_alone(engine, dense_model, prompt("text"), count=2)
    assert engine.info is not None
    assert engine.info.fingerprint == old == fingerprint(dense_model)
    killed_and_started_again(engine)
    assert engine.wait_until_ready(60).fingerprint == fingerprint(other_model)
    assert_as_alone(engine, other_model, prompt("text"), count=2)


def test_written_over_it_is_loaded_again_before_it_judges(
    make_engine: MakeEngine, model: Path, other_model: Path
) -> None:
    """The weights are mapped, so they change with the file: no grade may come of a mixture."""
    engine = make_engine(model)
    old = engine.wait_until_ready(60)
    engine.score(prompt("text"), branches(2))
    with model.open("r+b") as file:
        file.write(other_model.read_bytes())
    with pytest.raises(EngineCrashed, match=r"the model file changed while in use|signal 7"):
        engine.score(prompt("text"), branches(2))
    new = engine.wait_until_ready(60)
    assert (new.fingerprint, old.fingerprint) == (fingerprint(other_model), old.fingerprint)
    assert new.fingerprint != old.fingerprint
    assert_as_alone(engine, other_model, prompt("text"), count=2)


def test_a_grade_names_the_model_that_gave_it(
    make_engine: MakeEngine, model: Path, other_model: Path
) -> None:
    engine = make_engine(model, context=4096, label_sets=LABEL_SETS)
    engine.wait_until_ready(60)
    grading = GradingService(PromptBook(find_paths({}).prompts), engine)
    before = grading.grade(question(), "15 % of the tokens are selected.", "en")
    model.write_bytes(other_model.read_bytes())
    after = grading.grade(question(), "15 % of the tokens are selected.", "en")
    assert before.grader.model != after.grader.model == fingerprint(other_model)
    assert "it was restarted and graded this" in after.remark


@pytest.mark.parametrize("length", [0, 1000, 200_000])
def test_cut_short_under_it_the_crash_is_survived_and_the_file_refused(
    make_engine: MakeEngine, model: Path, length: int
) -> None:
    """A page of a mapping behind the end of its file is SIGBUS."""
    engine = make_engine(model)
    engine.wait_until_ready(60)
    os.truncate(model, length)
    with pytest.raises((EngineCrashed, ModelRefused)):
        engine.score(prompt("text"), branches())
    with pytest.raises(ModelRefused, match=r"not a GGUF file|within its header|file bounds"):
        engine.wait_until_ready(60)
    assert engine.status.state is EngineState.FAILED
    grading = GradingService(PromptBook(find_paths({}).prompts), engine)
    grade = grading.grade(question(), "15 % of the tokens are selected.", "en")
    assert grade.grader.name == "terms"
    assert grade.remark.startswith("Key terms graded this, since ")
    assert "model.gguf" in grade.remark


def _cut(model: Path) -> None:
    os.truncate(model, 1000)


def _delete(model: Path) -> None:
    model.unlink()


@pytest.mark.parametrize("harm", [_cut, _delete])
@pytest.mark.parametrize("state", [EngineState.STARTING, EngineState.LOADING, EngineState.PROBING])
def test_harmed_while_it_loads_it_is_refused_or_serves(
    make_engine: MakeEngine, model: Path, state: EngineState, harm: Callable[[Path], None]
) -> None:
    """Which of the two depends on how much had been read; nothing hangs and nothing is hidden."""
    seen: list[Status] = []
    engine = make_engine(model, mode="slow", seen=seen, start=False)
    engine.subscribe(Once(state, lambda: harm(model)))
    engine.start()
    with suppress(ModelRefused):
        engine.wait_until_ready(60)
        assert engine.score(prompt("text"), branches(1))
    assert engine.status.state is EngineState.READY or "model.gguf" in engine.status.detail
    assert len([s for s in seen if s.state is EngineState.RESTARTING]) <= 1


def test_the_file_is_read_ahead_and_tells_how_far(model: Path) -> None:
    told: list[float] = []
    file = ModelFile(model)
    file.read_ahead(told.append)
    assert told[-1] == 1
    assert told == sorted(told)
    file.check_current()


def test_every_step_of_reading_is_a_sign_of_life(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.engine.worker.model_file.STEP", 4096)
    told: list[float] = []
    ModelFile(model).read_ahead(told.append)
    assert len(told) == -(-model.stat().st_size // 4096)
    assert max(b - a for a, b in zip([0.0, *told], told, strict=False)) < 0.02


def test_what_is_changed_and_what_is_current(model: Path, other_model: Path) -> None:
    file = ModelFile(model)
    file.check_unchanged()
    file.check_current()
    other_model.replace(model)
    file.check_unchanged()
    with pytest.raises(FileChanged):
        file.check_current()
    again = ModelFile(model)
    os.truncate(model, 5000)
    with pytest.raises(FileChanged):
        again.check_unchanged()
    gone = ModelFile(model)
    model.unlink()
    gone.check_unchanged()
    with pytest.raises(FileChanged):
        gone.check_current()
