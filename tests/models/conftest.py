"""A local hub, a catalogue entry for it, and an environment without proxies and tokens."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest

from tests.models.server import Hub
from tests.support.calls import Call
from tutor.models import CatalogEntry, Download, DownloadProgress, PullCancelled
from tutor.models.transfer import Patience

QUICK = Patience(connect=10, stall=10, pause=0.01, longest=1, attempts=3, report=0)
MakePull = Callable[..., Download]


def entry_of(content: bytes, **changes: object) -> CatalogEntry:
    """An entry for a file of these bytes."""
    values: dict[str, object] = {
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
    return CatalogEntry.model_validate(values | changes)


@pytest.fixture(autouse=True)
def plain_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Create a new client for each test, since it reads the proxies on creation."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "HF_TOKEN", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    huggingface_hub.close_session()
    yield
    huggingface_hub.close_session()


@pytest.fixture
def hub(dense_model: Path) -> Iterator[Hub]:
    """A hub that serves a real, tiny model."""
    with Hub(dense_model.read_bytes()) as hub:
        yield hub


@pytest.fixture
def make_pull(hub: Hub, tmp_path: Path) -> MakePull:
    """Make a download from the local hub."""

    def make(
        listener: Callable[[DownloadProgress], None] = lambda _progress: None,
        entry: CatalogEntry | None = None,
        patience: Patience = QUICK,
        environ: dict[str, str] | None = None,
        **options: Any,  # noqa: ANN401 - those of a download
    ) -> Download:
        return Download(
            entry or entry_of(hub.content),
            tmp_path / "models",
            {"HF_ENDPOINT": hub.url} | (environ or {}),
            listener,
            patience=patience,
            **options,
        )

    return make


@contextmanager
def running_until_cancelled(job: Download) -> Iterator[None]:
    """The download runs in a thread, and has to be cancelled, with what has arrived kept."""
    call = Call(job.run)
    yield
    error = call.error()
    assert isinstance(error, PullCancelled)
    assert "kept" in error.message
