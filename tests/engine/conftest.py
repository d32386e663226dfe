"""Engines on the real child, closed after the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import child
from tutor.engine import ProbeMemory, Status
from tutor.engine.handle import ModelEngine, ModelSpec
from tutor.engine.process import Deadlines

LABELS = ("yes", "partial", "no")
MakeEngine = Callable[..., ModelEngine]


@pytest.fixture
def make_engine(tmp_path: Path) -> Iterator[MakeEngine]:
    """Start an engine: `make_engine(model, mode="slow", deadlines=…)`; statuses in `.seen`."""
    made: list[ModelEngine] = []

    def make(
        model: Path,
        mode: str | None = None,
        deadlines: Deadlines | None = None,
        seen: list[Status] | None = None,
        allow_large: bool = False,
        context: int = 1024,
    ) -> ModelEngine:
        engine = ModelEngine(
            ModelSpec(path=model, label_sets=(LABELS,), context=context, allow_large=allow_large),
            log=tmp_path / "engine.log",
            memory=ProbeMemory(tmp_path / "engine.json", machine=lambda: "a machine"),
            deadlines=deadlines,
            command=child.command(mode) if mode else None,
        )
        if seen is not None:
            engine.subscribe(seen.append)
        made.append(engine)
        engine.start()
        return engine

    yield make
    for engine in made:
        engine.close()
