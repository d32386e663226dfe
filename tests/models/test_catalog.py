"""Our catalogue, the student's own, and every way in which one can be wrong."""

import pytest

from tests.models.conftest import entry_of
from tutor.encodings import NotUtf8
from tutor.formatting import GIB
from tutor.models.catalog import CatalogInvalid, load_catalog
from tutor.models.memory import MachineMemory, recommended
from tutor.paths import Paths, find_paths

OURS = load_catalog(find_paths({}))


def own(paths: Paths, text: str) -> Paths:
    paths.home.mkdir(exist_ok=True)
    (paths.home / "models.toml").write_text(text, encoding="utf-8")
    return paths


def toml(**changes: object) -> str:
    fields = entry_of(b"x", **changes).model_dump(mode="json", exclude_defaults=True)
    lines = [f"{name} = {_value(value)}" for name, value in fields.items()]
    return "\n".join(["[[model]]", *lines, ""])


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | list) else f'"{value}"'


def test_our_catalogue_is_complete() -> None:
    assert len(OURS.entries) >= 6
    for entry in OURS.entries:
        assert set(entry.languages) == {"de", "en", "ru", "zh"}
        assert 1 << 28 < entry.bytes < 6 << 30
        assert entry.repository.endswith("GGUF")
    assert len({entry.bytes for entry in OURS.entries}) == len(OURS.entries)


def test_one_is_recommended_for_each_size_of_laptop() -> None:
    classes = {entry.laptop for entry in OURS.entries}
    recommended_for = [entry.laptop for entry in OURS.entries if entry.recommended]
    assert sorted(recommended_for) == sorted(classes) == [4, 8, 16]


@pytest.mark.parametrize(
    ("gib", "id_"),
    [
        (31.2, "gemma-4-e4b"),
        (15.3, "gemma-4-e4b"),
        (13.5, "qwen3-4b"),
        (7.6, "qwen3-4b"),
        (6.5, "qwen3.5-2b"),
        (2.0, "qwen3.5-2b"),
        (1.0, None),
    ],
)
def test_the_recommendation_depends_on_memory(gib: float, id_: str | None) -> None:
    """Laptops report less memory than advertised, since graphics take a share."""
    entry = recommended(OURS, MachineMemory(total=int(gib * GIB), free=GIB))
    assert (entry.id if entry else None) == id_


def test_the_students_own_catalogue_is_optional(paths: Paths) -> None:
    assert load_catalog(paths) == OURS


def test_the_students_own_catalogue_adds_and_replaces_entries(paths: Paths) -> None:
    text = toml() + toml(id="qwen3-4b", name="Mine", bytes=5, file="mine.gguf")
    catalog = load_catalog(own(paths, text))
    assert len(catalog.entries) == len(OURS.entries) + 1
    mine = catalog.get("qwen3-4b")
    assert mine is not None
    assert mine.name == "Mine"
    assert catalog.get("tiny.gguf") == catalog.get("tiny") == catalog.of_bytes(1)
    assert catalog.get("none") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[model]\n", "line 1"),
        ("x = 1\n", "x is not valid"),
        ("model = 1\n", "model is not valid"),
        (toml() + toml(), "entry 2 has the id tiny"),
        (toml() + "[[model]]\nid = 'two'\n", "entry 2 ('two'): name: is missing"),
        (toml().replace("bytes = 1", "bytes = -1"), "('tiny'): bytes: "),
        (toml() + "url = 'x'\n", "url: is not known"),
        (toml().replace("a" * 40, "main"), "revision: "),
        (toml().replace("tiny.gguf", "../tiny.gguf"), "file: "),
        (toml().replace("someone/tiny", "http://x/someone/tiny"), "repository: "),
        (toml().replace('["en"]', '["fr"]').replace("['en']", "['fr']"), "languages.0: "),
    ],
)
def test_an_invalid_catalogue_is_refused_with_the_reason(
    paths: Paths, text: str, problem: str
) -> None:
    with pytest.raises(CatalogInvalid) as caught:
        load_catalog(own(paths, text))
    assert problem in caught.value.message
    assert "models.toml" in caught.value.message
    assert caught.value.remedy


def test_a_catalogue_that_is_not_text_is_refused(paths: Paths) -> None:
    own(paths, "")
    (paths.home / "models.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(NotUtf8, match=r"models\.toml is not UTF-8 text"):
        load_catalog(paths)
