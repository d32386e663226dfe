"""The pipe between parent and child: garbage, silence and closing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.engine.conftest import MakeEngine, Once
from tests.engine.reference import assert_as_alone, branches, prompt
from tests.support.babbler import CRASHING, HARMLESS, WRONG, babble
from tests.support.calls import Call
from tests.support.patience import SECONDS
from tutor.engine import EngineCrashed, EngineError, EngineGone, EngineState
from tutor.engine.api import Segment
from tutor.engine.client import ModelEngine
from tutor.engine.process import TICK, Deadlines, Silence, how_it_ended, launch
from tutor.engine.protocol import FILE_CHANGED

pytestmark = pytest.mark.native
LONG = "text " * 1400
"""About 55 times 128 tokens of our small models."""
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")


@pytest.mark.parametrize("kind", sorted(CRASHING))
def test_garbage_counts_as_a_crash(make_ready: MakeEngine, kind: str) -> None:
    engine = make_ready(command=babble(kind))
    with pytest.raises(
        EngineCrashed, match=r"sent (something that is not a reply|an unexpected message)"
    ):
        engine.score(prompt("text"), branches(1))


@pytest.mark.parametrize("kind", sorted(WRONG))
def test_a_reply_that_does_not_match_the_request_is_an_error(
    make_ready: MakeEngine, kind: str
) -> None:
    engine = make_ready(command=babble(kind))
    with pytest.raises(EngineError, match="does not match the request"):
        engine.score(prompt("text"), branches(1))


def test_replies_that_nobody_waits_for_are_ignored(make_ready: MakeEngine) -> None:
    engine = make_ready(" ".join(("babbling", *HARMLESS)))
    assert_as_alone(engine, prompt("text"), count=1)
    assert engine.status.state is EngineState.READY


def test_a_lone_surrogate_in_an_answer_reaches_the_child_as_a_question_mark(
    make_ready: MakeEngine,
) -> None:
    """It has no UTF-8 form, so the request was once never sent and the child seemed to hang."""
    engine = make_ready()
    assert engine.score(prompt("a\udc80b"), branches(1)) == engine.score(prompt("a?b"), branches(1))


def test_a_child_that_closes_its_pipe_and_keeps_running_is_killed(
    make_ready: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.engine.process.EXIT_SECONDS", 0.2)
    engine = make_ready("mute")
    with pytest.raises(EngineCrashed, match="closed its pipe"):
        engine.score(prompt("text"), branches(1))


# --- silence

Work = Callable[[ModelEngine], object]
WORKS: dict[str, Work] = {
    "judging": lambda engine: engine.score(prompt(LONG), branches()),
    "writing": lambda engine: list(engine.generate(prompt("text"), (Segment("go"),), 60)),
}


@pytest.mark.parametrize("work", WORKS)
def test_a_hung_child_is_killed_and_restarted(make_ready: MakeEngine, work: str) -> None:
    engine = make_ready("hung", Deadlines(working=0.5), context=8192)
    with pytest.raises(EngineCrashed, match="no sign of life"):
        WORKS[work](engine)
    assert engine.wait_until_ready(SECONDS) is engine.info


def test_a_child_that_hangs_while_reading_ahead_is_restarted(make_ready: MakeEngine) -> None:
    engine = make_ready("hung", Deadlines(working=0.5))
    again = Once(EngineState.RESTARTING).on(engine)
    engine.prefill(prompt("text"), branches(1))
    assert again.came()
    assert engine.wait_until_ready(SECONDS) is engine.info


def test_a_child_that_hangs_twice_while_loading_is_given_up(make_engine: MakeEngine) -> None:
    engine = make_engine("stuck", Deadlines(loading=2))
    with pytest.raises(EngineGone, match="no sign of life"):
        engine.wait_until_ready(SECONDS)


@pytest.mark.parametrize("work", WORKS)
def test_slow_work_may_take_longer_than_the_deadline(make_ready: MakeEngine, work: str) -> None:
    """Each decode takes at least 0.05 s and there are more than fifty."""
    engine = make_ready("slow", Deadlines(working=2), context=8192)
    start = time.monotonic()
    assert WORKS[work](engine)
    assert time.monotonic() - start > 2


def test_idle_time_does_not_count_as_silence() -> None:
    """A request after an idle hour gets the full time."""
    silence = Silence(None)
    assert not any(silence.tick() for _ in range(round(3600 / TICK)))
    silence.expect(60)
    in_time = range(round(60 / TICK))
    assert not any(silence.tick() for _ in in_time)
    assert silence.tick() == 60
    silence.end()
    assert not any(silence.tick() for _ in in_time)


STOPPED = """
import sys, threading
from pathlib import Path
from tests.engine.reference import branches, prompt
from tests.support.child import command
from tutor.engine import ProbeMemory
from tutor.engine.client import ModelEngine, ModelSpec
from tutor.engine.process import Deadlines

