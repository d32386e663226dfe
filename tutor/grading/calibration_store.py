"""Reads and writes calibrations: the student's own, and those that come with the tutor."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from tutor.files import write_safely
from tutor.grading.calibration import Calibration
from tutor.grading.field import Field

TERMS = "terms"
"""The file name of the key terms' calibration; a model's file is named after its fingerprint."""


class Calibrations:
    """Small JSON files in some folders, one for each grader; earlier folders take precedence.

    A file is ignored if it cannot be read or was made for another version of grader or prompts:
    grading works without a calibration, and a new one can be made at any time.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._known: dict[str, tuple[Calibration, ...]] = {}
        self._fields: dict[str, Field | None] = {}

    def of_terms(self, terms: str) -> Calibration | None:
        """The calibration for this version of the key terms."""
        return next((each for each in self._all(TERMS) if each.terms == terms), None)

    def of_model(
        self, model: str, prompts: Mapping[str, str], judge: str, terms: str
    ) -> Calibration | None:
        """The calibration for a model's fingerprint and these versions of judge and key terms.

        `prompts` has the hash of each form's templates, by the form's name. The templates of the
        form that the calibration was made with must not have changed.
        """
        versions = (model, judge, terms)
        for each in self._all(model):
            is_current = (each.model, each.judge, each.terms) == versions
            if is_current and each.form is not None and prompts.get(each.form) == each.prompt:
                return each
        return None

    def field_of(self, model: str) -> Field | None:
        """The words of the questions that the model with this fingerprint was trained on."""
        if model not in self._fields:
            files = (folder / f"{model}.field.txt" for folder in self._folders)
            texts = (text for file in files if (text := _text(file)) is not None)
            self._fields[model] = next(map(Field.read, texts), None)
        return self._fields[model]

    def keep(self, calibration: Calibration) -> Path:
        """Write `calibration` into the first folder, replacing an older one. Raises OSError."""
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
