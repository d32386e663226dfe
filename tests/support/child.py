"""The real child with one thing wrong: `python -m tests.support.child MODE`.

The model, llama.cpp and the protocol are the real ones; only the named fault is put in.
"""

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import llama_cpp

from tests.support.babbler import GARBAGE
from tutor.engine.protocol import Codec, Request, Score
from tutor.engine.worker import __main__ as child
from tutor.engine.worker.llama import BatchRow, Logits, Native
from tutor.engine.worker.model import Model
from tutor.engine.worker.model_file import ModelFile

PROBED_TOKENS = 128
FOREVER = 1000.0


def command(mode: str) -> tuple[str, ...]:
    """The command line of a child with this fault; its name may be followed by arguments."""
    return (sys.executable, "-m", "tests.support.child", *mode.split())


def _on_decode(before: Callable[[Native, Sequence[BatchRow]], None]) -> None:
    real = Native.decode

    def decode(self: Native, rows: Sequence[BatchRow]) -> dict[int, Logits]:
        before(self, rows)
        return real(self, rows)

    Native.decode = decode  # type: ignore[method-assign]


def _on_answer(before: Callable[[child.Server, Request], None]) -> None:
    real = child.Server.answer

    def answer(self: child.Server, model: Model, request: Request) -> None:
        before(self, request)
        real(self, model, request)

    child.Server.answer = answer  # type: ignore[method-assign]


def slow() -> None:
    """Every decode takes a while."""
    _on_decode(lambda _native, _rows: time.sleep(0.05))


def counting() -> None:
    """Every decode leaves a line in the log."""
    _on_decode(lambda _native, rows: print(f"decoded {len(rows)}", file=sys.stderr, flush=True))


def amx() -> None:
    """Any prompt longer than a token ends the process, as long as fast buffers are on."""

    def fault(native: Native, rows: Sequence[BatchRow]) -> None:
        if not native.options.plain_buffers and len(rows) > 1:
            faulthandler._sigsegv()  # type: ignore[attr-defined]

    _on_decode(fault)


def always_faulty() -> None:
    """The process ends at the probe, whatever the buffers."""
    _on_decode(lambda _native, _rows: faulthandler._sigsegv())  # type: ignore[attr-defined]


def hung() -> None:
    """Once probed, a decode never comes back."""
    probed: list[int] = []

    def hang(_native: Native, rows: Sequence[BatchRow]) -> None:
        if sum(probed) > PROBED_TOKENS:
            time.sleep(FOREVER)
        probed.append(len(rows))

    _on_decode(hang)


def stuck() -> None:
    """Reading the model file never comes to an end."""

    def read_ahead(self: ModelFile, progress: Callable[[float], None]) -> None:
        time.sleep(FOREVER)

    ModelFile.read_ahead = read_ahead  # type: ignore[method-assign]


def deaf() -> None:
    """Reads no further than the first request, so that its pipe fills up."""

    real, taken = Codec.request, threading.Event()

    def request(self: Codec, line: bytes) -> Request:
        if taken.is_set():
            threading.Event().wait()
        taken.set()
        return real(self, line)

    Codec.request = request  # type: ignore[method-assign]


def mute() -> None:
    """Closes its pipe at the first thing asked of it, and lives on."""

    def close(self: child.Server, _request: Request) -> None:
        os.close(self.replies.fileno())
        time.sleep(FOREVER)

    _on_answer(close)


def babbling(*kinds: str) -> None:
    """Says things that are no reply before the reply to a Score."""

    def babble(self: child.Server, request: Request) -> None:
        if isinstance(request, Score):
            said = b"".join(GARBAGE[kind] for kind in kinds)
            self.replies.write(said.replace(b"ID", str(request.id).encode()))
            self.replies.flush()

    _on_answer(babble)


def starved(where: str, spare: str) -> None:
    """From some point on the process gets no more than `spare` bytes of further memory."""
    owner, name = {
        "loading": (llama_cpp, "llama_model_load_from_file"),
        "context": (llama_cpp, "llama_init_from_model"),
        "working": (Native, "decode"),
    }[where]
    real: Callable[..., object] = getattr(owner, name)
    calls: list[str] = []

    def starving(*arguments: object) -> object:
        calls.append(where)
        if where != "working" or len(calls) > 3:  # the probe is two decodes
            _limit(int(spare))
        return real(*arguments)

    setattr(owner, name, starving)


def _limit(spare: int) -> None:
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    used = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + spare, used + spare))


PLAIN = (slow, counting, amx, always_faulty, hung, stuck, deaf, mute, babbling, starved)
MODES: dict[str, Callable[..., None]] = {f.__name__: f for f in PLAIN}

if __name__ == "__main__":
    MODES[sys.argv[1]](*sys.argv[2:])
    child.main()
