"""`tutor.engine.Engine` for a model that a server runs, over HTTP.

A thread of its own runs an event loop, and callers block on futures. Cancelling a future drops its
connection, at which the server stops. After a failure, we look for the server again when it
is next needed.
"""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from tutor.engine.api import Branch, ModelInfo, Prompt, Scored, Segment, Token, joined
from tutor.engine.chat_template import Frame
from tutor.engine.errors import Cancelled, EngineCrashed, EngineError, EngineGone, LabelsUnusable
from tutor.engine.labels import no_label_set
from tutor.engine.recent import Recent
from tutor.engine.server.dialect import Dialect
from tutor.engine.server.http_client import Access, ServerRefused, Wire
from tutor.engine.server.kinds import find_dialect
from tutor.engine.server.render_template import frame_of
from tutor.engine.status import EngineState, Status, StatusSource

REMEMBERED = 64
"""Prompts whose scores are cached, mainly the empty answers of the questions being graded."""
T = TypeVar("T")
Key = tuple[Prompt, tuple[Branch, ...]]


@dataclass(frozen=True)
class ServerSpec:
    """Which server and model to use."""

    access: Access
    label_sets: tuple[tuple[str, ...], ...]
    """Sets of labels, best first; the model has to have one of them as single tokens."""
    model: str | None = None
    """Which of the server's models; None for the first."""
    template: Path | None = None
    """The model's chat template, for a server that does not report it."""


@dataclass(frozen=True)
class _Link:
    """A server that answered, with everything known about its model."""

    dialect: Dialect
    frame: Frame
    info: ModelInfo
    answers: asyncio.Semaphore
    """Limits the answers in progress to the number of prompts that the server caches; with more,
    each would evict another's."""


