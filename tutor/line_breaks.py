"""Where a line of text is broken: at spaces, and between Chinese characters by the usual rules.

Widths are in cells of a terminal, of which a Chinese character takes two.
"""

import re
from collections.abc import Iterator

_WIDE = r"\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_NOT_FIRST = "、。，．：；！？）】》〉」』”’…—·％%"
"""What must not begin a line."""
_NOT_LAST = "（【《〈「『“‘"
"""What must not end a line."""
_WORD = rf"(?:[^\s{_WIDE}“‘]|[“‘](?![{_WIDE}]))+"
_PIECE = re.compile(rf"[{_NOT_LAST}]*(?:[{_WIDE}]|{_WORD})?(?:(?<=\d)\s%)?[{_NOT_FIRST}]*\s*|\s+")
"""What stays together: a Chinese character or a word, with signs that cling to it, as in 80 %."""


def line_breaks(line: str, width: int) -> Iterator[int]:
    """The positions at which new lines begin; a single word may be wider than `width` cells."""
    from rich.cells import cell_len  # not needed for what goes into a pipe

    used = 0
    for piece in _PIECE.finditer(line):
        size = cell_len(piece[0].rstrip())
        if used and size and used + size > width:
            yield piece.start()
            used = 0
        used += cell_len(piece[0])


def wrap(text: str, width: int) -> str:
    """The text with every line broken at `width` cells."""
    return "\n".join(part for line in text.split("\n") for part in _parts(line, width))


def _parts(line: str, width: int) -> Iterator[str]:
    start = 0
    for end in line_breaks(line, width):
        yield line[start:end].rstrip()
        start = end
    yield line[start:]
