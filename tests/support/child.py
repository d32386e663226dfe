"""The real child with one thing wrong: `python -m tests.support.child MODE`.

The model, llama.cpp and the protocol are the real ones; only the named fault is put in.
"""

import faulthandler
import os
import sys
import time
from collections.abc import Callable, Sequence

from tutor.engine.child import __main__ as child
from tutor.engine.child.native import Native, Read, Row
from tutor.engine.protocol import Request, Score

PROBED_TOKENS = 128


def command(mode: str) -> tuple[str, ...]:
    """The command line of a child with this fault."""
    return (sys.executable, "-m", "tests.support.child", mode)


def _on_decode(before: Callable[[Native, Sequence[Row]], None]) -> None:
    real = Native.decode

    def decode(self: Native, rows: Sequence[Row], read: Read | None = None) -> None:
        before(self, rows)
        real(self, rows, read)

    Native.decode = decode  # type: ignore[method-assign]


def slow() -> None:
    """Every decode takes a while."""
    _on_decode(lambda _native, _rows: time.sleep(0.05))


def amx() -> None:
    """Any prompt longer than a token ends the process, as long as fast buffers are on."""

    def fault(native: Native, rows: Sequence[Row]) -> None:
        if not native.options.plain_buffers and len(rows) > 1:
            faulthandler._sigsegv()  # type: ignore[attr-defined]

    _on_decode(fault)


def always_faulty() -> None:
    """The process ends at the probe, whatever the buffers."""
    _on_decode(lambda _native, _rows: faulthandler._sigsegv())  # type: ignore[attr-defined]


def hung() -> None:
    """Once probed, a decode never comes back."""
    probed: list[int] = []

    def hang(_native: Native, rows: Sequence[Row]) -> None:
        if sum(probed) > PROBED_TOKENS:
            time.sleep(1000)
        probed.append(len(rows))

    _on_decode(hang)


def babbling() -> None:
    """Answers a request with something that is no message."""
    real = child.Server._answer

    def babble(self: child.Server, work: child.Worker, request: Request) -> None:
        if isinstance(request, Score):
            self._replies.write(b'{"kind": "finished", "id": "\xff no"}\n')
        real(self, work, request)

    child.Server._answer = babble  # type: ignore[method-assign]


def offline() -> None:
    """Any use of a socket ends the process."""

    def hook(event: str, _arguments: tuple[object, ...]) -> None:
        if event.startswith("socket."):
            os._exit(77)

    sys.addaudithook(hook)


MODES = {f.__name__: f for f in (slow, amx, always_faulty, hung, babbling, offline)}

if __name__ == "__main__":
    MODES[sys.argv[1]]()
    child.main()
