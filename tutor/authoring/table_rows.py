"""Rewrites the Markdown tables of an answer as lists: each row becomes an item."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*")


def tables_as_lists(text: str) -> str:
    """`text` with each table row as a list item, such as `- Place: stroma (Calvin cycle)`.

    The names in brackets are those of the columns, if the table has a heading.
    """
    if "|" not in text:
        return text
    lines: list[str] = []
    for in_table, run in groupby(text.split("\n"), key=_may_be_row):
        rows = [*run]
        lines += _rows_as_items(rows) if in_table and len(rows) > 1 else rows
    return "\n".join(lines)


def _may_be_row(line: str) -> bool:
    return " | " in line or (line.strip()[:1] == line.strip()[-1:] == "|")


def _rows_as_items(rows: Sequence[str]) -> Iterator[str]:
    has_heading = len(rows) > 2 and "|" in rows[1] and _RULE.fullmatch(rows[1]) is not None
    columns = _cells(rows[0])[1:] if has_heading else []
    for row in rows[2:] if has_heading else rows:
        label, *cells = _cells(row)
        if len(cells) > 1:
            pairs = zip_longest(cells, columns[: len(cells)], fillvalue="")
            cells = [f"{cell} ({column})" if cell and column else cell for cell, column in pairs]
        item = ": ".join(filter(None, (label, ", ".join(filter(None, cells)))))
        if item:
            yield f"- {item}"


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]
