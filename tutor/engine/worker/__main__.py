"""The child's main program: answers requests until the parent is gone."""

import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, Literal

import psutil
from pydantic import ValidationError

from tutor.engine.errors import ModelRefused, ModelTooLarge
from tutor.engine.protocol import (
    FILE_CHANGED,
    Cancel,
    Codec,
    Evaluated,
    Failed,
    Finished,
    Generate,
    Load,
    Piece,
    Prefill,
    Refused,
    Reply,
    Request,
    Score,
    Tokenize,
    Work,
)
from tutor.engine.worker.kv_cache import TooLong
from tutor.engine.worker.llama import DecodeAborted, DecodeFailed, Log
from tutor.engine.worker.model import Model, NotOneToken, load
from tutor.engine.worker.model_file import FileChanged

NICENESS = 10


def main() -> None:
    """Serve the parent over the original standard input and output."""
    requests, replies = _private_descriptors()
    _lower_priority()
    server = Server(requests, replies)
    threading.Thread(target=server.listen, name="requests", daemon=True).start()
    try:
        server.serve()
    except FileChanged:
        os._exit(FILE_CHANGED)


def _private_descriptors() -> tuple[BinaryIO, BinaryIO]:
    """Move the two pipes to other descriptors, so that output of native code goes to the log."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


def _lower_priority() -> None:
    process = psutil.Process()
    try:
        if sys.platform == "win32":
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            process.nice(max(NICENESS, process.nice()))
    except (psutil.Error, OSError) as error:
        sys.stderr.write(f"the priority stays as it is: {error}\n")


class Server:
    """Two threads: one listens, so that cancelling takes effect at once; one owns the model."""

    def __init__(self, requests: BinaryIO, replies: BinaryIO) -> None:
        self._codec = Codec()
        self._requests = requests
        self._replies = replies
        self._waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._prefills: set[int] = set()
        self._cancelled: set[int] = set()
        self._current = 0

    def listen(self) -> None:
        """Receive requests until the pipe closes; then the parent is gone, so exit."""
        for line in self._requests:
            try:
                self._take(self._codec.request(line))
            except ValidationError as error:
                sys.stderr.write(f"not a request: {error}\n")
                break
        sys.stderr.flush()
        os._exit(0)

    def _take(self, request: Request) -> None:
        if isinstance(request, Cancel):
            if request.id >= self._current:
                self._cancelled.add(request.id)
            return
        self._cancelled |= self._prefills
        self._prefills.clear()
        if isinstance(request, Prefill):
            self._prefills.add(request.id)
        self._waiting.put(request)

    def serve(self) -> None:
        """Load the model, then answer requests one by one."""
        request = self._waiting.get()
        if not isinstance(request, Load):
            raise SystemExit("the first request has to be a load")
        try:
            model, loaded = load(request, Log(), self._send, self._advanced, self._stop)
        except ModelRefused as error:
            too_large = isinstance(error, ModelTooLarge)
            self._send(Refused(reason=error.message, remedy=error.remedy, too_large=too_large))
            return
        self._send(loaded)
        work = Worker(model, self._send)
        while True:
            self._answer(work, self._waiting.get())

    def _answer(self, work: "Worker", request: Request) -> None:
        if not isinstance(request, Work):
            raise SystemExit(f"not now: {request.kind}")
        self._current = request.id
        if request.id in self._cancelled:
            self._send(Failed(id=request.id, why="cancelled", message="cancelled"))
        else:
            self._send(work.do(request, self._stop))
        self._cancelled.discard(request.id)
        self._prefills.discard(request.id)

    def _stop(self) -> bool:
        return self._current in self._cancelled

    def _advanced(self, done: int, total: int) -> None:
        self._send(Evaluated(id=self._current, done=done, total=total))

    def _send(self, reply: Reply) -> None:
        try:
            self._replies.write(self._codec.line(reply))
            self._replies.flush()
        except OSError:
            os._exit(0)


class Worker:
    """Carries out requests."""

    def __init__(self, model: Model, send: Callable[[Reply], None]) -> None:
        self._model = model
        self._send = send

    def do(self, request: Work, stopped: Callable[[], bool]) -> Finished | Failed:
        """Return the last reply to `request`; pieces of text are sent as they come.

        Raises `FileChanged` if the model's file, and so its weights, changed in the meantime.
        """
        reply = self._reply(request, stopped)
        self._model.file.check_unchanged()
        return reply

    def _reply(self, request: Work, stopped: Callable[[], bool]) -> Finished | Failed:
        try:
            return self._done(request, stopped)
        except DecodeAborted:
            return _failed(request, "cancelled", "cancelled")
        except TooLong as error:
            return _failed(request, "too_long", str(error))
        except NotOneToken as error:
            return _failed(request, "labels", str(error))
        except DecodeFailed as error:
            self._model.forget()
            return _failed(request, "native", str(error))

    def _done(self, request: Work, stopped: Callable[[], bool]) -> Finished | Failed:
        match request:
            case Prefill():
                self._model.prefill(request.prompt, request.branches)
            case Score():
                scores = self._model.score(request.prompt, request.branches)
                return Finished(id=request.id, scores=scores)
            case Tokenize():
                tokens = self._model.shown(request.prompt, request.branch)
                return Finished(id=request.id, tokens=tokens)
            case Generate():
                pieces = self._model.generate(request)
                for piece in pieces:
                    self._send(Piece(id=request.id, text=piece))
                    if stopped():
                        pieces.close()
                        return _failed(request, "cancelled", "cancelled")
        return Finished(id=request.id)


def _failed(
    request: Work, why: Literal["cancelled", "too_long", "labels", "native"], message: str
) -> Failed:
    return Failed(id=request.id, why=why, message=message)


if __name__ == "__main__":
    main()
