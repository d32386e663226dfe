"""Tables in an answer, as Markdown and imported HTML have them: a row becomes an item of a list."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?)?\s*")


def tables_as_lists(text: str) -> str:
    """The text, a table's rows as `- Place: stroma (Calvin cycle)`, with the columns' names."""
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
    named = len(rows) > 2 and "|" in rows[1] and _RULE.fullmatch(rows[1]) is not None
    names = _cells(rows[0])[1:] if named else []
    for row in rows[2:] if named else rows:
        first, *rest = _cells(row)
        if len(rest) > 1:
            named_cells = zip_longest(rest, names[: len(rest)], fillvalue="")
            rest = [f"{cell} ({name})" if cell and name else cell for cell, name in named_cells]
        said = ", ".join(filter(None, rest))
        item = ": ".join(filter(None, (first, said)))
        if item:
            yield f"- {item}"


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().removeprefix("|").removesuffix("|").split("|")]
