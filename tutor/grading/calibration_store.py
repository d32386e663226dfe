"""The files of calibrations: the student's own, and those that came with the tutor."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from tutor.files import write_safely
from tutor.grading.calibration import Calibration
from tutor.grading.field import Field

TERMS = "terms"
"""The file name of the key terms' own calibration; a model's is its fingerprint."""


class Calibrations:
    """Calibrations by grader, one small JSON file each; an earlier folder's come first.

    A file that cannot be read, or that is of another version of grader or prompts, is no
    calibration: grading works without one, and a new one can be made at any time.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._known: dict[str, tuple[Calibration, ...]] = {}
        self._fields: dict[str, Field | None] = {}

    def of_terms(self, terms: str) -> Calibration | None:
        """The one made with this version of the key-term grader."""
        return next((kept for kept in self._all(TERMS) if kept.terms == terms), None)

    def of_model(
        self, model: str, prompts: Mapping[str, str], judge: str, terms: str
    ) -> Calibration | None:
        """A model's, made with these versions of judge and key terms.

        `prompts` are the hashes of the forms' templates by the form's name; the one that it was
        made in has to be as it was.
        """
        versions = (model, judge, terms)
        for calibration in self._all(model):
            same = (calibration.model, calibration.judge, calibration.terms) == versions
            if (
                same
                and calibration.form is not None
                and prompts.get(calibration.form) == calibration.prompt
            ):
                return calibration
        return None

    def field_of(self, model: str) -> Field | None:
        """The words of the questions that the model with this fingerprint was trained on."""
        if model not in self._fields:
            files = (folder / f"{model}.field.txt" for folder in self._folders)
            texts = (text for file in files if (text := _text(file)) is not None)
            self._fields[model] = next(map(Field.read, texts), None)
        return self._fields[model]

    def keep(self, calibration: Calibration) -> Path:
        """Write it into the first folder, replacing an older one. Raises OSError."""
        name = calibration.model or TERMS
        file = self._folders[0] / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        write_safely(file, f"{calibration.model_dump_json(indent=1)}\n".encode(), lasting=False)
        self._known.pop(name, None)
        return file

    def _all(self, name: str) -> tuple[Calibration, ...]:
        if name not in self._known:
            files = (folder / f"{name}.json" for folder in self._folders)
            self._known[name] = tuple(
                calibration for file in files if (calibration := _read(file)) is not None
            )
        return self._known[name]


def _read(file: Path) -> Calibration | None:
    try:
        return Calibration.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
