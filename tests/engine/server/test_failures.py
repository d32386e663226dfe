"""What can go wrong with a server, and how it ends."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from tests.engine.conftest import Once
from tests.engine.server.conftest import (
    Connect,
    MakeFake,
    Ready,
    access_to,
    branch,
    prompt,
)
from tests.support.calls import Call
from tests.support.patience import SECONDS
from tests.support.questions import grading_on, question
from tests.support.servers import Fake, faking
from tutor.engine import Cancelled, EngineCrashed, EngineError, EngineGone, EngineState, Status
from tutor.engine.errors import PromptTooLong
from tutor.engine.server.client import ServerEngine, ServerSpec
from tutor.engine.server.http_client import ServerRefused
from tutor.grading import LABEL_SETS


@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        ("unauthorised", ServerRefused, "refuses access (HTTP 401): wrong key"),
        ("forbidden", ServerRefused, "refuses access (HTTP 403)"),
        ("not found", EngineError, "answered /v1/completions with HTTP 404"),
        ("moved", EngineError, "HTTP 307"),
        ("busy", EngineCrashed, "too busy (HTTP 429): slow down"),
        ("loading", EngineCrashed, "too busy (HTTP 503): Loading model"),
        ("broken", EngineError, "HTTP 500: [31mout of memory"),
        ("too long", PromptTooLong, "too long for this model"),
        ("too long, by its code", PromptTooLong, "too long for this model"),
        ("no JSON", EngineError, "does not match the request"),
        ("another shape", EngineError, "does not match the request"),
        ("no choices", EngineError, "does not match the request"),
        ("not a number", EngineError, "does not match the request"),
        ("without probabilities", ServerRefused, "returns no log-probabilities"),
        ("half", EngineCrashed, "cut its answer short"),
        ("endless", EngineError, "more than 16,777,216 bytes"),
        ("silent", EngineCrashed, "did not answer in time"),
    ],
)
def test_a_fault_raises_its_own_error_and_the_next_answer_is_graded(
    ready: Ready, fault: str, kind: type[EngineError], message: str
) -> None:
    engine, server = ready(silence=1.0)
    server.fault = fault
    with pytest.raises(EngineError) as raised:
        engine.score(prompt("Ja."), [branch()])
    assert type(raised.value) is kind
    assert message in raised.value.message
    assert "\x1b" not in raised.value.message
    assert raised.value.remedy or kind in (EngineError,)
    server.fault = ""
    engine.wait_until_ready(SECONDS)
    assert engine.score(prompt("Ja."), [branch()])
    assert engine.status.state in (EngineState.READY, EngineState.JUDGING)


@pytest.mark.parametrize("fault", ["forbidden", "no JSON", "half", "broken"])
def test_a_server_that_fails_from_the_start_says_why_and_is_tried_again(
    connect: Connect, fake: MakeFake, fault: str
) -> None:
    failed = Once(EngineState.FAILED)
    engine = connect(fake(fault=fault, after="/v1/models", times=1).url, listener=failed)
    assert failed.came()
    before = engine.status
    assert (before.state, engine.info) == (EngineState.FAILED, None)
    assert before.detail
    deadline = time.monotonic() + SECONDS
    while engine.info is None:  # the first search is over a moment after its status says so
        assert time.monotonic() < deadline
        with suppress(EngineError):
            assert engine.wait_until_ready(SECONDS).name == "Model-7B"
    assert engine.status == Status(EngineState.READY)


def test_a_busy_server_is_tried_again(ready: Ready) -> None:
    engine, server = ready()
    server.fault, server.times = "busy", 2
    assert engine.score(prompt("Ja."), [branch()])
    assert server.times == 0


def test_other_servers_are_refused(connect: Connect, fake: MakeFake) -> None:
    with pytest.raises(ServerRefused, match="this server cannot grade") as raised:
        connect(fake(kind="library").url).wait_until_ready(SECONDS)
    assert "Ollama" in raised.value.remedy


def test_a_prompt_beyond_the_context_is_not_sent(ready: Ready) -> None:
    engine, server = ready(context=300)
    with pytest.raises(PromptTooLong, match="; 300 fit"):
        engine.score(prompt("long " * 100), [branch()])
    assert server.prompts == []


def test_key_terms_take_over_until_the_server_is_back(fake: MakeFake) -> None:
    stopped = Fake()
    with faking(stopped):
        spec = ServerSpec(access_to(stopped.url), LABEL_SETS)
        engine = ServerEngine(spec)
        engine.start()
        engine.wait_until_ready(SECONDS)
    grading = grading_on(engine)
    try:
        port = int(stopped.url.rsplit(":", 1)[1])
        graded = grading.grade(question(), "Выбирают 15 % токенов.", "ru")
        assert graded.grader.name == "terms"
        assert "cannot be reached" in graded.remark
        assert grading.status.state is EngineState.FAILED
        with pytest.raises(EngineError, match="cannot be reached"):
            grading.grade(question(), "Выбирают.", "ru", grader="model")
        with faking(Fake(), port):
            graded = grading.grade(question(), "Выбирают 15 % токенов.", "ru")
            assert graded.grader.name == "model"
    finally:
        grading.close()


def scoring_forever(engine: ServerEngine, server: Fake) -> Call:
    """A call on a server that is silent."""
    server.fault = "silent"
    call = Call(lambda: engine.score(prompt("Ja."), [branch()]))
    assert server.reached.wait(SECONDS)
    return call


def test_cancelling_drops_the_request_and_the_server_stays_usable(ready: Ready) -> None:
    engine, server = ready()
    call = scoring_forever(engine, server)
    engine.cancel()
    assert isinstance(call.error(SECONDS / 2), Cancelled), "before the server would answer"
    server.fault = ""
    assert engine.score(prompt("Ja."), [branch()]), "and the server is asked again"


def test_closing_is_quick_and_final(ready: Ready) -> None:
    engine, server = ready()
    scoring = scoring_forever(engine, server)
    engine.close()
    assert isinstance(scoring.error(SECONDS / 2), EngineGone)
    for call in (
        lambda: engine.score(prompt("Ja."), [branch()]),
        lambda: engine.wait_until_ready(1),
        lambda: list(engine.generate(prompt("Ja."), (), 3)),
    ):
        with pytest.raises(EngineGone):
            call()
    engine.prefill(prompt("Ja."), [branch()])
    engine.close()


class Closing(list[object]):
    """Closes an engine when it is read, which is in the middle of a call."""

    def __init__(self, engine: ServerEngine, *values: object) -> None:
        super().__init__(values)
        self._engine = engine

    def __iter__(self) -> Iterator[object]:
        self._engine.close()
        return super().__iter__()


@pytest.mark.parametrize("what", ["score", "generate"])
def test_a_call_that_begins_while_the_engine_is_closed_ends(ready: Ready, what: str) -> None:
    engine, _ = ready()
    closing: Any = Closing(engine, branch()) if what == "score" else Closing(engine)
    if what == "score":
        call = Call(lambda: engine.score(prompt("Ja."), closing))
    else:
        call = Call(lambda: list(engine.generate(prompt("Ja."), closing, 3)))
    assert isinstance(call.error(), EngineGone)
