"""Models of other programs, and files that cannot be used as models."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import pytest

from tests.models.conftest import entry_of
from tests.support.models import CHATML
from tutor.engine.gguf import read_header
from tutor.models import OnDisk
from tutor.models.catalog import Catalog
from tutor.models.local import (
    FoundIn,
    UnknownModel,
    UnsuitableModel,
    choose,
    inspect_file,
    models_on_disk,
    parts,
    why_unsuitable,
)
from tutor.paths import find_paths

Find = Callable[..., tuple[OnDisk, ...]]
EMPTY = Catalog(())
POSIX = pytest.mark.skipif(os.name != "posix", reason="symbolic links and odd names")


@pytest.fixture
def user(tmp_path: Path) -> Path:
    """The home folder of a user with other programs."""
    return tmp_path / "user"


@pytest.fixture
def find(home: Path, user: Path, monkeypatch: pytest.MonkeyPatch) -> Find:
    """Search a machine that has no Ollama service."""

    def find(catalog: Catalog = EMPTY, **environ: str) -> tuple[OnDisk, ...]:
        variables = {"OLLAMA_MODELS": str(user / ".ollama/models")} | environ
        return models_on_disk(find_paths({"TUTOR_HOME": str(home)}), variables, user, catalog)

    return find


def put(model: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(model, target))


def header_file(path: Path, **metadata: Any) -> Path:  # noqa: ANN401 - any scalar of a header
    """A file with this metadata and no weights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, str(metadata.pop("architecture", "llama")))
    for name, value in metadata.items():
        key = name.replace("__", ".")
        writer.add_string(key, value) if isinstance(value, str) else writer.add_uint32(key, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


@POSIX
def test_models_are_found_in_the_usual_places(
    find: Find, home: Path, user: Path, dense_model: Path
) -> None:
    own = put(dense_model, home / "models/own.gguf")
    studio = put(dense_model, user / ".lmstudio/models/someone/tiny-GGUF/studio.gguf")
    older = put(dense_model, user / ".cache/lm-studio/models/a/b/older.gguf")
    cache = put(dense_model, user / "llama/cached.gguf")
    snapshot = user / "hf/hub/models--someone--tiny/snapshots" / ("b" * 40) / "hub.gguf"
    blob = put(dense_model, user / "hf/hub/models--someone--tiny/blobs" / ("c" * 64))
    snapshot.parent.mkdir(parents=True)
    snapshot.symlink_to(os.path.relpath(blob, snapshot.parent))
    models = find(HF_HOME=str(user / "hf"), LLAMA_CACHE=str(user / "llama"))
    assert [(model.path, model.place) for model in models] == [
        (own, FoundIn.OWN),
        (snapshot, FoundIn.HUGGING_FACE),
        (studio, FoundIn.LM_STUDIO),
        (older, FoundIn.LM_STUDIO),
        (cache, FoundIn.LLAMA_CPP),
    ]
    assert [model.ours for model in models] == [True, False, False, False, False]


@pytest.mark.parametrize(
    "environ",
    [{}, {"XDG_CACHE_HOME": "X"}, {"HF_HOME": "X"}, {"HF_HUB_CACHE": "X"}],
    ids=["default", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE"],
)
def test_the_cache_of_hugging_face_is_found(
    find: Find, user: Path, dense_model: Path, environ: dict[str, str]
) -> None:
    base = {"XDG_CACHE_HOME": "X/huggingface/hub", "HF_HOME": "X/hub", "HF_HUB_CACHE": "X"}
    (folder,) = [base[name] for name in environ] or [".cache/huggingface/hub"]
    put(dense_model, user / folder / "models--a--b/snapshots/1/sub/m.gguf")
    (model,) = find(**{name: str(user / value) for name, value in environ.items()})
    assert model.place is FoundIn.HUGGING_FACE


def manifest(user: Path, digest: str, name: str = "qwen3/4b") -> None:
    file = user / ".ollama/models/manifests/registry.ollama.ai/library" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:" + "1" * 64},
        {"mediaType": "application/vnd.ollama.image.model", "digest": digest},
    ]
    file.write_text(json.dumps({"layers": layers}), encoding="utf-8")


def test_ollamas_models_are_found_by_their_manifests(
    find: Find, user: Path, dense_model: Path
) -> None:
    entry = entry_of(dense_model.read_bytes())
    manifest(user, f"sha256:{entry.sha256}")
    blob = put(dense_model, user / f".ollama/models/blobs/sha256-{entry.sha256}")
    (model,) = find(Catalog((entry,)))
    assert (model.path, model.place, model.name) == (blob, FoundIn.OLLAMA, "qwen3:4b")
    assert model.entry == entry


def test_a_file_with_the_right_length_and_another_checksum_has_no_entry(
    find: Find, user: Path, dense_model: Path
) -> None:
    entry = entry_of(dense_model.read_bytes())
    manifest(user, "sha256:" + "d" * 64)
    put(dense_model, user / f".ollama/models/blobs/sha256-{'d' * 64}")
    (model,) = find(Catalog((entry,)))
    assert model.entry is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 5000,
        '{"layers": 1}',
        '{"layers": [1, {"mediaType": []}]}',
        '{"layers": [{"mediaType": "application/vnd.ollama.image.model"}]}',
        "x" * 20_000,
    ],
)
def test_invalid_manifests_are_ignored(
    find: Find, user: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.models.local.MANIFEST_LIMIT", 10_000)
    manifest(user, "sha256:" + "1" * 64)
    (user / ".ollama/models/manifests/registry.ollama.ai/library/qwen3/4b").write_text(text)
    assert find() == ()


def test_a_manifest_cannot_point_outside_its_folder(
    find: Find, user: Path, dense_model: Path
) -> None:
    outside = put(dense_model, user / "secret.gguf")
    manifest(user, f"sha256:/../../../../{outside.name}")
    put(dense_model, user / ".ollama/models/blobs/sha256-")
    assert find() == ()


def test_one_file_with_several_names_is_one_model(
    find: Find, home: Path, user: Path, dense_model: Path
) -> None:
    own = put(dense_model, home / "models/own.gguf")
    other = user / ".lmstudio/models/a/b/same.gguf"
    other.parent.mkdir(parents=True)
    os.link(own, other)
    (model,) = find()
    assert model.path == own


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({"architecture": "clip", "general__type": "mmproj"}, "mmproj"),
        ({"architecture": "clip"}, "not a language model"),
        ({"general__type": "adapter"}, "adapter"),
        ({"general__type": "imatrix"}, "imatrix"),
        ({"architecture": "bert", "bert__pooling_type": 1}, "embedding"),
        ({"tokenizer__chat_template": CHATML}, "vocabulary but no weights"),
        ({"split__no": 1, "split__count": 3}, "later part"),
        ({"split__no": 0, "split__count": 3}, "no chat template"),
    ],
)
def test_unsuitable_files_are_not_models(
    find: Find, home: Path, tmp_path: Path, metadata: dict[str, Any], reason: str
) -> None:
    path = header_file(home / "models/other.gguf", **metadata)
    assert reason in why_unsuitable(read_header(path))
    assert find() == ()
    with pytest.raises(UnsuitableModel, match="cannot be used"):
        choose(str(path), (), EMPTY)


