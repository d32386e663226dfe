"""Kills and cancels in a row, at any moment of loading, reading, grading and waiting."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

import psutil
import pytest

from tests.engine.conftest import MakeEngine, Once, each_model, engines
from tests.engine.reference import ANSWER, LONG, assert_as_alone, branches, prompt
from tests.progress.builders import START, Clock, profile
from tests.support.attempts import attempt_with
from tests.support.calls import Call
from tests.support.patience import SECONDS
from tests.support.questions import grading_on, question
from tests.support.soak import SOAK, often
from tutor.engine import Cancelled, EngineError, EngineState, Status
from tutor.engine.api import Segment
from tutor.engine.client import ModelEngine
from tutor.grading import LABEL_SETS, Grade, GradingService
from tutor.progress import Progress, open_progress

pytestmark = pytest.mark.native
KILLS, WORKERS, CANCELS = often(200), 2, often(100)
model = each_model("dense", "recurrent")
LATEST = 8
"""How many states grading an answer passes through, with a crash and a restart."""
MOMENTS = {
    EngineState.LOADING,
    EngineState.PROBING,
    EngineState.READY,
    EngineState.READING,
    EngineState.JUDGING,
}


@dataclass(frozen=True)
class Victim:
    """A process that was killed, and what it was doing."""

    process: psutil.Process
    state: EngineState


class Killer:
    """Kills the engine's child once: in its `at`-th state from now, or when `strike` is called.

    While it is loading, not before `share` of the file has been read.
    """

    def __init__(self, engine: ModelEngine, at: int, share: float, victims: list["Victim"]) -> None:
        self._engine, self._left, self._share, self._victims = engine, at, share, victims
        self._mutex = threading.Lock()
        self._last: EngineState | None = None
        self._done = False

    def __call__(self, status: Status) -> None:
        self._left -= status.state is not self._last
        self._last = status.state
        early = status.state is EngineState.LOADING and (status.progress or 0) < self._share
        if self._left <= 0 and not early:
            self.strike()

    def strike(self) -> None:
        """Kill the child now, unless it has been killed already or none is running."""
        with self._mutex:
            pid, state = self._engine.pid, self._engine.status.state
            if self._done or pid is None:
                return
            try:
                process = psutil.Process(pid)
                if process in [victim.process for victim in self._victims]:
                    return
                process.kill()
            except psutil.NoSuchProcess:
                return
            self._done = True
            self._victims.append(Victim(process, state))


@dataclass
class Worker:
    """Grades answers one by one while the model's process is being killed."""

    model: Path
    folder: Path
    progress: Progress
    seed: int
    victims: list[Victim] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    grades: list[Grade] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        try:
            for engine in self._engines():
                self._grade_until_given_up(engine)
        except BaseException as fault:  # noqa: BLE001 - reported by the test in the main thread
            self.faults.append(fault)

    def _engines(self) -> Iterator[ModelEngine]:
        """Start a new engine whenever the last was given up, until enough were killed."""
        self.folder.mkdir()
        for _ in count():
            if len(self.victims) >= KILLS // WORKERS:
                return
            with engines(self.folder, self.model) as make:
                yield make(label_sets=LABEL_SETS, context=2048)

    def _grade_until_given_up(self, engine: ModelEngine) -> None:
        """Grade answers until the engine is given up."""
        grading = grading_on(engine)
        grade = self._answer(grading, engine)
        while grade.grader.name == "model" and len(self.victims) < KILLS // WORKERS:
            grade = self._answer(grading, engine)

    def _answer(self, grading: GradingService, engine: ModelEngine) -> Grade:
        number = len(self.answers)
        chance = random.Random(f"{self.seed} {number}")
        answer = f"Ответ {number}: выбирают 15 % токенов. 80 % become [MASK]. {chance.random()}"
        killer = Killer(engine, chance.randint(1, LATEST), chance.random(), self.victims)
        engine.subscribe(killer)
        self.answers.append(answer)
        if chance.random() < 0.5:
            with suppress(EngineError):
                engine.wait_until_ready(SECONDS)
            grading.prepare(question(), "ru", answer)
        grade = grading.grade(question(), answer, "ru")
        killer.strike()
        self.grades.append(grade)
        self.progress.record(attempt_with(grade, START, f"{self.seed}-{number}", answer))
        return grade


