"""Converts a card's HTML to plain text: formulas stay LaTeX, media are named and skipped.

Tables become Markdown: a line for each row, with a rule below the heading, which says what the
cells of a column are about. Nothing is fetched or run: scripts and styles are removed with their
contents.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import NamedTuple

from tutor.authoring.notes import cleaned

MAX_HTML = 100_000
"""Characters of one field; no text that the bank accepts needs more."""

_DATA_ADDRESS = re.compile(r"data:[\w/+.;=-]{0,100},[A-Za-z0-9+/=%\s]{0,100000000}")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)", re.DOTALL)
_SOUND = re.compile(r"\[sound:([^\]\n]{0,500})\]")
_SPEECH = re.compile(r"\[anki:tts[^\]]{0,500}\]|\[/anki:tts\]|\[anki:play:[^\]]{0,50}\]")
_LATEX = re.compile(r"\[/?(?:\$\$?|latex)\]")
_BORDERS = {"[$]": r"\(", "[/$]": r"\)", "[$$]": r"\[", "[/$$]": r"\]"}
"""MathJax's signs around formulas for Anki's own; `[latex]` is removed."""
_SPACES = re.compile(r"[ \t\n\r\f]+")

_SKIPPED = {"script", "style", "head", "title", "template", "noscript", "svg", "iframe"}
_MEDIA = {"img": "src", "audio": "src", "video": "src", "source": "src", "embed": "src"}
_MEDIA |= {"object": "data", "input": "src"}
_LINES = {"div", "br", "hr", "li", "tr", "ul", "ol", "dl", "dt", "dd", "table", "center", "summary"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "article"}
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_SIMPLE = re.compile(r"[0-9+-]+")
_DEEPEST = 4
"""Levels of tables inside tables; deeper ones become text of their cells."""
_ITEM = re.compile(r"(?:-|\d+\.) ")


class Plain(NamedTuple):
    """A text, and the names of the media that were in it."""

    text: str
    media: tuple[str, ...]


class TooMuchHtml(ValueError):
    """A field has more HTML than any usable text needs."""


def to_text(html: str) -> Plain:
    """The text of a piece of HTML, and the names of its media. Raises TooMuchHtml."""
    if "<" in html or "&" in html:
        if len(html) > MAX_HTML:
            html = _DATA_ADDRESS.sub("data:", html)
        if len(html) > MAX_HTML:
            raise TooMuchHtml
        parser = _Parser()
        parser.feed(_without_open_ends(html))
        text, media = parser.text(), parser.media
    else:
        text, media = _SPACES.sub(" ", html), []
    media += [name.strip() for name in _SOUND.findall(text)]
    text = _SPEECH.sub("", _SOUND.sub("", text))
    text = _LATEX.sub(lambda sign: _BORDERS.get(sign[0], ""), text)
    return Plain(cleaned(text), tuple(cleaned(name)[:100] for name in media))


def _without_open_ends(html: str) -> str:
    """The HTML without comments and tags that never end, which would make the parser slow."""
    html = _COMMENT.sub("", html)
    end = html.rfind(">") + 1
    return html[:end] + html[end:].replace("<", "&lt;")


class _Parser(HTMLParser):
    """Collects the text, with line ends where a browser would begin a new line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.media: list[str] = []
        self._parts: list[str] = []
        self._skipped = ""
        self._skip_depth = 0
        self._pre = 0
        self._lists: list[int | None] = []
        """The next item's number in each open list; None in a list without numbers."""
        self._tables = _Tables(self._parts)
        self._scripts: list[tuple[str, int]] = []
        """Open `sub` and `sup` tags with their place in `_parts`; closing signs of formulas, -1."""

    def text(self) -> str:
        """The whole text, once all HTML has been fed."""
        self.close()
        self._tables.end_all()
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped:
            self._skip_depth += tag == self._skipped
            return
        if tag in _SKIPPED:
            self._skipped, self._skip_depth = tag, 1
        elif tag in _MEDIA:
            self._note_media(dict(attrs).get(_MEDIA[tag]))
        elif tag == "anki-mathjax":
            opening, closing = (r"\[", r"\]") if ("block", "true") in attrs else (r"\(", r"\)")
            self._parts.append(opening)
            self._scripts.append((closing, -1))
        elif tag in ("sub", "sup"):
            self._scripts.append((tag, len(self._parts)))
        else:
            self._begin_block(tag)

    def _begin_block(self, tag: str) -> None:
        self._break(tag)
        self._tables.begin(tag)
        if tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._begin_item()
        elif tag == "pre":
            self._pre += 1
            self._parts.append("```\n")

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        indent = "  " * max(len(self._lists) - 1, 0)
        self._parts.append(f"{indent}- " if number is None else f"{indent}{number}. ")
        if number is not None:
            self._lists[-1] = number + 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", "hr", "img", "input", "source", "embed"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._skip_depth -= tag == self._skipped
            if not self._skip_depth:
                self._skipped = ""
        elif tag == "anki-mathjax" and self._scripts and self._scripts[-1][1] < 0:
            self._parts.append(self._scripts.pop()[0])
        elif tag in ("sub", "sup") and self._scripts and self._scripts[-1][0] == tag:
            self._end_script()
        elif tag == "pre" and self._pre:
            self._pre -= 1
            self._break_line()
            self._parts.append("```\n\n")
        elif tag not in ("br", "hr"):
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            self._tables.end(tag)
            self._break(tag)

    def _end_script(self) -> None:
        tag, start = self._scripts.pop()
        inner = "".join(self._parts[start:]).strip()
        del self._parts[start:]
        if _SIMPLE.fullmatch(inner):
            self._parts.append(inner.translate(_RAISED if tag == "sup" else _LOWERED))
        elif inner:
            sign = "^" if tag == "sup" else "_"
            self._parts.append(f"{sign}{inner}" if len(inner) == 1 else f"{sign}{{{inner}}}")

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._pre:
            self._parts.append(data)
            return
        text = _SPACES.sub(" ", data.replace("\xa0", " "))
        if not self._parts or self._parts[-1].endswith(("\n", " ")):
            text = text.lstrip(" ")
        if text:
            self._parts.append(text)

    def _note_media(self, source: str | None) -> None:
        if source and source.startswith("data:"):
            source = "a picture inside the text"
        self.media.append(source or "a picture without a name")

    def _break(self, tag: str) -> None:
        if tag in ("br", "hr"):
            self._parts.append("\n")
        elif tag in _PARAGRAPHS:
            self._break_line()
            self._parts.append("\n")
        elif tag in _LINES:
            self._break_line()

    def _break_line(self) -> None:
        if self._parts and not self._parts[-1].endswith("\n"):
            self._parts.append("\n")


