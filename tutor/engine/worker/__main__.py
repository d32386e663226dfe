"""The child's main program: answers requests until the parent is gone."""

import os
import queue
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from typing import BinaryIO

import psutil
from pydantic import ValidationError

from tutor.engine.errors import LabelsUnusable, ModelRefused, ModelTooLarge, PromptTooLong
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
    Why,
    Work,
)
from tutor.engine.worker.llama import DecodeAborted, DecodeFailed
from tutor.engine.worker.model import Model, load
from tutor.engine.worker.model_file import FileChanged

NICENESS = 10
_WHY: Mapping[type[Exception], Why] = {
    DecodeAborted: "cancelled",
    PromptTooLong: "too_long",
    LabelsUnusable: "labels",
    DecodeFailed: "native",
}


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
        self.replies = replies
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
            model, loaded = load(request, self._send, self._advanced, self._is_cancelled)
        except ModelRefused as error:
            too_large = isinstance(error, ModelTooLarge)
            self._send(Refused(reason=error.message, remedy=error.remedy, too_large=too_large))
            return
        self._send(loaded)
        while True:
            self.answer(model, self._waiting.get())

    def answer(self, model: Model, request: Request) -> None:
        """Send the last reply to `request`.

        Raises `FileChanged` if the model's file, and so its weights, changed in the meantime.
        """
        if not isinstance(request, Work):
            raise SystemExit(f"not now: {request.kind}")
        self._current = request.id
        try:
            reply: Finished | Failed = self._finished(model, request)
        except (DecodeAborted, DecodeFailed, LabelsUnusable, PromptTooLong) as error:
            if isinstance(error, DecodeFailed):
                model.forget()
            reply = Failed(id=request.id, why=_WHY[type(error)], message=str(error))
        model.file.check_unchanged()
        self._send(reply)
        self._cancelled.discard(request.id)
        self._prefills.discard(request.id)

    def _finished(self, model: Model, request: Work) -> Finished:
        """Do the work; pieces of text are sent as they come."""
        self._stop_if_cancelled()
        match request:
            case Prefill():
                model.prefill(request.prompt, request.branches)
            case Score():
                scores = model.score(request.prompt, request.branches)
                return Finished(id=request.id, scores=scores)
            case Tokenize():
                tokens = model.shown(request.prompt, request.branch)
                return Finished(id=request.id, tokens=tokens)
            case Generate():
                with closing(model.generate(request)) as pieces:
                    for piece in pieces:
                        self._send(Piece(id=request.id, text=piece))
                        self._stop_if_cancelled()
        return Finished(id=request.id)

    def _is_cancelled(self) -> bool:
        return self._current in self._cancelled

    def _stop_if_cancelled(self) -> None:
        if self._is_cancelled():
            raise DecodeAborted

    def _advanced(self) -> None:
        self._send(Evaluated(id=self._current))

    def _send(self, reply: Reply) -> None:
        try:
            self.replies.write(self._codec.line(reply))
            self.replies.flush()
        except OSError:
            os._exit(0)


if __name__ == "__main__":
    main()
