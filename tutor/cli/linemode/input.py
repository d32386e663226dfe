"""What is typed, line by line: text, commands, the lone dot, the end; and waiting only so long."""

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from types import FrameType, TracebackType
from typing import BinaryIO, Protocol, Self

from tutor.errors import TutorError

LONGEST = 800_000
"""Bytes of a line."""
CUT_AT = 1024 if sys.platform == "darwin" else 4096
"""Bytes that a terminal passes on of one line, its end included; it drops what is typed beyond."""
_CHUNK = 65_536
"""Bytes that are read at once of an input that is waited for only so long."""
_STEP = 0.5
"""Seconds of one wait at most: on Windows nothing interrupts it, Ctrl+C included."""
_NO_TEXT = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O.)?"  # what arrow and function keys send
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_DOTS = (".", "。", "．")
_LATIN = str.maketrans("йцукенгшщзфывапролдячсмить", "qwertyuiopasdfghjklzxcvbnm")
"""A command typed while the keyboard is set to Russian: `:рште` is `:hint`."""


class LineUnreadable(TutorError):
    """A line of the input cannot be taken."""


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
    """A line that holds only a dot."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of the input."""


Said = TypedText | TypedCommand | Dot | End


class Interrupts:
    """Ctrl+C ends the session where it waits, and never in the middle of saving."""

    def __init__(self) -> None:
        self._pressed = False
        self._waiting = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _press(self, *_: int | FrameType | None) -> None:
        self._pressed = True
        if self._waiting:
            raise KeyboardInterrupt

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """While nothing is changed: for input, or for the model."""
        self._waiting = True
        try:
            if self._pressed:
                raise KeyboardInterrupt
            yield
        finally:
            self._waiting = False


class Source(Protocol):
    """Where lines come from, such as standard input."""

    def isatty(self) -> bool:
        """Whether somebody types."""

    def readline(self, size: int, /) -> bytes:
        """The next line with its end, or `size` bytes of it; empty at the end."""


class Keyboard:
    """Standard input, as what was said by it."""

    def __init__(self, source: Source, interrupts: Interrupts) -> None:
        self._source = source
        self._interrupts = interrupts
        self._line = 0
        self._returned: Said | None = None
        self.is_terminal = source.isatty()

    def listen(self) -> Said:
        """Wait for the next line. Raises LineUnreadable; the line is then skipped."""
        said, self._returned = self._returned, None
        return said or self._next()

    def give_back(self, said: Said) -> None:
        """Let it be heard again."""
        self._returned = said

    @property
    def is_unheard(self) -> bool:
        """Whether something was given back that nobody heard since."""
        return self._returned is not None

    def _next(self) -> Said:
        with self._interrupts.waiting():
            raw = self._source.readline(LONGEST)
        self._line += 1
        if not raw:
            return End()
        self._check(raw)
        try:
            return meaning(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            from tutor.encodings import looks_like

            seems = f"byte {error.start}; it looks like {looks_like(raw)}"
            raise LineUnreadable(
                f"line {self._line} of the input is not UTF-8 ({seems})",
                remedy="It was ignored. Set the terminal or file to UTF-8 and type it again.",
            ) from error

    def _check(self, raw: bytes) -> None:
        most = CUT_AT if self.is_terminal else LONGEST
        if len(raw) >= most:
            raise LineUnreadable(
                f"line {self._line} of the input is longer than {most - 1:,} bytes",
                remedy="It was ignored, since its end is lost. Type it again as several lines.",
            )


def meaning(line: str) -> Said:
    """What a line says."""
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

        A terminal passes on complete lines only, until it is set otherwise.
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
