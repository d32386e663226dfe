"""Rewrites HTML tables as Markdown: a line for each row, with a rule below the heading.

The heading says what the cells of a column are about; without it a row says little.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_DEEPEST = 4
"""Levels of tables inside tables; deeper ones become text of their cells."""
_ITEM = re.compile(r"(?:-|\d+\.) ")


@dataclass(slots=True)
class _Table:
    cells: list[int] = field(default_factory=list)
    """Where the cells of the open row begin in the list of parts."""
    is_heading: bool = True
    """Whether all cells of that row are headings."""
    in_head: bool = False
    has_rows: bool = False


class Tables:
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
