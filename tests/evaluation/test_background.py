"""A model measured in pauses: sample by sample, through restarts, calibrated at the end."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.banks import make_deck
from tests.support.questions import INFO, EngineDouble, question
from tutor.bank import Bank, open_bank
from tutor.engine import Cancelled, EngineError
from tutor.evaluation.background import Measuring, PauseCalibration
from tutor.grading import Calibrations, GradingService, PromptBook
from tutor.grading.turns import QUIET
from tutor.paths import find_paths


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    folder = make_deck(tmp_path / "questions" / "numbers", sections=1, questions=6)
    for file in folder.glob("*.samples.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("    kind: full", "    split: calibrate\n    kind: full"))
    return open_bank([tmp_path / "questions"], None)


class Situation:
    """A program with a model that nobody wants; `restart` starts it anew over the same folder."""

    def __init__(self, bank: Bank, folder: Path, faults: Sequence[EngineError | None] = ()) -> None:
        self.bank, self.folder, self.now = bank, folder, 0.0
        self.engine = EngineDouble(faults=faults)
        self.restart()
        self.now = QUIET

    def restart(self) -> None:
        kept = Calibrations([self.folder])
        prompts = PromptBook(find_paths({}).prompts)
        self.grading = GradingService(
            prompts, self.engine, calibrations=kept, clock=lambda: self.now
        )
        source = random.Random(1)
        self.pauses = PauseCalibration(self.grading, self.bank, self.folder, source, samples=5)
        self.now += QUIET

    def wants_more(self) -> bool:
        return self.grading.wants_calibration

    @property
    def half_done(self) -> list[Path]:
        return list(self.folder.glob("*.seen.jsonl"))


def test_it_continues_after_a_restart_and_grades_by_what_it_found(
    bank: Bank, tmp_path: Path
) -> None:
    there = Situation(bank, tmp_path / "kept")
    assert there.wants_more()
    assert there.pauses.step() == Measuring(1, 5)
    assert there.pauses.step() == Measuring(2, 5)
    there.restart()
    assert there.pauses.step() == Measuring(3, 5)
    there.pauses.step()
    last = there.pauses.step()
    assert last is not None
    assert last.calibration is not None
    assert (last.done, last.calibration.model) == (5, INFO.fingerprint)
    assert (last.calibration.questions, last.calibration.points) == (5, 15)
    assert there.half_done == []
    assert not there.wants_more()
    assert there.pauses.step() is None
    grade = there.grading.grade(question(), "15 % of tokens are selected.", "en")
    assert grade.grader.calibration == last.calibration.id


def test_a_sample_that_was_interrupted_is_asked_again(bank: Bank, tmp_path: Path) -> None:
    there = Situation(bank, tmp_path / "kept", [None, None, Cancelled("somebody types")])
    assert there.pauses.step() == Measuring(1, 5)
    with pytest.raises(Cancelled):
        there.pauses.step()
    assert there.pauses.step() == Measuring(2, 5)


def test_a_half_written_line_is_measured_again(bank: Bank, tmp_path: Path) -> None:
    there = Situation(bank, tmp_path / "kept")
    there.pauses.step()
    there.pauses.step()
    (file,) = there.half_done
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    there.restart()
    assert there.pauses.step() == Measuring(2, 5)
    there.restart()
    assert there.pauses.step() == Measuring(3, 5)
    assert file.read_bytes().count(b"\n") == 3


def test_nothing_is_measured_while_somebody_studies(bank: Bank, tmp_path: Path) -> None:
    there = Situation(bank, tmp_path / "kept")
    there.grading.prepare(question(), "en", "15 %")
    assert there.pauses.step() is None
    there.now += QUIET
    assert there.pauses.step() == Measuring(1, 5)


def test_without_a_model_nothing_is_to_be_measured(bank: Bank, tmp_path: Path) -> None:
    kept = Calibrations([tmp_path])
    grading = GradingService(PromptBook(find_paths({}).prompts), calibrations=kept)
    pauses = PauseCalibration(grading, bank, tmp_path, random.Random(1))
    assert not grading.wants_calibration
    assert pauses.step() is None
    assert list(tmp_path.glob("*.jsonl")) == []
