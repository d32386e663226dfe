"""Engines with a real child process, closed after the test."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import child
from tests.support.patience import SECONDS
from tutor.engine import EngineState, ProbeMemory, Status
from tutor.engine.client import ModelEngine, ModelSpec
from tutor.engine.process import Deadlines

pytest.register_assert_rewrite("tests.engine.reference")
LABELS = ("yes", "partial", "no")
MakeEngine = Callable[..., ModelEngine]


class Once:
    """A listener that runs an action once, at the first status with the given state."""

    def __init__(self, state: EngineState, action: Callable[[], object] = lambda: None) -> None:
        self._state, self._action = state, action
        self._fired = False
        self._settled = threading.Event()
        self.done = False

    def __call__(self, status: Status) -> None:
        if status.state is self._state and not self._fired:
            self._fired = True
            self._action()
            self.done = True
        if self.done or status.state in (EngineState.FAILED, EngineState.OFF):
            self._settled.set()

    def came(self) -> bool:
        """Wait until the action has run; false if the engine ended without that state."""
        return self._settled.wait(SECONDS) and self.done


@pytest.fixture
def make_engine(tmp_path: Path) -> Iterator[MakeEngine]:
    """Start an engine: `make_engine(model, mode="slow", deadlines=…)`; `seen` collects statuses."""
    with engines(tmp_path) as make:
        yield make


@pytest.fixture
def make_ready(make_engine: MakeEngine, dense_model: Path) -> MakeEngine:
    """An engine that has loaded a model: `make_ready("slow")`, options as above."""

    def make(
        mode: str | None = None,
        deadlines: Deadlines | None = None,
        model: Path = dense_model,
        **options: object,
    ) -> ModelEngine:
        engine = make_engine(model, mode, deadlines, **options)
        engine.wait_until_ready(SECONDS)
        return engine

    return make


@pytest.fixture(scope="module")
def make_shared_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeEngine]:
    """Start an engine for all tests of a module."""
    with engines(tmp_path_factory.mktemp("engines")) as make:
        yield make


@contextmanager
def engines(folder: Path) -> Iterator[MakeEngine]:
    """Engines that keep their files in `folder`, closed in the end."""
    made: list[ModelEngine] = []

    def make(
        model: Path,
        mode: str | None = None,
        deadlines: Deadlines | None = None,
        seen: list[Status] | None = None,
        allow_large: bool = False,
        context: int = 1024,
        start: bool = True,
        label_sets: tuple[tuple[str, ...], ...] = (LABELS,),
        threads: int = 1,
        adapter: Path | None = None,
        command: Sequence[str] | None = None,
    ) -> ModelEngine:
        engine = ModelEngine(
            ModelSpec(
                path=model,
                label_sets=label_sets,
                context=context,
                threads=threads,
                allow_large=allow_large,
                adapter=adapter,
            ),
            log=folder / "engine.log",
            memory=ProbeMemory(folder / "engine.json", machine=lambda: "a machine"),
            deadlines=deadlines,
            command=child.command(mode) if mode else command,
        )
        if seen is not None:
            engine.subscribe(seen.append)
        made.append(engine)
        if start:
            engine.start()
        return engine

    try:
        yield make
    finally:
        for engine in made:
            engine.close()
