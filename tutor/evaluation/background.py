"""A model is measured on sample answers in the pauses of studying, and calibrated at the end."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tutor.bank import Bank, Question, Sample
from tutor.evaluation.verdicts import (
    MeasuredSamples,
    SamplePoint,
    calibrated,
    measure_sample,
    samples_of,
)
from tutor.files import write_safely
from tutor.grading import Calibration, GradingService, KeyTermGrader
from tutor.grading.model_grader import ModelJudge
from tutor.paths import private_folder

SAMPLES = 120
"""Enough for four weights: about 600 points. All of them would take some models hours."""
_POINTS = TypeAdapter(tuple[SamplePoint, ...])


@dataclass(frozen=True, slots=True)
class Measuring:
    """How far it is."""

    done: int
    total: int
    calibration: Calibration | None = None
    """Comes with the last sample; from then on the model grades by it."""


class PauseCalibration:
    """Measures one sample at a time; what is found survives the program.

    The samples are those that are set aside, drawn by `source`, so that it continues with the same
    after a restart.
    """

    def __init__(
        self,
        grading: GradingService,
        bank: Bank,
        folder: Path,
        source: random.Random,
        *,
        samples: int = SAMPLES,
    ) -> None:
        """`folder` has the results so far."""
        self._grading = grading
        self._bank = bank
        self._folder = folder
        self._source = source
        self._most = samples
        self._samples: Sequence[tuple[Question, Sample]] = ()
        self._terms = KeyTermGrader()

    def step(self) -> Measuring | None:
        """One sample more, if the model is free; None where it is not, or needs no measuring.

        Blocks. Raises `Cancelled` when the student wants the model, `EngineError`, OSError.
        """
        if not self._grading.wants_calibration:
            return None
        if not self._samples:
            samples = samples_of(self._bank, "calibrate")
            self._source.shuffle(samples)
            self._samples = samples[: self._most]
        return self._grading.in_spare_time(self._next) if self._samples else None

    def _next(self, judge: ModelJudge) -> Measuring:
        file = self._folder / f"{'-'.join(judge.identity)}.seen.jsonl"
        seen = _read(file)
        at = min(len(seen), len(self._samples) - 1)
        question, sample = self._samples[at]
        measured = tuple(measure_sample(question, sample, self._terms, judge))
        if at + 1 < len(self._samples):
            _write(file, [*seen[:at], measured])
            return Measuring(at + 1, len(self._samples))
        judgement = judge.judge(question, sample.answer, sample.language)  # remembered: at once
        points = [point for row in (*seen[:at], measured) for point in row]
        calibration = calibrated(MeasuredSamples(points), judgement, self._source)
        self._grading.calibrations.keep(calibration)
        file.unlink(missing_ok=True)
        return Measuring(at + 1, len(self._samples), calibration)


def _read(file: Path) -> list[tuple[SamplePoint, ...]]:
    """The samples up to the first line that cannot be read; what is behind is measured again."""
    rows: list[tuple[SamplePoint, ...]] = []
    try:
        with file.open("rb") as lines:
            for line in lines:
                rows.append(_POINTS.validate_json(line))
    except (OSError, ValidationError):
        pass
    return rows


def _write(file: Path, rows: Sequence[tuple[SamplePoint, ...]]) -> None:
    private_folder(file.parent)
    data = b"".join(_POINTS.dump_json(row) + b"\n" for row in rows)
    write_safely(file, data, lasting=False)
