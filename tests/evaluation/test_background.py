"""A model is measured during pauses, sample by sample and across restarts, and then calibrated."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.questions import INFO, EngineDouble, grading_on, question
from tutor.bank import Bank
from tutor.engine import Cancelled, EngineError
from tutor.evaluation.background import Measuring, PauseCalibration
from tutor.grading import Calibrations
from tutor.grading.turns import QUIET


class Situation:
    """A program with an idle model; `restart` starts it again with the same folder."""

    def __init__(self, bank: Bank, folder: Path, faults: Sequence[EngineError | None] = ()) -> None:
        self.bank, self.folder, self.now = bank, folder, 0.0
        self.engine = EngineDouble(faults=faults)
        self.restart()
        self.now = QUIET

    def restart(self) -> None:
        kept = Calibrations([self.folder])
        self.grading = grading_on(self.engine, calibrations=kept, clock=lambda: self.now)
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
    situation = Situation(bank, tmp_path / "kept")
    assert situation.wants_more()
    assert situation.pauses.step() == Measuring(1, 5)
    assert situation.pauses.step() == Measuring(2, 5)
    situation.restart()
    assert situation.pauses.step() == Measuring(3, 5)
    situation.pauses.step()
    last = situation.pauses.step()
    assert last is not None
    assert last.calibration is not None
    assert (last.done, last.calibration.model) == (5, INFO.fingerprint)
    assert (last.calibration.questions, last.calibration.points) == (5, 15)
    assert situation.half_done == []
    assert not situation.wants_more()
    assert situation.pauses.step() is None
    grade = situation.grading.grade(question(), "15 % of tokens are selected.", "en")
    assert grade.grader.calibration == last.calibration.id


def test_a_sample_that_was_interrupted_is_asked_again(bank: Bank, tmp_path: Path) -> None:
    situation = Situation(bank, tmp_path / "kept", [None, None, Cancelled("somebody types")])
    assert situation.pauses.step() == Measuring(1, 5)
    with pytest.raises(Cancelled):
        situation.pauses.step()
    assert situation.pauses.step() == Measuring(2, 5)


def test_a_half_written_line_is_measured_again(bank: Bank, tmp_path: Path) -> None:
    situation = Situation(bank, tmp_path / "kept")
    situation.pauses.step()
    situation.pauses.step()
    (file,) = situation.half_done
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    situation.restart()
    assert situation.pauses.step() == Measuring(2, 5)
    situation.restart()
    assert situation.pauses.step() == Measuring(3, 5)
    assert file.read_bytes().count(b"\n") == 3


def test_nothing_is_measured_while_somebody_studies(bank: Bank, tmp_path: Path) -> None:
    situation = Situation(bank, tmp_path / "kept")
    situation.grading.prepare(question(), "en", "15 %")
    assert situation.pauses.step() is None
    situation.now += QUIET
    assert situation.pauses.step() == Measuring(1, 5)


def test_without_a_model_nothing_is_to_be_measured(bank: Bank, tmp_path: Path) -> None:
    grading = grading_on(calibrations=Calibrations([tmp_path]))
    pauses = PauseCalibration(grading, bank, tmp_path, random.Random(1))
    assert not grading.wants_calibration
    assert pauses.step() is None
    assert list(tmp_path.glob("*.jsonl")) == []
