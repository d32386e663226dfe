"""Text as the terminal can show it: lines broken between words, verdicts in colour.

Pipes and files get the text unchanged: no line breaks, no colours.
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
"""The cells of the longest line that is easy to read."""
_SGR: Mapping[Tone, str] = {"good": "32", "fair": "33", "bad": "31", "strong": "1", "quiet": "2"}
_OF_VERDICTS: Mapping[str, Tone] = {"met": "good", "partial": "fair", "missed": "bad"}
_VERDICTS: Mapping[str, str] = {mark: verdict for verdict, mark in VERDICT_MARKS.items()}
_ASCII = str.maketrans(
    {"✓": "+", "◐": "~", "✗": "x", "–": "-", "…": "...", "·": "-", "█": "#", "◉": "*"}
)
"""Substitutes for terminals whose encoding lacks these characters."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line in a tone."""

    text: str
    tone: Tone


Parts = tuple[str | Span, ...]


@dataclass(frozen=True, slots=True)
class Hanging:
    """A line that continues below its own text, `indent` cells from the left."""

    parts: Parts
    indent: int


Line = str | Parts | Hanging
"""A line of text, or its parts."""


def verdict_span(verdict: str, text: str = "") -> Span:
    """The verdict's mark, or `text` instead, in the verdict's tone."""
    return Span(text or VERDICT_MARKS[verdict], _OF_VERDICTS[verdict])


def marked(text: str) -> Iterator[str | Span]:
    """Split `text` so that the marks of verdicts have their tones."""
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
    """The cells of a line; None if no line is to be broken."""
    colour: bool = False
    ascii_only: bool = False

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str]) -> "Terminal":
        """The terminal behind `stream`; one that changes no text if it is a pipe or a file."""
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
        printed = "".join(self._pieces(parts, breaks, " " * indent))
        return printed.translate(_ASCII) if self.ascii_only else printed

    def in_one_line(self, text: str) -> str:
        """The text without line breaks, whatever its width, with verdicts' marks in their tones."""
        return replace(self, width=None).text(tuple(marked(text)))

    def _pieces(
        self, parts: Sequence[str | Span], breaks: Sequence[int], indent: str
    ) -> Sequence[str]:
        """The parts in colour, with a line break at each of `breaks`."""
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
            lines[:-1] = [line.rstrip() for line in lines[:-1]]
            printed.append(f"\n{indent}".join(self._toned(line, tone) for line in lines))
            at = end
        return printed

    def _toned(self, text: str, tone: Tone | None) -> str:
        if tone is None or not text or not self.colour:
            return text
        return f"\x1b[{_SGR[tone]}m{text}\x1b[0m"


def _breaks(text: str, width: int, indent: int) -> Sequence[int]:
    """The places where lines of `text` have to be broken; it may have several lines already."""
    breaks: list[int] = []
    start = 0
    for line in text.split("\n"):
        first = next(iter(line_breaks(line, width)), None)
        if first is not None:
            rest = line_breaks(line[first:], width - indent)
            breaks += [start + first, *(start + first + at for at in rest)]
        start += len(line) + 1
    return breaks


def has_utf8_locale() -> bool:
    """Whether the system's encoding is UTF-8, which has every character."""
    return locale.getencoding().lower().replace("-", "") == "utf8"


def standard_output() -> Terminal:
    """How text goes to standard output."""
    return Terminal.of(sys.stdout, os.environ)


def standard_error() -> Terminal:
    """How text goes to standard error."""
    return Terminal.of(sys.stderr, os.environ)
