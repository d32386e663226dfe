"""Finds models on this machine, in our folders and in the usual places of other programs.

Nothing is copied, moved or changed; other programs' models are used from where they are.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tutor.engine import ModelRefused
from tutor.engine.gguf import Header, read_header
from tutor.engine.judge_model import find_judge
from tutor.errors import TutorError
from tutor.formatting import short_line, size
from tutor.models.catalog import Catalog, CatalogEntry
from tutor.paths import Paths, expanded, is_file

MANIFEST_LIMIT = 1 << 20
"""Bytes; a longer file is not a manifest."""
_WEIGHTS = "application/vnd.ollama.image.model"
"""The media type of the weights in Ollama's manifests."""
_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")


class UnsuitableModel(TutorError):
    """A file cannot be used as a model, or cannot be added."""


class FoundIn(StrEnum):
    """Whose folder a model is in."""

    OWN = "your models folder"
    SHIPPED = "the tutor's models folder"
    HUGGING_FACE = "Hugging Face's cache"
    LM_STUDIO = "LM Studio"
    OLLAMA = "Ollama"
    LLAMA_CPP = "llama.cpp's cache"
    JUDGE = "the judge's folder"
    NAMED = "the path you gave"


@dataclass(frozen=True)
class OnDisk:
    """One model on disk."""

    path: Path
    place: FoundIn
    name: str
    """Printable and on one line, whatever the file is called."""
    bytes: int
    """The total size of its parts."""
    header: Header | None = None
    """None if it cannot be read."""
    entry: CatalogEntry | None = None
    """The catalogue's entry with the same length, unless its folder gives another checksum."""
    is_judge: bool = False
    """Whether it is the model that grades if no other is chosen."""
    problem: str = ""
    """Why it cannot be used; empty if it can."""

    @property
    def ours(self) -> bool:
        """Whether it is in the folder where `remove` may delete it."""
        return self.place is FoundIn.OWN

    def require_usable(self) -> None:
        """Raise `UnsuitableModel` if it cannot be used."""
        if self.problem:
            raise UnsuitableModel(
                f"{self.name} cannot be used: {self.problem}.",
                remedy="Remove it and download it again: tutor model remove, tutor model pull.",
            )


