"""Engines with a real child process, closed after the test."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support import child
from tests.support.patience import SECONDS
from tutor.engine import EngineState, ProbeMemory, Status
from tutor.engine.api import Engine
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

    def on(self, engine: Engine) -> "Once":
        """Listen to this engine."""
        engine.subscribe(self)
        return self

    def came(self) -> bool:
        """Wait until the action has run; false if the engine ended without that state."""
        return self._settled.wait(SECONDS) and self.done


def kill(engine: ModelEngine) -> None:
    """Kill the child."""
    psutil.Process(engine.pid).kill()


def kill_and_restart(engine: ModelEngine) -> None:
    """Kill the child, and return when a new one is being started."""
    again = Once(EngineState.RESTARTING).on(engine)
    kill(engine)
    assert again.came()


def each_model(*kinds: str) -> object:
    """A fixture: the small models of these kinds, one after the other."""

    @pytest.fixture(scope="module", params=kinds)
    def model(request: pytest.FixtureRequest) -> Path:
        path: Path = request.getfixturevalue(f"{request.param}_model")
        return path

    return model


model = each_model("dense")


@pytest.fixture
def make_engine(tmp_path: Path, model: Path) -> Iterator[MakeEngine]:
    """Start an engine: `make_engine("slow", deadlines=…)`; `seen` collects statuses."""
    with engines(tmp_path, model) as make:
        yield make


@pytest.fixture
def make_ready(make_engine: MakeEngine) -> MakeEngine:
    """An engine that has loaded its model: `make_ready("slow")`, options as above."""
    return ready_maker(make_engine)


def ready_maker(make_engine: MakeEngine) -> MakeEngine:
    def make(*arguments: object, **options: object) -> ModelEngine:
        engine = make_engine(*arguments, **options)
        engine.wait_until_ready(SECONDS)
        return engine

    return make


@pytest.fixture(scope="module")
def make_shared_engine(
    tmp_path_factory: pytest.TempPathFactory, model: Path
) -> Iterator[MakeEngine]:
    """An engine that has loaded its model, for all tests of a module."""
    with engines(tmp_path_factory.mktemp("engines"), model) as make:
        yield ready_maker(make)


@pytest.fixture(scope="module")
def engine(make_shared_engine: MakeEngine) -> ModelEngine:
    """One for all: whatever it was asked before must not change a result, and no test breaks it."""
    return make_shared_engine()


@contextmanager
def engines(folder: Path, default: Path) -> Iterator[MakeEngine]:
    """Engines that keep their files in `folder`, closed in the end; by default with this model."""
    made: list[ModelEngine] = []

    def make(
        mode: str | None = None,
        deadlines: Deadlines | None = None,
        model: Path = default,
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
