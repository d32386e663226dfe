"""A hub on the loopback, an entry for it, and no proxy or token of the developer's."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import huggingface_hub
import pytest

from tests.models.server import Hub
from tutor.models import CatalogEntry, Download, DownloadProgress
from tutor.models.transfer import Patience

QUICK = Patience(connect=10, stall=10, pause=0.01, longest=1, attempts=3, tell=0)
MakePull = Callable[..., Download]


def entry_of(content: bytes, **changes: object) -> CatalogEntry:
    """An entry for a file of these bytes."""
    told: dict[str, object] = {
        "id": "tiny",
        "name": "Tiny",
        "repository": "someone/tiny-GGUF",
        "revision": "a" * 40,
        "file": "tiny.gguf",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "MIT",
        "languages": ["en"],
        "laptop": 4,
        "kind": "dense",
        "layers": 2,
        "kv_heads": 2,
        "head": 16,
        "vocabulary": 291,
    }
    return CatalogEntry.model_validate(told | changes)


@pytest.fixture(autouse=True)
def plain_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The client is made anew for each test, since it reads the proxies when it is made."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "HF_TOKEN", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    huggingface_hub.close_session()
    yield
    huggingface_hub.close_session()


@pytest.fixture
def hub(dense_model: Path) -> Iterator[Hub]:
    """Serves a real, tiny model."""
    with Hub(dense_model.read_bytes()) as hub:
        yield hub


@pytest.fixture
def make_pull(hub: Hub, tmp_path: Path) -> MakePull:
    """A download from the loopback; progress goes to `seen`."""

    def make(seen: list[DownloadProgress] | None = None, **changes: object) -> Download:
        told: dict[str, object] = {"endpoint": hub.url, "patience": QUICK} | changes
        listener = (lambda _progress: None) if seen is None else seen.append
        entry = told.pop("entry", None) or entry_of(hub.content)
        return Download(entry, tmp_path / "models", on_progress=listener, **told)  # type: ignore[arg-type]

    return make
