"""Runs a model for a measurement."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tutor.engine import ProbeMemory
from tutor.engine.client import ModelEngine, ModelSpec
from tutor.grading import LABEL_SETS


@contextmanager
def running(
    model: Path,
    labels: tuple[tuple[str, ...], ...] = LABEL_SETS,
    *,
    adapter: Path | None = None,
    threads: int = 2,
) -> Iterator[ModelEngine]:
    """A ready engine, whose log and probe cache are deleted afterwards."""
    with TemporaryDirectory() as folder:
        engine = ModelEngine(
            ModelSpec(path=model, label_sets=labels, adapter=adapter, threads=threads),
            log=Path(folder, "engine.log"),
            memory=ProbeMemory(Path(folder, "engine.json")),
        )
        engine.start()
        try:
            engine.wait_until_ready()
            yield engine
        finally:
            engine.close()
