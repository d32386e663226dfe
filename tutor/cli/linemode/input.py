"""Reads what is typed, line by line: text, commands, a lone dot, the end; with a time limit too."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from typing import BinaryIO, Self

from tutor.errors import TutorError

LONGEST = 800_000
"""The most bytes of a line."""
CUT_AT = 1024 if sys.platform == "darwin" else 4096
"""The bytes of a line, its end included, that a terminal passes on; it drops the rest."""
_CHUNK = 65_536
"""The bytes that `TimedInput` reads at once."""
_STEP = 0.5
"""The longest single wait in seconds: on Windows nothing interrupts one, not even Ctrl+C."""
_NO_TEXT = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)?"  # what arrow and function keys send
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_DOTS = (".", "。", "．")
_LATIN = str.maketrans("йцукенгшщзфывапролдячсмить", "qwertyuiopasdfghjklzxcvbnm")
"""For commands typed on a Russian keyboard: `:рште` is `:hint`."""


class LineUnreadable(TutorError):
    """A line of the input is not UTF-8, or too long."""


@dataclass(frozen=True, slots=True)
class TypedText:
    """A line of an answer."""

    line: str


@dataclass(frozen=True, slots=True)
class TypedCommand:
    """A line that begins with a colon."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A line with only a dot."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of the input."""


Typed = TypedText | TypedCommand | Dot | End


class Interrupts:
    """Lets Ctrl+C end the session only while it waits, never while it saves."""

    def __init__(self) -> None:
        self._pressed = False
        self._waiting = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _press(self, *_: object) -> None:
        self._pressed = True
        if self._waiting:
            raise KeyboardInterrupt

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let Ctrl+C interrupt: the session waits for input or for the model."""
        self._waiting = True
        try:
            if self._pressed:
                raise KeyboardInterrupt
            yield
        finally:
            self._waiting = False


class Keyboard:
    """Reads lines and says what each of them is."""

    def __init__(self, source: "BinaryIO | TimedInput", interrupts: Interrupts) -> None:
        self._source = source
        self._interrupts = interrupts
        self._line = 0
        self._returned: Typed | None = None
        self.is_terminal = source.isatty()

    def listen(self) -> Typed:
        """Wait for the next line. Raises LineUnreadable; the line is then skipped."""
        returned, self._returned = self._returned, None
        return returned or self._next()

    def give_back(self, typed: Typed) -> None:
        """Have `listen` return this line again."""
        self._returned = typed

    @property
    def has_unread(self) -> bool:
        """Whether a line that was given back has not been read again."""
        return self._returned is not None

    def _next(self) -> Typed:
        with self._interrupts.waiting():
            raw = self._source.readline(LONGEST)
        self._line += 1
        if not raw:
            return End()
        most = CUT_AT if self.is_terminal else LONGEST
        if len(raw) >= most:
            raise LineUnreadable(
                f"line {self._line} of the input is longer than {most - 1:,} bytes",
                remedy="It was ignored, since its end is lost. Type it again as several lines.",
            )
        try:
            return meaning(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            from tutor.encodings import looks_like

            seems = f"byte {error.start}; it looks like {looks_like(raw)}"
            raise LineUnreadable(
                f"line {self._line} of the input is not UTF-8 ({seems})",
                remedy="It was ignored. Set the terminal or file to UTF-8 and type it again.",
            ) from error


def meaning(line: str) -> Typed:
    """Whether a line is text, a command or a dot."""
    text = _NO_TEXT.sub("", line.rstrip("\r\n"))
    if text.strip() in _DOTS:
        return Dot()
    if text[:1] not in (":", "："):
        return TypedText(text)
    if text[1:2] in (":", "："):
        return TypedText(text[1:])
    name, *argument = text[1:].split(maxsplit=1) or [""]
    return TypedCommand(name.casefold().translate(_LATIN), "".join(argument).strip())


class TimeUp(Exception):
    """The time for input is over."""


class TimedInput:
    """Reads lines in another thread, so that waiting for one can end when the time is up.

    The thread bypasses Python's buffer: a thread left waiting in that would keep the program from
    ending.
    """

    def __init__(self, source: BinaryIO, beat: Callable[[], float]) -> None:
        """`beat` is called before each wait.

        It returns the seconds until it has to be called again, and raises TimeUp when the time is
        up.
        """
        self._source = source
        self._raw: BinaryIO = getattr(source, "raw", source)
        self._beat = beat
        self._read = b""
        self._asked = Semaphore(0)
        self._waiting = False
        """Whether the thread is reading a chunk that was not taken yet."""
        self._chunks: SimpleQueue[bytes] = SimpleQueue()
        self._thread = Thread(target=self._read_chunks, daemon=True)
        self._thread.start()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
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
        """What has been typed and not read, even if its line is unfinished; may wait a moment.

        A terminal passes on only complete lines unless it is told otherwise.
        """
        if not self.isatty():
            return self._take(len(self._read))
        with _unbuffered(self._source.fileno()):
            return self._take(len(self._read)) + (self._chunk(_STEP) or b"")

    def _take(self, end: int) -> bytes:
        taken, self._read = self._read[:end], self._read[end:]
        return taken

    def _chunk(self, seconds: float) -> bytes | None:
        """The next bytes; empty at the end of the input, None if nothing came in time."""
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
            except (OSError, ValueError):  # the terminal is gone, or the file was closed
                chunk = b""
            self._chunks.put(chunk or b"")


@contextmanager
def _unbuffered(terminal: int) -> Iterator[None]:
    """Have the terminal pass on what is typed at once instead of line by line."""
    if os.name != "posix":
        yield
        return
    import termios

    before = termios.tcgetattr(terminal)
    changed = termios.tcgetattr(terminal)
    changed[3] &= ~termios.ICANON
    changed[6][termios.VMIN] = 1
    termios.tcsetattr(terminal, termios.TCSANOW, changed)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
