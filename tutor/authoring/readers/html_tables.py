"""Tables of HTML as Markdown has them, a line for each row, with a rule below the heading.

The heading tells what the cells of a column are about, without which a row says little.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_DEEPEST = 4
"""Tables inside of tables; further ones are cells of these."""
_ITEM = re.compile(r"(?:-|\d+\.) ")


@dataclass(slots=True)
class _Table:
    cells: list[int] = field(default_factory=list)
    """Where the cells of the row begin that is open."""
    is_heading: bool = True
    """Whether that row has no cells but headings."""
    in_head: bool = False
    has_rows: bool = False


class Tables:
    """The open tables of a text whose parts are collected in a list."""

    def __init__(self, parts: list[str]) -> None:
        self._parts = parts
        self._open: list[_Table] = []
        self._deeper = 0

    def begin(self, tag: str) -> None:
        """A table, a row or a cell begins."""
        if tag == "table":
            self._begin_table()
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
        """A table, its head or a row ends."""
        if tag == "table" and self._deeper:
            self._deeper -= 1
        elif self._open and tag in ("table", "tr", "thead"):
            self._end_row(self._open[-1])
            self._open[-1].in_head = False
            if tag == "table":
                self._open.pop()

    def end_all(self) -> None:
        """The text ends, with all that is open."""
        while self._open:
            self._end_row(self._open.pop())

    def _begin_table(self) -> None:
        if len(self._open) < _DEEPEST:
            self._open.append(_Table())
        else:
            self._deeper += 1

    def _end_row(self, table: _Table) -> None:
        """Make a line of the row's cells; one that is alone stays as it is."""
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