@dataclass(slots=True)
class _Table:
    cells: list[int] = field(default_factory=list)
    """Where the cells of the open row begin in the list of parts."""
    is_heading: bool = True
    """Whether all cells of that row are headings."""
    in_head: bool = False
    has_rows: bool = False


class _Tables:
    """The open tables in a text that is collected as a list of parts."""

    def __init__(self, parts: list[str]) -> None:
        self._parts = parts
        self._open: list[_Table] = []
        self._deeper = 0

    def begin(self, tag: str) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table" and len(self._open) < _DEEPEST:
            self._open.append(_Table())
        elif tag == "table":
            self._deeper += 1
        elif not self._open:
            return
        elif tag == "tr":
            self._end_row(self._open[-1])
        elif tag == "thead":
            self._open[-1].in_head = True
        elif tag in ("td", "th"):
            table = self._open[-1]
            table.cells.append(len(self._parts))
            table.is_heading &= tag == "th" or table.in_head
            self._parts.append("")

    def end(self, tag: str) -> None:
        """End a table, its head or a row."""
        if tag == "table" and self._deeper:
            self._deeper -= 1
        elif self._open and tag in ("table", "tr", "thead"):
            self._end_row(self._open[-1])
            self._open[-1].in_head = False
            if tag == "table":
                self._open.pop()

    def end_all(self) -> None:
        """End all open tables, at the end of the text."""
        while self._open:
            self._end_row(self._open.pop())

    def _end_row(self, table: _Table) -> None:
        """Join the row's cells into a line; a single cell stays as it is."""
        starts = table.cells
        if len(starts) > 1:
            borders = pairwise([*starts, len(self._parts)])
            cells = [_in_one_line("".join(self._parts[start:end])) for start, end in borders]
            rule = [["---"] * len(cells)] if table.is_heading and not table.has_rows else []
            self._parts[starts[0] :] = "\n".join(map(_row, [cells, *rule])), "\n"
        if starts:
            table.has_rows, table.cells, table.is_heading = True, [], True


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _in_one_line(cell: str) -> str:
    lines = [line.strip() for line in cell.split("\n") if line.strip()]
    if len(lines) > 1:
        lines = [_ITEM.sub("", line, count=1) for line in lines]
    return "; ".join(lines)