def graders(workers: list[Worker]) -> Counter[str]:
    return Counter(grade.grader.name for worker in workers for grade in worker.grades)


def our_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("engine_")]


def test_kills_lose_no_answer_and_leave_nothing_behind(
    dense_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    before, us = set(threading.enumerate()), psutil.Process()
    files, paths = us.num_fds() if hasattr(us, "num_fds") else 0, profile(tmp_path / "home")
    with open_progress(paths, clock=Clock()) as progress:
        workers = [Worker(dense_model, tmp_path / str(n), progress, n) for n in range(WORKERS)]
        threads = [threading.Thread(target=worker.run) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        saved = {attempt.id: attempt for attempt in progress.attempts()}
    assert [fault for worker in workers for fault in worker.faults] == []
    victims = [victim for worker in workers for victim in worker.victims]
    assert len({victim.process for victim in victims}) == len(victims) == KILLS
    if SOAK:
        assert {victim.state for victim in victims} >= MOMENTS
    for worker in workers:
        for number, (answer, grade) in enumerate(zip(worker.answers, worker.grades, strict=True)):
            assert_graded(grade)
            assert saved[f"{worker.seed}-{number}"].answer == answer
            assert saved[f"{worker.seed}-{number}"].grade == grade
    assert min(graders(workers)[name] for name in ("model", "terms")) > KILLS // 20
    for thread in set(threading.enumerate()) - before:
        thread.join(SECONDS)
    assert our_threads() == []
    assert children_after(us, seconds=30) == []
    assert not files or us.num_fds() <= files + 2


def children_after(process: psutil.Process, seconds: float) -> list[psutil.Process]:
    """Wait for the child processes to end; return those that are left after `seconds`."""
    end = time.monotonic() + seconds
    while (left := process.children(recursive=True)) and time.monotonic() < end:
        time.sleep(0.05)
    return left


def assert_graded(grade: Grade) -> None:
    """Assert that a model or key terms graded it, and that key terms give the reason."""
    assert [point.id for point in grade.points] == ["share", "split", "loss"]
    if grade.grader.name == "terms":
        assert grade.remark.startswith("Key terms graded this, since the model's process ")
        assert "signal 9" in grade.remark or "with code" in grade.remark
    elif "started again" in grade.remark:
        assert "While grading, the model's process " in grade.remark


def call(engine: ModelEngine, number: int) -> object:
    text = prompt(f"{number} {LONG * 3}")
    if number % 3 == 2:
        return list(engine.generate(text, (Segment("go"),), 200))
    return engine.score(text, branches(16))


def test_cancels_at_random_moments_cause_no_crash(make_ready: MakeEngine) -> None:
    """llama.cpp logs when a decode is cancelled.

    The log callback was once freed after loading, and the first message killed the process.
    """
    seen: list[Status] = []
    engine = make_ready(seen=seen, context=4096)
    pid, chance, ended = engine.pid, random.Random(5), set[type]()
    for number in range(CANCELS):
        state = EngineState.WRITING if number % 3 == 2 else EngineState.JUDGING
        working = Once(state).on(engine)
        if number % 2:
            engine.prefill(prompt(LONG + str(number)), branches(8))
        running = Call(partial(call, engine, number))
        assert working.came()
        running.join(chance.uniform(0, 0.06))
        engine.cancel()
        ended.add(type(running.error()))
    assert ended - {type(None)} == {Cancelled}
    assert engine.pid == pid
    assert psutil.pid_exists(pid or 0)
    assert EngineState.RESTARTING not in [status.state for status in seen]
    assert_as_alone(engine, prompt(ANSWER), count=3)


def test_prefills_that_replace_each_other_cause_no_crash(make_ready: MakeEngine) -> None:
    """Each cancels the one before, as fast typing does."""
    seen: list[Status] = []
    engine = make_ready(seen=seen, context=4096)
    chance = random.Random(6)
    for number in range(4 * CANCELS):
        engine.prefill(prompt(LONG[: chance.randrange(len(LONG))]), branches(number % 6))
        if number % 10 == 0:
            engine.cancel()
        if number % 7 == 0:
            assert engine.score(prompt(ANSWER), branches(1))
    assert EngineState.RESTARTING not in [status.state for status in seen]
    assert_as_alone(engine, prompt(ANSWER), count=3)
