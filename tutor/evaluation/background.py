"""Measures a model on sample answers during pauses, and calibrates it at the end."""

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
from tutor.grading.model_grader import ModelGrader
from tutor.paths import private_folder

SAMPLES = 120
"""About 600 points, enough to fit four weights. All samples would take some models hours."""
_POINTS = TypeAdapter(tuple[SamplePoint, ...])


@dataclass(frozen=True, slots=True)
class Measuring:
    """How far the measuring is."""

    done: int
    total: int
    calibration: Calibration | None = None
    """Given with the last sample; the model grades by it from then on."""


class PauseCalibration:
    """Measures one sample at a time; the results survive a restart.

    `source` draws the samples from the split `calibrate`, so that a restart continues with the same
    ones.
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
        """`folder` is where the results so far are."""
        self.grading = grading
        self.bank = bank
        self._folder = folder
        self._source = source
        self._limit = samples
        self._samples: Sequence[tuple[Question, Sample]] = ()
        self._terms = KeyTermGrader()

    def step(self) -> Measuring | None:
        """Measure another sample; None if the model is busy or needs no measuring.

        Blocks. Raises `Cancelled` when the student needs the model, `EngineError`, OSError.
        """
        if not self.grading.wants_calibration:
            return None
        if not self._samples:
            samples = samples_of(self.bank, "calibrate")
            self._source.shuffle(samples)
            self._samples = samples[: self._limit]
        return self.grading.in_spare_time(self._measure_next) if self._samples else None

    def _measure_next(self, model: ModelGrader) -> Measuring:
        file = self._folder / f"{'-'.join(model.identity)}.seen.jsonl"
        seen = _read(file)
        at = min(len(seen), len(self._samples) - 1)
        question, sample = self._samples[at]
        measured = tuple(measure_sample(question, sample, self._terms, model))
        if at + 1 < len(self._samples):
            _write(file, [*seen[:at], measured])
            return Measuring(at + 1, len(self._samples))
        reading = model.read(question, sample.answer, sample.language)  # cached
        points = [point for row in (*seen[:at], measured) for point in row]
        calibration = calibrated(MeasuredSamples(points), reading, self._source)
        self.grading.calibrations.keep(calibration)
        file.unlink(missing_ok=True)
        return Measuring(at + 1, len(self._samples), calibration)


def _read(file: Path) -> list[tuple[SamplePoint, ...]]:
    """The results up to the first line that cannot be read; those after it are measured again."""
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
