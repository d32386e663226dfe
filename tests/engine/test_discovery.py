"""Which model is taken."""

from pathlib import Path

import pytest

from tutor.engine import ModelRefused, ProbeMemory
from tutor.engine.discovery import find_adapter, find_model
from tutor.engine.gguf import fingerprint


def touch(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"GGUF")
    return folder


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="is a folder"):
        find_model(tmp_path, [])


def test_a_named_model_is_used(tmp_path: Path) -> None:
    folder = touch(tmp_path / "models", "a.gguf")
    named = touch(tmp_path / "else", "b.gguf") / "b.gguf"
    assert find_model(named, [folder]) == named


def test_an_empty_path_turns_models_off(tmp_path: Path) -> None:
    assert find_model(Path(), [touch(tmp_path / "models", "a.gguf")]) is None


def test_a_named_model_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    folder = touch(tmp_path / "models", "a.gguf")
    for named in (tmp_path / "gone.gguf", Path("~nobody-of-this-name/gone.gguf")):
        with pytest.raises(ModelRefused, match=r"no model file .*gone\.gguf"):
            find_model(named, [folder])
    with pytest.raises(ModelRefused, match="no model file xxx"):
        find_model(Path("x" * 300), [folder])


def test_the_students_folder_comes_before_ours_and_files_are_sorted_by_name(tmp_path: Path) -> None:
    own = touch(tmp_path / "own", "z.gguf", "b.gguf", "note.txt")
    ours = touch(tmp_path / "ours", "a.gguf")
    assert find_model(None, [own, ours]) == own / "b.gguf"
    assert find_model(None, [tmp_path / "none", ours]) == ours / "a.gguf"
    assert find_model(None, [tmp_path / "none"]) is None


def test_the_first_part_of_a_split_model_is_used(tmp_path: Path) -> None:
    names = ("a-00002-of-00003.gguf", "b-00001-of-00003.gguf", "c-²-of-³.gguf")
    folder = touch(tmp_path / "m", *names)
    assert find_model(None, [folder]) == folder / "b-00001-of-00003.gguf"


def test_the_probe_cache_survives_damage_and_a_folder_that_cannot_be_written(
    tmp_path: Path,
) -> None:
    model = touch(tmp_path / "m", "a.gguf") / "a.gguf"
    file = tmp_path / "deep" / "engine.json"
    memory = ProbeMemory(file, machine=lambda: "here")
    assert not memory.needs_plain_buffers(model)
    memory.remember_plain_buffers(model)
    assert ProbeMemory(file, machine=lambda: "here").needs_plain_buffers(model)
    assert not ProbeMemory(file, machine=lambda: "another machine").needs_plain_buffers(model)
    for damaged in ('{"plain_buffers": [1, {', "[]", '{"plain_buffers": 5}', "[" * 100_000):
        file.write_text(damaged, encoding="utf-8")
        assert not memory.needs_plain_buffers(model)
    not_utf8 = Path("a\udcff.gguf")
    memory.remember_plain_buffers(not_utf8)
    assert memory.needs_plain_buffers(not_utf8)
    blocked = ProbeMemory(model / "sub" / "engine.json", machine=lambda: "here")
    blocked.remember_plain_buffers(model)
    assert not blocked.needs_plain_buffers(model)


def test_an_adapter_is_used_only_with_its_own_model(tmp_path: Path) -> None:
    own, ours = tmp_path / "own", tmp_path / "ours"
    model, other = (touch(tmp_path, name) / name for name in ("model.gguf", "other.gguf"))
    other.write_bytes(b"GGUF and more")
    assert find_adapter(model, [own, ours]) is None
    name = f"{fingerprint(model)}.gguf"
    for folder in (ours, own):
        folder.mkdir()
        adapter = touch(folder / "adapters", name) / name
        assert find_adapter(model, [own, ours]) == adapter, "the student's own first"
    assert find_adapter(other, [own, ours]) is None
    assert find_adapter(tmp_path / "gone.gguf", [own, ours]) is None
