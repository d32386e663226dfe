"""The measured quality of a model, and its speed on this machine (`tutor bench`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, ValidationError

from tutor.files import write_safely
from tutor.formatting import percent
from tutor.grading.calibration import Calibration
from tutor.paths import private_folder


@dataclass(frozen=True)
class Quality:
    """Shares of points that got the human verdict, on sample answers that were set aside."""

    calibration: Calibration

    @property
    def alone(self) -> float | None:
        """The share with the model's labels alone, uncalibrated."""
        return self._found("before")

    @property
    def terms(self) -> float | None:
        """The share with calibrated key terms alone, on the same points."""
        return self._found("key terms")

    @property
    def together(self) -> float | None:
        """The share with all signals together, cross-validated."""
        return self._found("all together")

    def _found(self, way: str) -> float | None:
        measured = self.calibration.found.get(way)
        return None if measured is None else measured.accuracy

    @property
    def words(self) -> str:
        """The figures in one line: those of the tests, or without any those of the fitting."""
        tested = self.calibration.tested
        if "test" in tested:
            share = percent(tested["test"].accuracy)
            words = f"right on {share} of points in answers it had not seen"
            if "apart" in tested:
                share = percent(tested["apart"].accuracy)
                words += f", and on {share} where the question was new to it too"
            return words
        ways = (
            ("with the model alone", self.alone),
            ("with key terms alone", self.terms),
            ("with both", self.together),
        )
        shares = ", ".join(f"{percent(share)} {way}" for way, share in ways if share is not None)
        return f"right on {shares} ({self.calibration.points:,} points)"


class MeasuredSpeed(BaseModel):
    """How fast a model was on this machine, in seconds unless stated otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    prefill: NonNegativeFloat
    """Tokens per second."""
    generation: NonNegativeFloat
    """Tokens per second."""
    cold: NonNegativeFloat
    """The time for all verdicts on an answer to a question that was never opened before."""
    opened: NonNegativeFloat
    """The same, if the question was read ahead while it was on the screen."""
    paused: NonNegativeFloat
    """The same, if the answer was also read ahead, after a pause in typing."""
    memory: NonNegativeInt
    """Bytes that the model's process uses at the end."""

    @property
    def words(self) -> str:
        """The figures in one line."""
        return (
            f"reads {self.prefill:.0f} tokens a second and writes {self.generation:.0f}; five "
            f"verdicts in {self.cold:.1f} s, {self.paused:.1f} s once the answer is read ahead"
        )


def save_speed(folder: Path, fingerprint: str, speed: MeasuredSpeed) -> Path:
    """Save a model's speed, replacing an older one; return the file. Raises OSError."""
    file = private_folder(folder) / f"{fingerprint}.json"
    write_safely(file, f"{speed.model_dump_json(indent=1)}\n".encode(), lasting=False)
    return file


def saved_speed(folder: Path, fingerprint: str) -> MeasuredSpeed | None:
    """The measured speed of this model on this machine; None if it was not measured."""
    try:
        return MeasuredSpeed.model_validate_json((folder / f"{fingerprint}.json").read_bytes())
    except (OSError, ValidationError):
        return None


def qualities(folders: Sequence[Path]) -> dict[str, Quality]:
    """The measured qualities, by the model's fingerprint; earlier folders take precedence."""
    files = (file for folder in reversed(folders) for file in sorted(folder.glob("*.json")))
    calibrations = (one for file in files if (one := _read(file)) is not None)
    return {one.model: Quality(one) for one in calibrations if one.model is not None}


def _read(file: Path) -> Calibration | None:
    try:
        return Calibration.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
