"""Shows the usual formatting in what an author wrote at length: bold, lists and code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui.formulas import in_unicode
from tutor.tui.labels import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE = "$text-accent"
_BOLD = "bold"
_MARKED = re.compile(r"`(?P<code>[^`\n]+)`|\*\*(?=\S)(?P<bold>[^*\n]+)(?<=\S)\*\*")
_BULLET = re.compile(r"^(\s*)[-*•] (?=\S)")


def formatted(text: str) -> Content:
    """The text with `**bold**`, `- lists`, `` `code` `` and formulas; anything else is literal."""
    return Content("\n").join(_lines(clean(in_unicode(text))))


def _lines(text: str) -> Iterator[Content]:
    is_code = False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif is_code:
            yield Content.styled(line, _CODE)
        else:
            yield _marked(_BULLET.sub(r"\1• ", line))


def _marked(line: str) -> Content:
    parts: list[Content] = []
    end = 0
    for match in _MARKED.finditer(line):
        kind = match.lastgroup or "bold"
        style = _CODE if kind == "code" else _BOLD
        parts += [Content(line[end : match.start()]), Content.styled(match[kind], style)]
        end = match.end()
    return Content("").join([*parts, Content(line[end:])])
