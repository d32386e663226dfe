"""The parent's side of the model: starts the child process, talks to it and survives its crashes.

Each child has three small threads: one writes requests, one reads replies, one watches the clock.
Every caller blocks on its own queue, so a child that dies, hangs or sends garbage affects only the
calls in progress, and no answer ever exists in the child alone.
"""

import itertools
import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tutor.engine.api import Branch, ModelInfo, Prompt, Scored, Segment, Token
from tutor.engine.errors import (
    Cancelled,
    EngineCrashed,
    EngineError,
    EngineGone,
    LabelsUnusable,
    ModelRefused,
    ModelTooLarge,
    PromptTooLong,
)
from tutor.engine.probe_cache import ProbeMemory
from tutor.engine.process import (
    ChildProcess,
    Deadlines,
    child_command,
    how_it_ended,
    is_fault,
    launch,
)
from tutor.engine.protocol import (
    Cancel,
    Evaluated,
    Failed,
    Finished,
    Generate,
    Load,
    Loaded,
    Loading,
    Piece,
    Prefill,
    Refused,
    Reply,
    Score,
    Tokenize,
)
from tutor.engine.status import EngineState, Status, StatusSource

MOST_CRASHES = 2
"""After so many crashes in a session, the model is not started again."""


@dataclass(frozen=True)
class ModelSpec:
    """Which model to run, and how."""

    path: Path
    label_sets: tuple[tuple[str, ...], ...]
    """Sets of labels, best first; the model has to have one of them as single tokens."""
    context: int = 4096
    threads: int = 2
    allow_large: bool = False
    """Load it even if memory looks insufficient."""
    adapter: Path | None = None
    """A LoRA adapter that was trained on this model."""


_Answer = Piece | Finished | Failed | EngineError
"""What an open call receives; an error if the child has ended."""


