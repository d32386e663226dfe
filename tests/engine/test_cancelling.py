"""Cancelling at any moment, many times in a row: it ends the call and never the process.

llama.cpp logs when a decode is cancelled; the log callback was once freed after loading, and the
first message afterwards killed the process.
"""

import random
import threading

import psutil
import pytest

from tests.engine.conftest import MakeEngine, Once, each_model
from tests.engine.reference import ANSWER, LONG, assert_as_alone, branches, prompt
from tests.support.patience import SECONDS
from tests.support.soak import often
from tutor.engine import Cancelled, EngineError, EngineState, Status
from tutor.engine.api import Segment
from tutor.engine.client import ModelEngine

pytestmark = pytest.mark.native
TIMES = often(100)


model = each_model("dense", "recurrent")


class Call(threading.Thread):
    """A call to the model; `ended` has its outcome."""

    def __init__(self, engine: ModelEngine, number: int) -> None:
        super().__init__()
        self._engine, self._number = engine, number
        self.ended: EngineError | str = ""

    def run(self) -> None:
        try:
            self._call_engine()
            self.ended = "done"
        except EngineError as error:
            self.ended = error

    def _call_engine(self) -> None:
        engine, text = self._engine, prompt(f"{self._number} {LONG * 3}")
        if self._number % 3 == 2:
            assert list(engine.generate(text, (Segment("go"),), 200))
        else:
            assert engine.score(text, branches(16))


def test_cancels_at_random_moments_cause_no_crash(make_ready: MakeEngine) -> None:
    seen: list[Status] = []
    engine = make_ready(seen=seen, context=4096)
    pid, chance, ended = engine.pid, random.Random(5), []
    for number in range(TIMES):
        state = EngineState.WRITING if number % 3 == 2 else EngineState.JUDGING
        working = Once(state).on(engine)
        call = Call(engine, number)
        if number % 2:
            engine.prefill(prompt(LONG + str(number)), branches(8))
        call.start()
        assert working.came()
        call.join(chance.uniform(0, 0.06))
        engine.cancel()
        call.join(SECONDS)
        ended.append(call.ended)
    assert [e for e in ended if e != "done" and not isinstance(e, Cancelled)] == []
    assert any(isinstance(e, Cancelled) for e in ended)
    assert engine.pid == pid
    assert psutil.pid_exists(pid or 0)
    assert EngineState.RESTARTING not in [status.state for status in seen]
    assert_as_alone(engine, prompt(ANSWER), count=3)


def test_prefills_that_replace_each_other_cause_no_crash(make_ready: MakeEngine) -> None:
    """Each cancels the one before, as fast typing does."""
    seen: list[Status] = []
    engine = make_ready(seen=seen, context=4096)
    chance = random.Random(6)
    for number in range(4 * TIMES):
        engine.prefill(prompt(LONG[: chance.randrange(len(LONG))]), branches(number % 6))
        if number % 10 == 0:
            engine.cancel()
        if number % 7 == 0:
            assert engine.score(prompt(ANSWER), branches(1))
    assert EngineState.RESTARTING not in [status.state for status in seen]
    assert_as_alone(engine, prompt(ANSWER), count=3)
