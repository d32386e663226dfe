"""Standard input that can be waited for only so long, such as until the time of an exam is up."""

import os
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from typing import BinaryIO

_CHUNK = 65_536
_STEP = 0.5
"""Seconds of one wait at most: on Windows nothing interrupts it, Ctrl+C included."""


class TimeUp(Exception):
    """Nothing is waited for any longer."""


class TimedInput:
    """Lines, as they come; another thread waits for them, so that this one can do without.

    It reads the file itself, past Python's buffer: a thread that is left waiting in that would keep
    the program from ending.
    """

    def __init__(self, source: BinaryIO, beat: Callable[[], float]) -> None:
        """`beat` is called before and between waits.

        It returns the seconds until it wants to be called again, and raises TimeUp where there is
        nothing more to wait for.
        """
        self._source = source
        self._raw: BinaryIO = getattr(source, "raw", source)
        self._beat = beat
        self._read = b""
        self._asked = Semaphore(0)
        self._waiting = False
        """Whether the other thread was asked for more and has not answered."""
        self._chunks: SimpleQueue[bytes] = SimpleQueue()
        self._thread = Thread(target=self._read_chunks, daemon=True)
        self._thread.start()

    def isatty(self) -> bool:
        """Whether somebody types."""
        return self._source.isatty()

    def readline(self, size: int) -> bytes:
        """The next line with its end, or `size` bytes of it; empty at the end. Raises TimeUp."""
        while True:
            wait = self._beat()
            end = self._read.find(b"\n", 0, size) + 1 or size
            if len(self._read) >= end:
                return self._take(end)
            chunk = self._chunk(min(wait, _STEP))
            if chunk == b"":
                return self._take(len(self._read))
            self._read += chunk or b""

    def rest(self) -> bytes:
        """What was typed by now, a line without its end included; waits a moment for that.

        A terminal passes on whole lines only, until it is told not to.
        """
        if not self.isatty():
            return self._take(len(self._read))
        with _Unbuffered(self._source.fileno()):
            return self._take(len(self._read)) + (self._chunk(_STEP) or b"")

    def _take(self, end: int) -> bytes:
        taken, self._read = self._read[:end], self._read[end:]
        return taken

    def _chunk(self, seconds: float) -> bytes | None:
        """What comes next; empty at the end of the input, None where nothing came in time."""
        if not self._waiting:
            self._waiting = True
            self._asked.release()
        try:
            chunk = self._chunks.get(timeout=max(0.0, seconds))
        except Empty:
            return None
        self._waiting = False
        return chunk

    def _read_chunks(self) -> None:
        while True:
            self._asked.acquire()
            try:
                chunk = self._raw.read(_CHUNK)
            except (OSError, ValueError):  # nobody types any more, or the file was closed
                chunk = b""
            self._chunks.put(chunk or b"")


class _Unbuffered:
    """A terminal that passes on what is typed at once, for as long as this lasts."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal

    def __enter__(self) -> None:
        if os.name != "posix":
            return
        import termios

        self._before = termios.tcgetattr(self._terminal)
        changed = termios.tcgetattr(self._terminal)
        changed[3] &= ~termios.ICANON
        changed[6][termios.VMIN] = 1
        termios.tcsetattr(self._terminal, termios.TCSANOW, changed)

    def __exit__(self, *_: object) -> None:
        if os.name != "posix":
            return
        import termios

        termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)