def models_on_disk(
    paths: Paths, environ: Mapping[str, str], home: Path, catalog: Catalog
) -> tuple[OnDisk, ...]:
    """Every model on disk that could grade, each file once, our own folders first.

    `home` is the user's home folder. In our own folders, damaged files are included.
    """
    seen: set[tuple[int, int]] = set()
    models: list[OnDisk] = []
    for path, place, name, digest in _candidates(paths, environ, home, catalog):
        try:
            status = path.stat()
        except OSError:
            continue
        if (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            model = inspect_file(path, place, catalog, name, digest)
            if model is not None and (
                model.problem == "" or place in (FoundIn.OWN, FoundIn.SHIPPED)
            ):
                models.append(model)
    return tuple(models)


def inspect_file(
    path: Path,
    place: FoundIn,
    catalog: Catalog,
    name: str = "",
    digest: str = "",
) -> OnDisk | None:
    """Describe a file; None for a later part of a model, or anything but an instruct model."""
    name = short_line(name or path.name)
    try:
        header = read_header(path)
    except ModelRefused as error:
        return OnDisk(path, place, name, _length(path), problem=short_line(error.message, 200))
    if why_unsuitable(header):
        return None
    total = sum(map(_length, parts(path)))
    entry = catalog.of_bytes(total)
    if entry is not None and digest not in ("", entry.sha256):
        entry = None
    return OnDisk(
        path,
        place,
        name,
        total,
        header,
        entry,
        is_judge=catalog.judge is not None and catalog.judge.is_in(path),
        problem=_problem(path, header, entry, catalog),
    )


def why_unsuitable(header: Header) -> str:
    """Why a file is not an instruct model, by its header; empty if it is one."""
    kind = str(header.metadata.get("general.type", "model"))
    if kind != "model" or header.architecture == "clip":
        return f"it is a file of the kind {short_line(kind, 20)!r}, not a language model"
    if header.number("pooling_type"):
        return "it is an embedding model"
    if header.metadata.get("split.no", 0):
        return "it is a later part of a model in several parts; name the first"
    if not header.tensors and not header.metadata.get("split.count", 0):
        return "it contains a vocabulary but no weights"
    if "tokenizer.chat_template" not in header.metadata:
        return "it has no chat template, so it is not an instruct model or was badly converted"
    return ""


def parts(path: Path) -> list[Path]:
    """All files of a model, given its first, including missing ones."""
    match = _PART.search(path.name)
    if match is None:
        return [path]
    head, count = path.name[: match.start()], int(match[2])
    return [path.with_name(f"{head}-{n:05}-of-{match[2]}.gguf") for n in range(1, count + 1)]


def _problem(path: Path, header: Header, entry: CatalogEntry | None, catalog: Catalog) -> str:
    missing = [part.name for part in parts(path) if not part.is_file()]
    if missing:
        return f"its part {short_line(missing[0])} is missing"
    meant = catalog.get(path.name)
    if entry is None and meant is not None:
        return (
            f"it has {size(header.size)} ({header.size} bytes), but the catalogue's has "
            f"{meant.bytes} bytes: it is cut off, or a different revision"
        )
    return ""


def _length(path: Path) -> int:
    """Its bytes; 0 if it is missing."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


Candidate = tuple[Path, FoundIn, str, str]
"""A file, its place, a better name than the file's, and its SHA-256; both empty if unknown."""


def _candidates(
    paths: Paths, environ: Mapping[str, str], home: Path, catalog: Catalog
) -> Iterator[Candidate]:
    own, shipped = paths.models
    yield from _files(own, "*.gguf", FoundIn.OWN)
    yield from _files(shipped, "*.gguf", FoundIn.SHIPPED)
    for path in _sorted(_hugging_face(environ, home), "models--*/snapshots/*/**/*.gguf"):
        yield path, FoundIn.HUGGING_FACE, "", _digest(path.resolve().name)
    for folder in (home / ".lmstudio/models", home / ".cache/lm-studio/models"):
        yield from _files(folder, "**/*.gguf", FoundIn.LM_STUDIO)
    for folder in _ollama(environ, home):
        yield from _ollama_models(folder)
    yield from _files(_llama_cpp(environ, home), "**/*.gguf", FoundIn.LLAMA_CPP)
    judge = catalog.judge
    if judge is not None and (file := find_judge(judge, paths.models)) is not None:
        yield file, FoundIn.JUDGE, judge.name, ""


def _files(folder: Path, pattern: str, place: FoundIn) -> Iterator[Candidate]:
    for path in _sorted(folder, pattern):
        yield path, place, "", ""


def _sorted(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(path for path in folder.glob(pattern) if path.is_file())
    except OSError:
        return []


def _digest(name: str) -> str:
    return name if re.fullmatch(r"[0-9a-f]{64}", name) else ""


def _cache(environ: Mapping[str, str], home: Path) -> Path:
    return Path(environ.get("XDG_CACHE_HOME") or home / ".cache")


def _hugging_face(environ: Mapping[str, str], home: Path) -> Path:
    hub = environ.get("HF_HUB_CACHE") or environ.get("HUGGINGFACE_HUB_CACHE")
    base = environ.get("HF_HOME") or _cache(environ, home) / "huggingface"
    return Path(hub) if hub else Path(base) / "hub"


def _llama_cpp(environ: Mapping[str, str], home: Path) -> Path:
    if environ.get("LLAMA_CACHE"):
        return Path(environ["LLAMA_CACHE"])
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "llama.cpp"
    if sys.platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "llama.cpp"
    return _cache(environ, home) / "llama.cpp"


def _ollama(environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """The user's folder, and that of the service on Linux."""
    if environ.get("OLLAMA_MODELS"):
        return (Path(environ["OLLAMA_MODELS"]),)
    return (home / ".ollama/models", Path("/usr/share/ollama/.ollama/models"))


def _ollama_models(folder: Path) -> Iterator[Candidate]:
    """The models in Ollama's manifests; their files are named by checksum."""
    manifests = folder / "manifests"
    for manifest in _sorted(manifests, "**/*"):
        for digest in _model_layers(manifest):
            name = ":".join(manifest.relative_to(manifests).parts[-2:])
            blob = folder / "blobs" / f"sha256-{digest}"
            if blob.is_file():
                yield blob, FoundIn.OLLAMA, name, digest


def _model_layers(manifest: Path) -> Iterator[str]:
    """The checksums of the weights in a manifest; none if the file is not a manifest."""
    try:
        if manifest.stat().st_size > MANIFEST_LIMIT:
            return
        data = json.loads(manifest.read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    layers = data.get("layers") if isinstance(data, dict) else None
    for layer in layers if isinstance(layers, list) else ():
        if isinstance(layer, dict) and layer.get("mediaType") == _WEIGHTS:
            match = _DIGEST.fullmatch(str(layer.get("digest")))
            if match:
                yield match[1]


JUDGE = "judge"
"""The judge's name on the command line."""


class UnknownModel(TutorError):
    """No model with this name is on disk."""


def choose(name: str, models: Sequence[OnDisk], catalog: Catalog) -> OnDisk:
    """The model with this catalogue id, file name or path, or the one called `judge`.

    Raises `UnknownModel`, `UnsuitableModel`.
    """
    for model in models:
        if name in _names(model):
            return model
    path = expanded(name).absolute()
    if not is_file(path):
        raise _unknown(name, catalog)
    named = inspect_file(path, FoundIn.NAMED, catalog)
    if named is None:
        raise UnsuitableModel(
            f"{short_line(path.name)} cannot be used: {why_unsuitable(read_header(path))}.",
            remedy="Name an instruct model in GGUF format; `tutor model list` shows some.",
        )
    return named


def _names(model: OnDisk) -> set[str]:
    names = {model.name, model.path.name, str(model.path)}
    if model.entry is not None:
        names.add(model.entry.id)
    if model.is_judge:
        names.add(JUDGE)
    return names


def _unknown(name: str, catalog: Catalog) -> UnknownModel:
    entry = catalog.get(name)
    if entry is not None:
        return UnknownModel(
            f"{entry.name} is not installed.", remedy=f"Download it: tutor model pull {entry.id}"
        )
    if name == JUDGE:
        return UnknownModel(
            "The judge is not installed.", remedy="Download it: tutor model pull judge"
        )
    return UnknownModel(
        f"There is no model named {short_line(name)!r}, and no file of that name.",
        remedy="`tutor model list` shows the names.",
    )