class ModelEngine(StatusSource):
    """`tutor.engine.Engine` on a child process. Thread-safe."""

    def __init__(
        self,
        spec: ModelSpec,
        *,
        log: Path,
        memory: ProbeMemory,
        deadlines: Deadlines | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self._spec = spec
        self._log = log
        self._memory = memory
        self._deadlines = deadlines or Deadlines()
        self._command = tuple(command or child_command())
        self._changed = threading.Condition(self._lock)
        self._ids = itertools.count(1)
        self._calls: dict[int, queue.SimpleQueue[_Answer]] = {}
        self._prefill = 0
        self._child: ChildProcess | None = None
        self._info: ModelInfo | None = None
        self._crashes = 0
        self._plain = False
        self._stage = ""
        self._crash: EngineCrashed | None = None
        self._failure: EngineError | None = None
        self._closed = False

    def start(self) -> None:
        """Start the child; returns at once."""
        with self._lock:
            if self._child is None and not self._closed and self._failure is None:
                self._plain = self._plain or self._memory.needs_plain_buffers(self._spec.path)
                self._set(Status(EngineState.STARTING))
                self._spawn()

    @property
    def info(self) -> ModelInfo | None:
        """The loaded model; None until it has been probed."""
        return self._info

    @property
    def pid(self) -> int | None:
        """The child's process number, while there is one."""
        child = self._child
        return child.process.pid if child else None

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        """Block until the model is ready; raises the error that prevented it."""
        with self._changed:
            self._changed.wait_for(lambda: self._info or self._failure or self._closed, timeout)
            self._raise_what_ended_it()
            if self._info is None:
                raise EngineError("the model is not ready yet")
            return self._info

    def prefill(self, prompt: Prompt, branches: Sequence[Branch] = ()) -> None:
        """Evaluate the prompt and score the branches ahead of time; returns at once."""
        with self._lock:
            if self._info is not None and self._child is not None:
                self._prefill = next(self._ids)
                if not self._calls:
                    self._set(Status(EngineState.READING))
                self._child.send(Prefill(id=self._prefill, prompt=prompt, branches=tuple(branches)))

    def score(self, prompt: Prompt, branches: Sequence[Branch]) -> tuple[Scored, ...]:
        """Score all branches, in one batch."""
        if not branches:
            return ()
        request = Score(id=next(self._ids), prompt=prompt, branches=tuple(branches))
        scores = self._finished(request).scores
        if len(scores) != len(branches) or not all(map(_matches, scores, branches)):
            raise EngineError("the model's process sent a reply that does not match the request")
        return scores

    def tokens(self, prompt: Prompt, branch: Branch) -> tuple[Token, ...]:
        """The tokens that are evaluated for one branch, including the chat frame."""
        request = Tokenize(id=next(self._ids), prompt=prompt, branch=branch)
        return self._finished(request).tokens

    def generate(
        self, prompt: Prompt, tail: Sequence[Segment], max_tokens: int, opening: str = ""
    ) -> Iterator[str]:
        """Stream greedy text after the prompt, the tail and the opening."""
        request = Generate(
            id=next(self._ids),
            prompt=prompt,
            tail=tuple(tail),
            max_tokens=max_tokens,
            opening=opening,
        )
        for reply in self._replies(request, EngineState.WRITING):
            if isinstance(reply, Piece):
                yield reply.text

    def cancel(self) -> None:
        """Cancel the running calls; each raises `Cancelled`."""
        with self._lock:
            if self._child is not None:
                for call in (*self._calls, self._prefill):
                    self._child.send(Cancel(id=call))

    def close(self) -> None:
        """End the child process within a second, whatever it is doing."""
        with self._lock:
            self._closed = True
            child, self._child = self._child, None
            self._end_calls(EngineGone("the model was unloaded"))
            self._set(Status(EngineState.OFF))
        if child is not None:
            child.end()

    # Internals. Everything that changes state holds the lock.

    def _finished(self, request: Score | Tokenize) -> Finished:
        """The reply to a request that has only one."""
        for reply in self._replies(request, EngineState.JUDGING):
            if isinstance(reply, Finished):
                return reply
        raise EngineError("the model's process sent a reply that does not match the request")

    def _replies(
        self, request: Score | Generate | Tokenize, state: EngineState
    ) -> Iterator[Piece | Finished]:
        """Yield the replies to one request up to the last; raises the error if it failed."""
        answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
        with self._lock:
            child = self._ready_child()
            self._calls[request.id] = answers
            self._set(Status(state))
            child.send(request)
        try:
            while isinstance(answer := answers.get(), Piece):
                yield answer
            if isinstance(answer, EngineError):
                raise answer
            self._close_call(request.id)
            if isinstance(answer, Failed):
                raise _error(answer)
            yield answer
        finally:
            self._abandon(child, request.id)

    def _raise_what_ended_it(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closed:
            raise EngineGone("the model was unloaded")

    def _ready_child(self) -> ChildProcess:
        self._raise_what_ended_it()
        if self._child is None or self._info is None:
            raise self._crash or EngineError("the model is not ready yet")
        return self._child

    def _close_call(self, call: int) -> None:
        with self._lock:
            if self._calls.pop(call, None) and not self._calls and self._info is not None:
                self._set(Status(EngineState.READY))

    def _abandon(self, child: ChildProcess, call: int) -> None:
        """Cancel a call whose caller stopped reading before the end."""
        with self._lock:
            if call in self._calls:
                child.send(Cancel(id=call))
                self._close_call(call)

    def _spawn(self) -> None:
        self._info = None
        self._stage = ""
        adapter = self._spec.adapter
        try:
            f"{self._spec.path.absolute()}{adapter}".encode()
        except UnicodeEncodeError:  # a message is JSON, which cannot name such a file
            self._fail(
                ModelRefused(
                    "the path of the model is not valid Unicode",
                    remedy="Rename the file, or the folder that is called so.",
                )
            )
            return
        try:
            process = launch(self._command, self._log)
        except OSError as error:
            self._fail(EngineGone(f"the model's process cannot be started: {error}"))
            return
        self._child = ChildProcess(process, self._deadlines.loading, self._on_reply, self._on_end)
        self._child.send(
            Load(
                path=str(self._spec.path.absolute()),
                context=self._spec.context,
                threads=self._spec.threads,
                plain_buffers=self._plain,
                allow_large=self._spec.allow_large,
                label_sets=self._spec.label_sets,
                adapter=str(adapter.absolute()) if adapter else None,
            )
        )

    def _on_reply(self, child: ChildProcess, reply: Reply) -> None:
        with self._lock:
            if child is not self._child:
                return
            if self._info is not None and isinstance(reply, Loading | Loaded | Refused):
                child.give_up("sent an unexpected message")
                return
            match reply:
                case Loading():
                    self._loading(reply)
                case Loaded():
                    self._ready(reply)
                case Refused():
                    kind = ModelTooLarge if reply.too_large else ModelRefused
                    self._fail(kind(reply.reason, remedy=reply.remedy))
                case Evaluated():
                    pass
                case Piece() | Finished() | Failed():
                    self._deliver(reply)

    def _loading(self, reply: Loading) -> None:
        self._stage = reply.stage
        state = EngineState.PROBING if reply.stage == "probing" else EngineState.LOADING
        self._set(Status(state, progress=reply.progress))
        if reply.stage == "template" and self._child is not None:
            self._child.expect(self._deadlines.template)

    def _ready(self, loaded: Loaded) -> None:
        self._info = replace(loaded.info, path=str(self._spec.path))
        if self._plain:
            self._memory.remember_plain_buffers(self._spec.path)
        self._set(Status(EngineState.READY))

    def _deliver(self, reply: Piece | Finished | Failed) -> None:
        if reply.id in self._calls:
            self._calls[reply.id].put(reply)
        elif reply.id == self._prefill and self._status.state is EngineState.READING:
            self._set(Status(EngineState.READY))

    def _on_end(self, child: ChildProcess) -> None:
        with self._lock:
            if child is not self._child or self._closed:
                return
            self._child = None
            code = child.process.returncode
            how = child.fault or how_it_ended(code)
            if self._failure is not None:
                return
            if self._info is None and self._stage == "template" and child.fault:
                self._fail(ModelRefused("the model's chat template never ends"))
            elif self._info is None and not self._plain and is_fault(code):
                self._restart_plain(how)
            else:
                self._crashes += 1
                self._recover(how, hopeless=self._info is None and is_fault(code))

    def _restart_plain(self, how: str) -> None:
        """Try again without repacked and AMX buffers, which some machines report but lack."""
        self._plain = True
        self._set(
            Status(EngineState.RESTARTING, f"The model's process {how}; trying plain buffers.")
        )
        self._spawn()

    def _recover(self, how: str, *, hopeless: bool) -> None:
        crash = self._crash = EngineCrashed(
            f"the model's process {how}",
            remedy=f"The log is in {self._log.name}; see tutor doctor.",
        )
        self._end_calls(crash)
        if self._crashes >= MOST_CRASHES or hopeless:
            self._fail(EngineGone(crash.message, remedy=crash.remedy))
            return
        self._set(Status(EngineState.RESTARTING, f"The model's process {how}; restarting it."))
        self._spawn()

    def _fail(self, error: EngineError) -> None:
        self._failure = error
        self._info = None
        self._end_calls(error)
        self._set(Status(EngineState.FAILED, error.message, remedy=error.remedy))

    def _end_calls(self, error: EngineError) -> None:
        calls, self._calls = self._calls, {}
        for answers in calls.values():
            answers.put(error)

    def _set(self, status: Status) -> None:
        if self._child is not None:
            self._child.expect(self._allowed(status.state))
        self._changed.notify_all()
        self._announce(status)

    def _allowed(self, state: EngineState) -> float | None:
        """Seconds of silence allowed in this state."""
        if state.is_on_its_way:
            return self._deadlines.loading
        if state in (EngineState.READING, EngineState.JUDGING, EngineState.WRITING):
            return self._deadlines.working
        return None


def _matches(scored: Scored, branch: Branch) -> bool:
    """Whether a reply has the labels that the branch asks for."""
    received = [(each.labels, len(each.log_probabilities)) for each in scored.distributions]
    return received == [(ask.labels, len(ask.labels)) for ask in branch.asks] and (
        scored.likelihood is None or branch.measured
    )


def _error(failed: Failed) -> EngineError:
    match failed.why:
        case "cancelled":
            return Cancelled("cancelled")
        case "too_long":
            return PromptTooLong(
                f"the answer is too long for this model: {failed.message}",
                remedy="Shorten the answer, or raise `context` in the settings.",
            )
        case "labels":
            return LabelsUnusable(failed.message)
        case "native":
            return EngineError(f"the model failed: {failed.message}")