class ServerEngine(StatusSource):
    """`tutor.engine.Engine` on a server. Thread-safe; calls from several threads overlap."""

    def __init__(self, spec: ServerSpec) -> None:
        super().__init__()
        self._spec = spec
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="engine-server", daemon=True)
        self._wire: Wire | None = None
        self._link: _Link | None = None
        self._connecting: Future[_Link] | None = None
        self._calls: set[Future[Any]] = set()
        self._ahead: Future[None] | None = None
        self._scores: Recent[Key, tuple[Scored, ...]] = Recent(REMEMBERED)
        self._closed = False

    def start(self) -> None:
        """Look for the server; returns at once."""
        with self._lock:
            if self._connecting is None and not self._closed:
                self._thread.start()
                self._start_connecting()

    @property
    def info(self) -> ModelInfo | None:
        """The server's model; None while there is no connection."""
        link = self._link
        return link.info if link else None

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        """Block until the model is ready; after a failure, look for the server again."""
        with self._lock:
            if self._closed or self._connecting is None:
                raise EngineGone("the model was unloaded")
            if self._link is None and self._connecting.done():
                self._start_connecting()
            connecting = self._connecting
        try:
            return connecting.result(timeout).info
        except TimeoutError as error:
            raise EngineError("the server has not answered yet") from error
        except CancelledError as error:
            raise EngineGone("the model was unloaded") from error

    def prefill(self, prompt: Prompt, branches: Sequence[Branch] = ()) -> None:
        """Score the branches ahead of time; returns at once. A prompt alone is not sent."""
        with self._lock:
            if self._link is None or self._closed or not branches:
                return
            self._drop_ahead()
            work = self._read_ahead(self._link, prompt, tuple(branches))
            self._ahead = asyncio.run_coroutine_threadsafe(work, self._loop)

    def score(self, prompt: Prompt, branches: Sequence[Branch]) -> tuple[Scored, ...]:
        """Score all branches."""
        if not branches:
            return ()
        with self._lock:
            link = self._current_link()
            self._drop_ahead()
        return self._result(
            self._submit(self._score(link, prompt, tuple(branches)), EngineState.JUDGING), link
        )

    def tokens(self, prompt: Prompt, branch: Branch) -> tuple[Token, ...]:
        """What is sent for one branch, trusted and untrusted text apart.

        These are segments, not tokens: only the server divides them further.
        """
        segments = _turn(self._current_link().frame, prompt, branch.tail)
        segments += [Segment(ask.opening, trusted=True) for ask in branch.asks]
        return tuple(Token(each.text, each.trusted) for each in segments if each.text)

    def generate(
        self, prompt: Prompt, tail: Sequence[Segment], max_tokens: int, opening: str = ""
    ) -> Iterator[str]:
        """Stream greedy text after the prompt, the tail and the opening."""
        link = self._current_link()
        received: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        text = link.dialect.write(_turn(link.frame, prompt, tail), [opening], max_tokens)
        call = self._submit(_into(received, text), EngineState.WRITING)
        call.add_done_callback(lambda _: received.put(None))
        try:
            while (piece := received.get()) is not None:
                if piece:
                    yield piece
            self._result(call, link)
        finally:
            call.cancel()

    def cancel(self) -> None:
        """Cancel the running calls; each raises `Cancelled`."""
        with self._lock:
            self._drop_ahead()
            for call in tuple(self._calls):
                call.cancel()

    def close(self) -> None:
        """Disconnect from the server, whatever it is doing."""
        with self._lock:
            if self._closed:
                return
            self._closed, started = True, self._connecting is not None
            for call in (*self._calls, *filter(None, [self._connecting])):
                call.cancel()
            self._set(Status(EngineState.OFF))
        if started:
            asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop)
            self._thread.join(timeout=5)
        else:
            self._loop.close()

    # Internals that run in the caller's thread.

    def _start_connecting(self) -> None:
        """Look for the server in the loop's thread. The caller holds the lock."""
        self._set(Status(EngineState.STARTING))
        self._connecting = asyncio.run_coroutine_threadsafe(self._connect(), self._loop)

    def _current_link(self) -> _Link:
        with self._lock:
            if self._closed:
                raise EngineGone("the model was unloaded")
            if self._link is None:
                raise EngineCrashed("the server is not ready yet")
            return self._link

    def _submit(self, work: Coroutine[Any, Any, T], state: EngineState) -> "Future[T]":
        with self._lock:
            if self._closed:
                work.close()
                raise EngineGone("the model was unloaded")
            call = asyncio.run_coroutine_threadsafe(work, self._loop)
            self._calls.add(call)
            self._set(Status(state))
        call.add_done_callback(self._on_done)
        return call

    def _on_done(self, call: "Future[Any]") -> None:
        with self._lock:
            self._calls.discard(call)
            if not self._calls and self._link is not None and not self._closed:
                self._set(Status(EngineState.READY))

    def _result(self, call: "Future[T]", link: _Link) -> T:
        try:
            return call.result()
        except CancelledError as error:
            if self._closed:
                raise EngineGone("the model was unloaded") from error
            raise Cancelled("cancelled") from error
        except (EngineCrashed, ServerRefused) as error:
            self._lose(error, link)
            raise

    def _lose(self, error: EngineError, link: _Link) -> None:
        """Forget a server that failed; it is looked for again when it is next needed."""
        with self._lock:
            if self._link is link and not self._closed:
                self._link = None
                self._loop.call_soon_threadsafe(self._scores.clear)  # the loop's thread owns it
                self._set(Status(EngineState.FAILED, error.message, remedy=error.remedy))

    def _drop_ahead(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.cancel()

    def _set(self, status: Status) -> None:
        if status != self._status:
            self._announce(status)

    # Internals that run in the loop's thread.

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.close()

    async def _hang_up(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._wire is not None:
            await self._wire.close()
        self._loop.stop()

    async def _connect(self) -> _Link:
        try:
            self._wire = self._wire or Wire(self._spec.access)
            link = await self._open_link(self._wire)
        except EngineError as error:
            self._settle(None, Status(EngineState.FAILED, error.message, remedy=error.remedy))
            raise
        self._settle(link, Status(EngineState.READY))
        return link

    def _settle(self, link: _Link | None, status: Status) -> None:
        with self._lock:
            if not self._closed:
                self._link = link
                self._set(status)

    async def _open_link(self, wire: Wire) -> _Link:
        """Learn all about the model, and ask it something to see that it answers."""
        file = self._spec.template
        template = (lambda: asyncio.to_thread(frame_of, file)) if file else None
        dialect = await find_dialect(wire, self._spec.model, template)
        about = await dialect.about()
        frame = await dialect.frame()
        label_set = await self._label_set(dialect)
        ask = Prompt((Segment("Answer with one word.", trusted=True),), (Segment("Well?"),))
        await dialect.next(_turn(frame, ask, ()), (), self._spec.label_sets[label_set])
        most = self._spec.access.at_once
        answers = asyncio.Semaphore(min(most, dialect.slots or most))
        return _Link(dialect, frame, replace(about, label_set=label_set), answers)

    async def _label_set(self, dialect: Dialect) -> int:
        for index, labels in enumerate(self._spec.label_sets):
            with suppress(LabelsUnusable):
                await dialect.label_tokens(labels)
                return index
        raise no_label_set()

    async def _read_ahead(self, link: _Link, prompt: Prompt, branches: tuple[Branch, ...]) -> None:
        """Score ahead of time. Ignores errors: the call that needs the scores will report them."""
        with suppress(EngineError):
            await self._score(link, prompt, branches)

    async def _score(
        self, link: _Link, prompt: Prompt, branches: tuple[Branch, ...]
    ) -> tuple[Scored, ...]:
        key = (prompt, branches)
        scores = self._scores.get(key)
        if scores is None:
            async with link.answers:
                scores = await _score_all(link, prompt, branches)
            self._scores.keep(key, scores)
        return scores


async def _score_all(link: _Link, prompt: Prompt, branches: Sequence[Branch]) -> tuple[Scored, ...]:
    """Score the first branch alone, so that the server has the others' common beginning cached."""
    first = await _score_one(link, prompt, branches[0])
    if not link.dialect.together:
        return (first, *[await _score_one(link, prompt, branch) for branch in branches[1:]])
    rest = [asyncio.ensure_future(_score_one(link, prompt, branch)) for branch in branches[1:]]
    try:
        return (first, *await asyncio.gather(*rest))
    finally:
        for task in rest:
            task.cancel()


async def _score_one(link: _Link, prompt: Prompt, branch: Branch) -> Scored:
    turn = _turn(link.frame, prompt, branch.tail)
    openings = [ask.opening for ask in branch.asks]
    distributions = [
        await link.dialect.next(turn, openings[: n + 1], ask.labels)
        for n, ask in enumerate(branch.asks)
    ]
    measured: float | None = None
    if branch.measured:
        before = [*link.frame.before(prompt), *joined(prompt.body)]
        measured = await link.dialect.likelihood(before, branch.tail)
    return Scored(tuple(distributions), measured)


def _turn(frame: Frame, prompt: Prompt, tail: Sequence[Segment]) -> list[Segment]:
    """A prompt in segments, divided where the child process divides it."""
    return [*frame.before(prompt), *joined(prompt.body), *frame.after(tail)]


async def _into(received: "queue.SimpleQueue[str | None]", text: AsyncIterator[str]) -> None:
    async for piece in text:
        received.put(piece)