model, folder = map(Path, sys.argv[1:])
engine = ModelEngine(
    ModelSpec(path=model, label_sets=(("yes", "partial", "no"),), context=1024, threads=1),
    log=folder / "log", memory=ProbeMemory(folder / "memory"),
    deadlines=Deadlines(working=3), command=command("slow"),
)
engine.start()
engine.wait_until_ready()
engine.subscribe(lambda status: print(status.state, engine.pid, flush=True))
engine.score(prompt("text " * 100), branches())
print("scored", engine.pid, flush=True)
sys.stdin.read()
"""


@posix_only
def test_time_while_stopped_is_not_silence_and_the_child_ends_if_we_are_killed(
    dense_model: Path, tmp_path: Path
) -> None:
    """After Ctrl-Z or a closed lid, the child's replies are waiting in the pipe."""
    command = (sys.executable, "-c", STOPPED, str(dense_model), str(tmp_path))
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("judging")
        process.send_signal(signal.SIGSTOP)
        start = time.monotonic()
        while time.monotonic() - start < 4:
            threading.Event().wait(0.1)
        process.send_signal(signal.SIGCONT)
        said = [process.stdout.readline()]
        while said[-1] and not said[-1].startswith("scored"):
            said.append(process.stdout.readline())
        assert said[-1], "it is still alive"
        (child,) = psutil.Process(process.pid).children()
        process.kill()
        assert psutil.wait_procs([child], timeout=SECONDS)[1] == [], "its pipe was closed"
    assert not any(line.startswith("restarting") for line in said)


# --- the end


def close_at_once(engine: ModelEngine) -> None:
    """Close the engine and assert that it waited for no work and left no process behind.

    An idle machine takes half a second at most; a busy one may take longer, but not for ever.
    """
    process = psutil.Process(engine.pid)
    start = time.monotonic()
    engine.close()
    assert time.monotonic() - start < SECONDS / 4
    assert psutil.wait_procs([process], timeout=SECONDS)[1] == []
    assert engine.pid is None


@pytest.mark.parametrize(
    "mode",
    ["hung", "deaf", "slow", pytest.param("stopped", marks=posix_only)],
)
@pytest.mark.parametrize("work", WORKS)
def test_closing_during_work_waits_for_nothing(
    make_ready: MakeEngine, mode: str, work: str
) -> None:
    engine = make_ready("slow" if mode == "stopped" else mode, context=8192)
    if mode == "stopped":
        psutil.Process(engine.pid).suspend()
    started = Once(EngineState(work)).on(engine)
    call = Call(lambda: WORKS[work](engine))
    assert started.came()
    close_at_once(engine)
    assert isinstance(call.error(), EngineGone)


def test_closing_with_a_full_pipe_waits_for_nothing(make_ready: MakeEngine) -> None:
    engine = make_ready("deaf")
    for _ in range(50):
        engine.prefill(prompt("text " * 10_000))
    assert engine.status.state is EngineState.READING
    close_at_once(engine)


@pytest.mark.parametrize("mode", ["stuck", "slow"])
def test_closing_while_loading_waits_for_nothing(make_engine: MakeEngine, mode: str) -> None:
    engine = make_engine(mode, start=False)
    loading = Once(EngineState.LOADING).on(engine)
    engine.start()
    assert loading.came()
    close_at_once(engine)
    with pytest.raises(EngineError):
        engine.wait_until_ready(1)


def test_closing_right_after_the_start_and_twice_works(make_engine: MakeEngine) -> None:
    engine = make_engine()
    close_at_once(engine)
    engine.close()
    engine.start()
    assert engine.pid is None
    calls: list[Callable[[], object]] = [
        lambda: engine.wait_until_ready(1),
        lambda: engine.score(prompt("text"), branches(1)),
        lambda: list(engine.generate(prompt("text"), (), 3)),
    ]
    for call in calls:
        with pytest.raises(EngineGone, match="unloaded"):
            call()


def test_the_end_of_the_child_is_described_in_words() -> None:
    assert how_it_ended(FILE_CHANGED) == "ended because the model file changed while in use"
    assert how_it_ended(-9).endswith("probably because memory ran out")
    assert how_it_ended(-7) == "was killed by signal 7"
    assert how_it_ended(77) == "ended with exit code 77"


SHOW_BACKTRACE = "import os; print(os.environ.get('GGML_NO_BACKTRACE'))"


@pytest.mark.parametrize(("set_to", "expected"), [(None, "1"), ("0", "0")])
def test_no_debugger_is_started_unless_the_environment_asks_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_to: str | None, expected: str
) -> None:
    monkeypatch.delenv("GGML_NO_BACKTRACE", raising=False)
    if set_to is not None:
        monkeypatch.setenv("GGML_NO_BACKTRACE", set_to)
    child = launch((sys.executable, "-c", SHOW_BACKTRACE), tmp_path / "log")
    assert child.communicate()[0].decode().strip() == expected
