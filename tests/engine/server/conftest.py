"""Servers and engines on them, closed after the test."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bench.shared import our_prompts
from tests.support.models import write_model
from tests.support.patience import SECONDS
from tests.support.questions import question
from tests.support.servers import WORDS, Fake, faking
from tutor.engine import StatusListener
from tutor.engine.api import Ask, Branch, Engine, Prompt, Segment
from tutor.engine.server.client import ServerEngine, ServerSpec
from tutor.engine.server.http_client import Access, access
from tutor.grading.model_grader import AnswerReading, ModelGrader
from tutor.grading.prompt_forms import FormName

SYSTEM = (Segment("You are an examiner.", trusted=True),)
PREFIX = (Segment("Question: ", trusted=True), Segment("was? 什么？"))
KEY = "sk-very-secret"
Connect = Callable[..., ServerEngine]
MakeFake = Callable[..., Fake]
Ready = Callable[..., tuple[ServerEngine, Fake]]


def prompt(answer: str) -> Prompt:
    return Prompt(SYSTEM, PREFIX, (Segment("\nAnswer: ", trusted=True), Segment(answer)))


def branch(text: str = "Point one", *, measured: bool = False, digits: bool = False) -> Branch:
    asks = (Ask(WORDS, "1:"), *([Ask(("1", "2"), " yes [")] if digits else []))
    return Branch((Segment("\nPoint: ", trusted=True), Segment(text)), asks, measured=measured)


def access_to(url: str, key: str | None = None, silence: float = 20.0) -> Access:
    return replace(access(url, anywhere=False, key=key), waits=(0.0, 0.0), silence=silence)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """An engine on a server: `connect(url, template=…)`; closed after the test."""
    engines: list[ServerEngine] = []

    def connect(
        url: str,
        labels: Sequence[tuple[str, ...]] = (WORDS,),
        template: Path | None = None,
        key: str | None = None,
        silence: float = 20.0,
        model: str | None = None,
        listener: StatusListener = lambda _: None,
    ) -> ServerEngine:
        spec = ServerSpec(access_to(url, key, silence), tuple(labels), model, template)
        engines.append(ServerEngine(spec))
        engines[-1].subscribe(listener)
        engines[-1].start()
        return engines[-1]

    yield connect
    for engine in engines:
        engine.close()


@pytest.fixture
def fake() -> Iterator[MakeFake]:
    """A fake server: `fake(kind="vllm", fault="busy")`."""
    with ExitStack() as stack:
        yield lambda **values: stack.enter_context(faking(Fake(**values)))


@pytest.fixture
def ready(connect: Connect, fake: MakeFake) -> Ready:
    """A fake server, and an engine that is connected to it: `ready(kind="vllm")`."""

    def ready(*, silence: float = 20.0, **values: object) -> tuple[ServerEngine, Fake]:
        server = fake(**values)
        engine = connect(server.url, silence=silence)
        engine.wait_until_ready(SECONDS)
        server.prompts.clear()
        server.asked.clear()
        return engine, server

    return ready


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose tokens never cross our segments, so that text and pieces give the same ones."""
    words = ("yes", "no", "partial", "partly", "тест", "模型")
    return write_model(tmp_path_factory.mktemp("served") / "plain.gguf", words=words)


def reading(engine: Engine, form: FormName, answer: str) -> AnswerReading:
    return ModelGrader(engine, our_prompts(), form=form).read(question(), answer, "ru")
