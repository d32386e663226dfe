"""Small changes to a deck's YAML text that leave every other line as its author wrote it.

Each function reads its own result back, and returns None if the text's layout does not allow the
change, such as a list in brackets.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from tutor.authoring import yaml_emitter
from tutor.bank import Question
from tutor.bank.yaml_reader import Document, read

_ENTRY = re.compile(r"(?P<indent> *)- +")
_NO_DATA = re.compile(r"\s*(#.*)?")
_MARKED = r"drafted:\s*(?:[\"']?true[\"']?|\[[^\[\]#]*\])"
_MARK = re.compile(rf"\s*{_MARKED}\s*(#.*)?")
_MARK_INSIDE = re.compile(_MARKED)
_NO_FILE = Path("deck")


def question_entry(question: Question, indent: str = "") -> str:
    """The question as an entry of `questions:`, indented by `indent`."""
    values = question.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return yaml_emitter.entry(values, indent)


def with_entry(text: str, key: str, entry: str) -> str | None:
    """`text` with `entry` added at the end of the list under `key`."""
    before = _read(text)
    entries = _entries(before, key)
    if not entries:
        return None
    lines = text.splitlines(keepends=True)
    indent = _indent(lines, before, key, len(entries) - 1)
    if indent is None:
        return None
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    changed = "".join(lines) + indented(entry, indent)
    expected = [*entries, *_entries(_read(f"{key}:\n{entry}"), key)]
    return changed if _is_as_expected(changed, before, key, expected) else None


def without_entries(text: str, key: str, numbers: Collection[int]) -> str | None:
    """`text` without the entries with these numbers, from 0, in the list under `key`."""
    before = _read(text)
    lines = text.splitlines(keepends=True)
    for number in sorted(numbers, reverse=True):
        span = _span(lines, before, key, number)
        if span is None:
            return None
        del lines[slice(*span)]
    changed = "".join(lines)
    expected = [entry for at, entry in enumerate(_entries(before, key)) if at not in numbers]
    return changed if _is_as_expected(changed, before, key, expected) else None


def with_entry_instead(text: str, key: str, number: int, entry: str) -> str | None:
    """`text` with `entry` instead of the one with this number, from 0, in the list under `key`."""
    before = _read(text)
    lines = text.splitlines(keepends=True)
    span, indent = _span(lines, before, key, number), _indent(lines, before, key, number)
    if span is None or indent is None:
        return None
    lines[slice(*span)] = [indented(entry, indent)]
    changed = "".join(lines)
    expected = _entries(before, key)
    expected[number : number + 1] = _entries(_read(f"{key}:\n{entry}"), key)
    return changed if _is_as_expected(changed, before, key, expected) else None


def with_mark(text: str, number: int, points: Sequence[str]) -> str | None:
    """`text` with only these points marked as `drafted` in the question with this number, from 0.

    Without `points` the mark is removed. Returns None also if the question has no mark.
    """
    before = _read(text)
    where = ("questions", number, "drafted")
    if where not in before.lines:
        return None
    lines = text.splitlines(keepends=True)
    at = before.lines[where] - 1
    if not points and _MARK.fullmatch(lines[at].rstrip("\n")):
        del lines[at]
    else:
        mark = f"drafted: {yaml_emitter.flow(points) if points else 'false'}"
        lines[at] = _MARK_INSIDE.sub(lambda _: mark, lines[at], count=1)
    changed = "".join(lines)
    expected = _entries(before, "questions")
    if points:
        expected[number]["drafted"] = [*points]
    else:
        del expected[number]["drafted"]
    entries = _entries(_read(changed), "questions")
    if not points and number < len(entries) and entries[number].get("drafted") == "false":
        del entries[number]["drafted"]
    return changed if entries == expected else None


def _read(text: str) -> Document:
    return read(text.encode(), _NO_FILE)


def _entries(document: Document, key: str) -> list[Any]:
    entries = document.value[key] if isinstance(document.value, dict) else []
    return list(entries) if isinstance(entries, list) else []


def _indent(lines: Sequence[str], document: Document, key: str, number: int) -> str | None:
    """The spaces before the entry's hyphen; None if the hyphen does not begin its line."""
    at = document.lines.get((key, number))
    match = _ENTRY.match(lines[at - 1]) if at is not None else None
    return match["indent"] if match else None


def _span(
    lines: Sequence[str], document: Document, key: str, number: int
) -> tuple[int, int] | None:
    """The first line of an entry, from 0, and the line after its last one.

    Comments that belong to what follows are not included.
    """
    indent = _indent(lines, document, key, number)
    if indent is None:
        return None
    start = document.lines[key, number] - 1
    after = [
        line - 1 for where, line in document.lines.items() if len(where) <= 2 and line > start + 1
    ]
    end = min(after, default=len(lines))
    while end > start + 1 and _is_between(lines[end - 1], indent):
        end -= 1
    return start, end


def _is_between(line: str, indent: str) -> bool:
    """Whether a line is blank, or a comment that is indented no more than the entries."""
    text = line.rstrip("\n")
    depth = len(text) - len(text.lstrip(" "))
    return _NO_DATA.fullmatch(text) is not None and (not text.strip() or depth <= len(indent))


def indented(entry: str, indent: str) -> str:
    """The entry's lines, each indented by `indent` more."""
    return "".join(
        f"{indent}{line}" if line.strip() else line for line in entry.splitlines(keepends=True)
    )


def _is_as_expected(changed: str, before: Document, key: str, expected: list[Any]) -> bool:
    after = _read(changed)
    if after.problems or not isinstance(after.value, dict) or not isinstance(before.value, dict):
        return False
    return after.value == {**before.value, key: expected}
