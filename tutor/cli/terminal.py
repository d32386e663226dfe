"""What a command prints, as its terminal can show it: lines broken at words, marks in colour.

Into a pipe or a file text goes as it is: no line is broken, nothing is coloured.
"""

import locale
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TextIO

from tutor.formatting import VERDICT_MARKS
from tutor.line_breaks import line_breaks

Tone = Literal["good", "fair", "bad", "strong", "quiet"]
READING_WIDTH = 96
"""Cells beyond which a line is hard to read."""
_SGR: Mapping[Tone, str] = {"good": "32", "fair": "33", "bad": "31", "strong": "1", "quiet": "2"}
_OF_VERDICTS: Mapping[str, Tone] = {"met": "good", "partial": "fair", "missed": "bad"}
_VERDICTS: Mapping[str, str] = {mark: verdict for verdict, mark in VERDICT_MARKS.items()}
_ASCII = str.maketrans(
    {"✓": "+", "◐": "~", "✗": "x", "–": "-", "…": "...", "·": "-", "█": "#", "◉": "*"}
)
"""For a terminal whose encoding has none of these."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line, shown in a tone of its own."""

    text: str
    tone: Tone


Parts = tuple[str | Span, ...]


@dataclass(frozen=True, slots=True)
class Hanging:
    """A line that continues below its own text, and not below the `indent` cells before that."""

    parts: Parts
    indent: int


Line = str | Parts | Hanging
"""A line of text, or its parts."""


def verdict_span(verdict: str, text: str = "") -> Span:
    """The verdict's mark, or another word for it, in its tone."""
    return Span(text or VERDICT_MARKS[verdict], _OF_VERDICTS[verdict])


def marked(text: str) -> Iterator[str | Span]:
    """A text of ours, its verdicts' marks in their tones."""
    start = 0
    for at, letter in enumerate(text):
        if letter in _VERDICTS:
            yield from (text[start:at], verdict_span(_VERDICTS[letter]))
            start = at + 1
    yield text[start:]


def plain(line: Line) -> str:
    """The line without its tones."""
    return "".join(part if isinstance(part, str) else part.text for part in parts_of(line))


def parts_of(line: Line) -> Parts:
    """The parts of a line, each with a tone of its own or none."""
    if isinstance(line, str):
        return (line,)
    return line.parts if isinstance(line, Hanging) else line


@dataclass(frozen=True, slots=True)
class Terminal:
    """How text is printed on one stream."""

    width: int | None = None
    """The cells of a line; None where no line is to be broken."""
    colour: bool = False
    ascii_only: bool = False

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str]) -> "Terminal":
        """The terminal behind `stream`; without one, text as it is."""
        if not stream.isatty():
            return cls()
        columns = shutil.get_terminal_size().columns
        return cls(
            width=min(columns, READING_WIDTH),
            colour=not environ.get("NO_COLOR") and environ.get("TERM", "") != "dumb",
            ascii_only=os.name == "posix" and not has_utf8_locale(),
        )

    def text(self, line: Line) -> str:
        """The line as it is printed."""
        parts, text = parts_of(line), plain(line)
        indent = line.indent if isinstance(line, Hanging) else 0
        breaks = [] if self.width is None else list(_breaks(text, self.width, indent))
        return "".join(self._pieces(parts, breaks, " " * indent)).translate(self._table)

    def in_one_line(self, text: str) -> str:
        """A row of a table, whatever its width; verdicts' marks have their tones."""
        return replace(self, width=None).text(tuple(marked(text)))

    @property
    def _table(self) -> Mapping[int, str]:
        return _ASCII if self.ascii_only else {}

    def _pieces(
        self, parts: Sequence[str | Span], breaks: Sequence[int], indent: str
    ) -> Sequence[str]:
        """The parts with their colours, a line end at each of `breaks`."""
        printed: list[str] = []
        at = 0
        for part in parts:
            text = part if isinstance(part, str) else part.text
            end = at + len(text)
            cuts = [cut - at for cut in breaks if at <= cut < end]
            lines = [text[i:j] for i, j in zip([0, *cuts], [*cuts, len(text)], strict=True)]
            if cuts and printed and not lines[0]:
                printed[-1] = printed[-1].rstrip(" ")
            tone = None if isinstance(part, str) else part.tone
            printed.append(f"\n{indent}".join(self._toned(each, tone) for each in _ends(lines)))
            at = end
        return printed

    def _toned(self, text: str, tone: Tone | None) -> str:
        if tone is None or not text or not self.colour:
            return text
        return f"\x1b[{_SGR[tone]}m{text}\x1b[0m"


def _ends(lines: Sequence[str]) -> Sequence[str]:
    return [*(line.rstrip() for line in lines[:-1]), lines[-1]]


def _breaks(text: str, width: int, indent: int) -> Sequence[int]:
    """Where `text`, which may have several lines, is broken."""
    breaks: list[int] = []
    start = 0
    for line in text.split("\n"):
        first = next(iter(line_breaks(line, width)), None)
        if first is not None:
            rest = line_breaks(line[first:], width - indent)
            breaks += [start + first, *(start + first + each for each in rest)]
        start += len(line) + 1
    return breaks


def has_utf8_locale() -> bool:
    """Whether the system's own encoding has every letter and mark."""
    return locale.getencoding().lower().replace("-", "") == "utf8"


def standard_output() -> Terminal:
    """How text goes to standard output."""
    return Terminal.of(sys.stdout, os.environ)


def standard_error() -> Terminal:
    """How text goes to standard error."""
    return Terminal.of(sys.stderr, os.environ)
