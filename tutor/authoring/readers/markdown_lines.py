"""Reads Markdown line by line: finds code and headings, and converts lines to plain text.

It knows CommonMark's (https://spec.commonmark.org/0.31.2/) fences, both kinds of headings, and the
inline marks that would disturb a reader. The programs whose cards are read here do no more: they
split notes by lines.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tutor.authoring.notes import cleaned
from tutor.authoring.readers.html_text import Plain

_FENCE = re.compile(r"\s{0,12}(`{3,}|~{3,})(.*)")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_VERBATIM = re.compile(r"(`[^`]{1,2000}`|\$\$[^$]{1,2000}\$\$|\$[^$]{1,2000}\$)")
_IMAGE = re.compile(r"!\[[^\]]{0,500}\]\(([^)]{0,2000})\)|!\[\[([^\]]{0,500})\]\]")
_TAG_IMAGE = re.compile(
    r"<img\b[^>]{0,500}?\bsrc\s*=\s*[\"']?([^\"'>\s]{1,2000})[^>]{0,500}>", re.IGNORECASE
)
_LINK = re.compile(r"(?<!!)\[([^\]]{1,500})\]\([^)]{0,2000}\)")
_WIKI_LINK = re.compile(r"(?<!!)\[\[(?:[^\]|]{1,500}\|)?([^\]|]{1,500})\]\]")
_MARKS = re.compile(r"(\*\*|__|==)(?=\S)(.{1,2000}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*\\])([*_])(?=[^\s*_])([^*_\n]{1,2000})(?<=\S)\1(?![\w*])")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LONGEST = 20_000
"""A longer line is not converted: it is no prose, and too long for the bank."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a Markdown file."""

    number: int
    """Its number in the file, from 1."""
    text: str
    is_code: bool = False
    """Whether it is inside a fence, or the fence itself."""
    level: int = 0
    """A heading's level, 1 to 6; 0 for other lines."""

    @property
    def is_blank(self) -> bool:
        """Whether it is empty; an empty line of code is not blank."""
        return not self.text.strip() and not self.is_code


def read_lines(text: str) -> list[Line]:
    """The lines of a file, without front matter and comments; headings without their signs."""
    raw = _split(text)
    start = _after_front_matter(raw)
    lines: list[Line] = []
    for line in _without_comments(_with_code(raw, start)):
        atx = None if line.is_code else _ATX.fullmatch(line.text)
        if atx:
            lines.append(Line(line.number, atx[2], level=len(atx[1])))
        elif _underlines(line, lines):
            before = lines.pop()
            lines.append(Line(before.number, before.text, level=1 if "=" in line.text else 2))
        else:
            lines.append(line)
    return lines


def _split(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _after_front_matter(raw: Sequence[str]) -> int:
    """The place of the first line after the front matter, which is between two lines `---`."""
    if raw[0].strip() != "---":
        return 0
    return next((at + 1 for at, line in enumerate(raw) if at and line.strip() == "---"), 0)


def front_matter_title(text: str) -> str:
    """The title in the front matter; empty if there is none, or not on one line."""
    raw = _split(text)
    for line in raw[1 : max(_after_front_matter(raw) - 1, 0)]:
        name, colon, value = line.partition(":")
        if colon and name == "title":
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            return cleaned(value[1:-1] if quoted else value).lstrip("|>-").strip()
    return ""


def _with_code(raw: Sequence[str], start: int) -> Iterator[Line]:
    """The lines from the place `start` on, with those in fences marked as code."""
    fence = ""
    for number, text in enumerate(raw[start:], start + 1):
        sign = _FENCE.fullmatch(text)
        if fence:
            yield Line(number, text, is_code=True)
            if sign and sign[1].startswith(fence) and not sign[2].strip():
                fence = ""
        elif sign and not (sign[1][0] == "`" and "`" in sign[2]):
            fence = sign[1]
            yield Line(number, text, is_code=True)
        else:
            yield Line(number, text)


def _without_comments(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines without `<!-- … -->`; a line that was only a comment is removed, not left blank."""
    inside = False
    for line in lines:
        if line.is_code or not (inside or "<!--" in line.text):
            yield line
            continue
        rest, outside = line.text, ""
        while rest:
            before, sign, rest = rest.partition("-->" if inside else "<!--")
            outside += "" if inside else before
            inside = inside != bool(sign)
        if outside.strip():
            yield Line(line.number, outside)


def _underlines(line: Line, before: Sequence[Line]) -> bool:
    """Whether `line` underlines the last line before it, which makes that a heading."""
    if line.is_code or not _SETEXT.fullmatch(line.text) or not before:
        return False
    last = before[-1]
    alone = len(before) < 2 or before[-2].is_blank or before[-2].level > 0
    is_text = not (last.is_blank or last.is_code or last.level) and last.number == line.number - 1
    return alone and is_text and not re.match(r"\s*(?:[-*+>|]|\d+[.)])\s|\s*[QAC]:", last.text)


def plain(lines: Sequence[Line]) -> Plain:
    """The plain text of lines, and the names of pictures, which are skipped; code is unchanged."""
    media: list[str] = []
    texts = [line.text if line.is_code else _plain_line(line.text, media) for line in lines]
    return Plain(cleaned("\n".join(texts)), tuple(cleaned(name)[:100] for name in media))


def _plain_line(text: str, media: list[str]) -> str:
    if len(text) > _LONGEST:
        return text
    parts = _VERBATIM.split(text)
    parts[::2] = [_plain_part(part, media) for part in parts[::2]]
    return "".join(parts)


def _plain_part(text: str, media: list[str]) -> str:
    media += [name or inner for name, inner in _IMAGE.findall(text)]
    media += _TAG_IMAGE.findall(text)
    text = _TAG_IMAGE.sub("", _IMAGE.sub("", text))
    text = _WIKI_LINK.sub(r"\1", _LINK.sub(r"\1", text))
    return _BREAK.sub("\n", _EMPHASIS.sub(r"\2", _MARKS.sub(r"\2", text)))
