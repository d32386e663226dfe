"""The judge's model: what it is cut from, and whether it is installed.

Described by `models/judge.toml`. The judge is the lower layers of a small model with an adapter
trained on answers to our decks (docs/grading.md). It grades unless the student has chosen another
model.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tutor.engine.errors import ModelRefused
from tutor.engine.gguf import fingerprint

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=1, le=1 << 40)]
FOLDER = "judge"
"""A subfolder of a models folder, apart from the models that a student may choose from."""


class JudgeModel(BaseModel):
    """Which model the judge is cut from, and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    licence: str
    original: str
    """The catalogue's id of the model that it is cut from."""
    layers: Annotated[int, Field(ge=1)]
    """How many of its layers are kept."""
    file: Annotated[str, Field(pattern=r"^[\w\-][\w.\-]*\.gguf$")]
    """The name of the cut file."""
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    cut_bytes: Count
    cut_sha256: Sha256
    """The size and the checksum of the cut file."""

    def is_in(self, file: Path) -> bool:
        """Whether `file` is the cut model, by its length and then its fingerprint."""
        try:
            complete = file.stat().st_size == self.cut_bytes
            return complete and fingerprint(file) == self.fingerprint
        except OSError:
            return False


def load_judge(resources: Path) -> JudgeModel:
    """Read the description that comes with the tutor. Raises `ModelRefused`."""
    file = resources / "models" / "judge.toml"
    try:
        return JudgeModel.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ModelRefused(
            f"{file} cannot be used: {error}", remedy="Install the tutor again."
        ) from error


def find_judge(judge: JudgeModel, folders: Sequence[Path]) -> Path | None:
    """The cut file in the first of these models folders that has it complete."""
    files = (folder / FOLDER / judge.file for folder in folders)
    return next(filter(judge.is_in, files), None)
