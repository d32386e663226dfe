"""How well a model judged, and how fast it is here, where that was measured (`tutor bench`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, ValidationError

from tutor.bank import Language
from tutor.grading.calibration import Calibration
from tutor.paths import private_folder


@dataclass(frozen=True)
class Quality:
    """Shares of points with the human's verdict, on sample answers that were set aside."""

    points: int
    alone: float | None
    """By the model's labels only, uncalibrated."""
    terms: float | None
    """By the calibrated key terms, without a model, on the same points."""
    together: float | None
    """By all signals together, as fitted."""
    apart: float | None = None
    """By all together, on questions that a model trained on ours never saw."""
    better_in: tuple[Language, ...] = ()
    """Where together is better than the key terms, beyond chance."""

    @property
    def words(self) -> str:
        """In one line."""
        told = (
            ("model alone", self.alone),
            ("key terms alone", self.terms),
            ("both", self.together),
        )
        shares = ", ".join(f"{name} {share:.0%}" for name, share in told if share is not None)
        apart = "" if self.apart is None else f"; on questions it never saw {self.apart:.0%}"
        return f"right on {self.points} points: {shares}{apart}"


class MeasuredSpeed(BaseModel):
    """How fast a model was on this machine; seconds, unless it says otherwise."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    prefill: NonNegativeFloat
    """Tokens a second."""
    generation: NonNegativeFloat
    """Tokens a second."""
    cold: NonNegativeFloat
    """To all verdicts on an answer, nothing read ahead."""
    opened: NonNegativeFloat
    """The question read ahead."""
    paused: NonNegativeFloat
    """The answer too."""
    memory: NonNegativeInt
    """Bytes."""

    @property
    def words(self) -> str:
        """In one line."""
        return (
            f"reads {self.prefill:.0f} tokens a second and writes {self.generation:.0f}; five "
            f"verdicts in {self.cold:.1f} s, {self.paused:.1f} s once the answer is read ahead"
        )


def keep_pace(folder: Path, fingerprint: str, pace: MeasuredSpeed) -> Path:
    """Write it down, in the place of an older one. Raises OSError."""
    file = private_folder(folder) / f"{fingerprint}.json"
    temporary = file.with_suffix(".partial")
    temporary.write_text(pace.model_dump_json(indent=1) + "\n", encoding="utf-8")
    temporary.replace(file)
    return file


def pace_of(folder: Path, fingerprint: str) -> MeasuredSpeed | None:
    """What was measured of this model on this machine; None where nothing was."""
    try:
        return MeasuredSpeed.model_validate_json((folder / f"{fingerprint}.json").read_bytes())
    except (OSError, ValidationError):
        return None


def qualities(folders: Sequence[Path]) -> dict[str, Quality]:
    """What was measured, by the model's fingerprint; an earlier folder's counts."""
    files = (file for folder in reversed(folders) for file in sorted(folder.glob("*.json")))
    kept = (calibration for file in files if (calibration := _read(file)) is not None)
    return {made.model: quality_of(made) for made in kept if made.model is not None}


def quality_of(calibration: Calibration) -> Quality:
    """The figures that a calibration carries."""

    def share(way: str) -> float | None:
        found = calibration.found.get(way)
        return None if found is None else found.accuracy

    apart = calibration.tested.get("apart")
    return Quality(
        calibration.points,
        share("before"),
        share("key terms"),
        share("all together"),
        apart.accuracy if apart else None,
        calibration.better_in,
    )


def _read(file: Path) -> Calibration | None:
    try:
        return Calibration.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
