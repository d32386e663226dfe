"""A judge cut from the small random model, and the wheels that it would come in."""

import hashlib
import zipfile
from pathlib import Path

from tests.support.adapters import write_random_adapter
from tutor.engine.cut import cut
from tutor.engine.gguf import fingerprint
from tutor.engine.judge_model import FOLDER, JudgeModel, Part

HALF = 50_000


def _wheel(folder: Path, number: int, data: bytes) -> Path:
    name = f"part{number}"
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/data.bin", data)
        told = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        archive.writestr(f"{name}-1.0.dist-info/METADATA", told)
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", tag)
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return file


def tiny_judge(folder: Path, model: Path) -> JudgeModel:
    """What `models/judge.toml` would say of the lower of the model's two layers.

    The wheels, `part1` and `part2`, are written into the folder.
    """
    content = model.read_bytes()
    wheels = (_wheel(folder, 1, content[:HALF]), _wheel(folder, 2, content[HALF:]))
    target = folder / "expected.gguf"
    cut(model, target, 1)
    parts = tuple(
        Part(
            package=f"part{number}",
            version="1.0",
            bytes=file.stat().st_size,
            sha256=_sha256(file),
            data=f"part{number}/data.bin",
        )
        for number, file in enumerate(wheels, 1)
    )
    return JudgeModel(
        name="Tiny, lower layer",
        licence="MIT",
        original="someone/tiny",
        bytes=model.stat().st_size,
        sha256=_sha256(model),
        layers=1,
        file="tiny-judge.gguf",
        fingerprint=fingerprint(target),
        cut_bytes=target.stat().st_size,
        cut_sha256=_sha256(target),
        part=parts,
    )


def put_judge(models: Path, model: Path, judge: JudgeModel) -> Path:
    """Lay the judge and an adapter of its own into a models folder, without fetching it."""
    folder = models / FOLDER
    folder.mkdir(parents=True)
    cut(model, folder / judge.file, judge.layers)
    (models / "adapters").mkdir()
    write_random_adapter(models / "adapters" / f"{judge.fingerprint}.gguf", layers=judge.layers)
    return folder / judge.file


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