def test_a_model_in_parts_is_listed_once_by_its_first_part(find: Find, user: Path) -> None:
    folder = user / ".lmstudio/models/a/b"
    metadata: dict[str, Any] = {"split__count": 2, "tokenizer__chat_template": CHATML}
    first = header_file(folder / "m-00001-of-00002.gguf", split__no=0, **metadata)
    assert find() == ()
    second = header_file(folder / "m-00002-of-00002.gguf", split__no=1, split__count=2)
    (model,) = find()
    assert parts(first) == [first, second]
    assert (model.path, model.bytes) == (first, first.stat().st_size + second.stat().st_size)


def test_damaged_files_are_listed_only_in_our_folders(
    find: Find, home: Path, user: Path, dense_model: Path
) -> None:
    for folder in (home / "models", user / ".lmstudio/models/a/b"):
        put(dense_model, folder / "cut.gguf").write_bytes(dense_model.read_bytes()[:1000])
    (model,) = find()
    assert model.place is FoundIn.OWN
    assert "damaged" in model.problem
    assert model.header is None


def test_a_file_with_an_entrys_name_and_another_length_has_a_problem(
    find: Find, home: Path, dense_model: Path
) -> None:
    put(dense_model, home / "models/tiny.gguf")
    (model,) = find(Catalog((entry_of(b"x"),)))
    assert "is cut off, or a different revision" in model.problem


@POSIX
def test_names_are_printable(find: Find, home: Path, dense_model: Path) -> None:
    put(dense_model, home / "models/a\x1b[31m\u202eb.gguf")
    (model,) = find()
    assert model.name == "a [31m b.gguf"


def test_a_model_is_chosen_by_id_file_name_or_path(
    find: Find, home: Path, tmp_path: Path, dense_model: Path
) -> None:
    entry = entry_of(dense_model.read_bytes())
    catalog = Catalog((entry,))
    own = put(dense_model, home / "models/own.gguf")
    models = find(catalog)
    assert {choose(name, models, catalog).path for name in ("tiny", "own.gguf", str(own))} == {own}
    other = put(dense_model, tmp_path / "other.gguf")
    assert choose(str(other), models, catalog).place is FoundIn.NAMED
    for name in ("nothing", "~nobody-of-this-name/nothing.gguf", "x" * 300):
        with pytest.raises(UnknownModel, match="There is no model named"):
            choose(name, models, catalog)
    with pytest.raises(UnknownModel) as caught:
        choose("tiny", (), catalog)
    assert caught.value.remedy == "Download it: tutor model pull tiny"
    with pytest.raises(UnknownModel, match="The judge is not installed"):
        choose("judge", (), catalog)


def test_a_file_that_disappears_has_a_problem(tmp_path: Path) -> None:
    model = inspect_file(tmp_path / "gone.gguf", FoundIn.OWN, EMPTY)
    assert model is not None
    assert "cannot be read" in model.problem
