"""A model file that is deleted, truncated, replaced or overwritten while it is in use."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from shutil import copyfile

import pytest

from tests.engine.conftest import MakeEngine, Once, kill_and_restart
from tests.engine.reference import assert_as_alone, branches, prompt
from tests.support.models import write_model
from tests.support.patience import SECONDS
from tests.support.questions import grading_on, question
from tutor.engine import EngineCrashed, EngineState, ModelRefused, Status
from tutor.engine.gguf import fingerprint
from tutor.engine.worker.model_file import FileChanged, ModelFile
from tutor.grading import LABEL_SETS

pytestmark = [
    pytest.mark.native,
    pytest.mark.skipif(os.name != "posix", reason="Windows keeps a mapped file from being changed"),
]


@pytest.fixture
def model(dense_model: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(copyfile(dense_model, tmp_path / "model.gguf"))


@pytest.fixture
def other_model(tmp_path: Path) -> Path:
    """Of the same size, with other weights."""
    return write_model(tmp_path / "other.gguf", seed=8)


def test_a_deleted_model_works_until_it_has_to_be_loaded_again(
    make_ready: MakeEngine, model: Path, dense_model: Path
) -> None:
    engine = make_ready()
    model.unlink()
    assert_as_alone(engine, prompt("text"), count=2, model=dense_model)
    kill_and_restart(engine)
    with pytest.raises(ModelRefused, match=r"model\.gguf cannot be read: No such file"):
        engine.wait_until_ready(SECONDS)
    assert engine.status.remedy


def test_a_replaced_model_takes_effect_only_when_it_is_loaded_again(
    make_engine: MakeEngine, model: Path, dense_model: Path, other_model: Path, tmp_path: Path
) -> None:
    engine = make_engine()
    old = engine.wait_until_ready(SECONDS).fingerprint
    Path(copyfile(other_model, tmp_path / "new")).replace(model)
    assert_as_alone(engine, prompt("text"), count=2, model=dense_model)
    assert engine.info is not None
    assert engine.info.fingerprint == old == fingerprint(dense_model)
    kill_and_restart(engine)
    assert engine.wait_until_ready(SECONDS).fingerprint == fingerprint(other_model)
    assert_as_alone(engine, prompt("text"), count=2, model=other_model)


def test_an_overwritten_model_is_reloaded_before_it_grades(
    make_engine: MakeEngine, model: Path, other_model: Path
) -> None:
    """The weights are mapped, so they change with the file; no grade may come from a mixture."""
    engine = make_engine()
    old = engine.wait_until_ready(SECONDS)
    engine.score(prompt("text"), branches(2))
    with model.open("r+b") as file:
        file.write(other_model.read_bytes())
    with pytest.raises(EngineCrashed, match=r"the model file changed while in use|signal 7"):
        engine.score(prompt("text"), branches(2))
    new = engine.wait_until_ready(SECONDS)
    assert (new.fingerprint, old.fingerprint) == (fingerprint(other_model), old.fingerprint)
    assert new.fingerprint != old.fingerprint
    assert_as_alone(engine, prompt("text"), count=2, model=other_model)


def test_a_grade_names_the_model_that_gave_it(
    make_ready: MakeEngine, model: Path, other_model: Path
) -> None:
    engine = make_ready(context=4096, label_sets=LABEL_SETS)
    grading = grading_on(engine)
    before = grading.grade(question(), "15 % of the tokens are selected.", "en")
    model.write_bytes(other_model.read_bytes())
    after = grading.grade(question(), "15 % of the tokens are selected.", "en")
    assert before.grader.model != after.grader.model == fingerprint(other_model)
    assert "it was restarted and graded this" in after.remark


@pytest.mark.parametrize("length", [0, 200_000])
def test_truncating_the_file_causes_a_survived_crash_and_a_refusal(
    make_ready: MakeEngine, model: Path, length: int
) -> None:
    """Reading a mapped page past the end of the file raises SIGBUS."""
    engine = make_ready()
    os.truncate(model, length)
    with pytest.raises((EngineCrashed, ModelRefused)):
        engine.score(prompt("text"), branches())
    with pytest.raises(ModelRefused, match=r"not a GGUF file|file bounds"):
        engine.wait_until_ready(SECONDS)
    assert engine.status.state is EngineState.FAILED
    grading = grading_on(engine)
    grade = grading.grade(question(), "15 % of the tokens are selected.", "en")
    assert grade.grader.name == "terms"
    assert grade.remark.startswith("Key terms graded this, since ")
    assert "model.gguf" in grade.remark


@pytest.mark.parametrize(
    ("state", "damage"),
    [
        (EngineState.LOADING, lambda file: os.truncate(file, 1000)),
        (EngineState.PROBING, lambda file: os.truncate(file, 1000)),
        (EngineState.PROBING, Path.unlink),
    ],
    ids=["cut while loading", "cut while probing", "deleted while probing"],
)
def test_a_file_damaged_while_loading_is_refused_or_works(
    make_engine: MakeEngine, model: Path, state: EngineState, damage: Callable[[Path], object]
) -> None:
    """Which of the two depends on how much has been read; nothing hangs or fails silently."""
    seen: list[Status] = []
    engine = make_engine("slow", seen=seen, start=False)
    engine.subscribe(Once(state, lambda: damage(model)))
    engine.start()
    with suppress(ModelRefused):
        engine.wait_until_ready(SECONDS)
        assert engine.score(prompt("text"), branches(1))
    assert engine.status.state is EngineState.READY or "model.gguf" in engine.status.detail
    assert len([s for s in seen if s.state is EngineState.RESTARTING]) <= 1


def test_every_step_of_reading_is_a_sign_of_life(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.engine.worker.model_file.STEP", 4096)
    progress: list[float] = []
    ModelFile(model).read_ahead(progress.append)
    assert len(progress) == -(-model.stat().st_size // 4096)
    assert max(b - a for a, b in zip([0.0, *progress], progress, strict=False)) < 0.02


def test_a_replaced_file_is_unchanged_but_not_current(model: Path, other_model: Path) -> None:
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
