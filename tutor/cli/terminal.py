"""Text as the terminal can show it: lines broken between words, verdicts in colour.

Pipes and files get the text unchanged: no line breaks, no colours.
"""

import locale
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal, TextIO

from tutor.formatting import VERDICT_MARKS, printable
from tutor.line_breaks import line_breaks

Tone = Literal["good", "fair", "bad", "strong", "quiet"]
READING_WIDTH = 96
"""The cells of the longest line that is easy to read."""
_SGR: Mapping[Tone, str] = {"good": "32", "fair": "33", "bad": "31", "strong": "1", "quiet": "2"}
_OF_VERDICTS: Mapping[str, Tone] = {"met": "good", "partial": "fair", "missed": "bad"}
_VERDICTS: Mapping[str, str] = {mark: verdict for verdict, mark in VERDICT_MARKS.items()}
_UNHEARD = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
"""Invisible characters that join or separate letters."""
_SPACE = re.compile(r"\s")
_ASCII = str.maketrans(
    {"✓": "+", "◐": "~", "✗": "x", "–": "-", "…": "...", "·": "-", "█": "#", "◉": "*"}
)
"""Substitutes for terminals whose encoding lacks these characters."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line in a tone, or in none."""

    text: str
    tone: Tone | None = None


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


def spans_of(line: Line) -> tuple[Span, ...]:
    """The parts of a line."""
    parts = (line,) if isinstance(line, str) else line.parts if isinstance(line, Hanging) else line
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


def harmless(text: str) -> str:
    """The text with everything that could control a terminal written as an escape."""
    return "\n".join(line.rstrip() for line in _harmless(text).split("\n"))


def harmless_line(line: Line) -> Line:
    """The line and its tones, with harmless text."""
    if isinstance(line, str):
        return harmless(line)
    parts = tuple(replace(span, text=_harmless(span.text)) for span in spans_of(line))
    return replace(line, parts=parts) if isinstance(line, Hanging) else parts


def _harmless(text: str) -> str:
    lines = _UNHEARD.sub("", text).splitlines()
    return "\n".join(printable(_SPACE.sub(" ", line)) for line in lines)


def plain(line: Line) -> str:
    """The line without its tones."""
    return "".join(span.text for span in spans_of(line))


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
        text, tones = plain(line), [span.tone for span in spans_of(line) for _ in span.text]
        indent = line.indent if isinstance(line, Hanging) else 0
        breaks = [] if self.width is None else _breaks(text, self.width, indent)
        printed = ""
        for start, end in pairwise((0, *breaks, len(text))):
            if start:
                printed += f"\n{' ' * indent}"
            part = text[start:end] if end == len(text) else text[start:end].rstrip()
            printed += self._toned(part, tones[start : start + len(part)])
        return printed.translate(_ASCII) if self.ascii_only else printed

    def _toned(self, text: str, tones: Sequence[Tone | None]) -> str:
        """The text with each run of characters of one tone in its colour."""
        if not self.colour:
            return text
        printed, at = "", 0
        for tone, run in groupby(tones):
            end = at + len(list(run))
            printed += text[at:end] if tone is None else f"\x1b[{_SGR[tone]}m{text[at:end]}\x1b[0m"
            at = end
        return printed


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
