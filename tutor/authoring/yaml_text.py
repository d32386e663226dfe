"""Small changes to a deck's YAML text that leave every other line as its author wrote it.

Each function reads its own result back; None where the text is laid out in a way that it cannot be
changed like this, such as a list in brackets.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from tutor.authoring import yaml_emitter
from tutor.bank import Question
from tutor.bank.yaml_reader import Document, read

_ENTRY = re.compile(r"(?P<indent> *)- +")
_UNSEEN = re.compile(r"\s*(#.*)?")
_MARKED = r"drafted:\s*(?:[\"']?true[\"']?|\[[^\[\]#]*\])"
_MARK = re.compile(rf"\s*{_MARKED}\s*(#.*)?")
_MARK_INSIDE = re.compile(_MARKED)
_NO_FILE = Path("deck")


def question_entry(question: Question, indent: str = "") -> str:
    """The question as an entry of `questions:`, below `indent`."""
    values = question.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return yaml_emitter.entry(values, indent)


def with_entry(text: str, key: str, entry: str) -> str | None:
    """`text` with one entry more at the end of the list under `key`."""
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
    """`text` without these entries, counted from 0, of the list under `key`."""
    before = _read(text)
    lines = text.splitlines(keepends=True)
    for number in sorted(numbers, reverse=True):
        span = _span(lines, before, key, number)
        if span is None:
            return None
        del lines[slice(*span)]
    changed = "".join(lines)
    expected = [each for at, each in enumerate(_entries(before, key)) if at not in numbers]
    return changed if _is_as_expected(changed, before, key, expected) else None


def with_entry_instead(text: str, key: str, number: int, entry: str) -> str | None:
    """`text` with another entry instead of this one, counted from 0."""
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
    """`text` in which of the question with this number, from 0, these points alone are `drafted`.

    Without any, the mark goes. None also where there is no mark.
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
    now = _entries(_read(changed), "questions")
    left = now[number].pop("drafted", "false") if len(now) == len(expected) else None
    if left != ([*points] or "false"):
        return None
    expected[number].pop("drafted")
    return changed if now == expected else None


def _read(text: str) -> Document:
    return read(text.encode(), _NO_FILE)


def _entries(document: Document, key: str) -> list[Any]:
    entries = document.value[key] if isinstance(document.value, dict) else []
    return list(entries) if isinstance(entries, list) else []


def _indent(lines: Sequence[str], document: Document, key: str, number: int) -> str | None:
    """The blanks before the entry's hyphen; None where it does not begin its line."""
    at = document.lines.get((key, number))
    match = _ENTRY.match(lines[at - 1]) if at is not None else None
    return match["indent"] if match else None


def _span(
    lines: Sequence[str], document: Document, key: str, number: int
) -> tuple[int, int] | None:
    """The lines of an entry, from 0, without comments that belong to what follows."""
    indent = _indent(lines, document, key, number)
    if indent is None:
        return None
    start = document.lines[key, number] - 1
    after = [
        line - 1 for where, line in document.lines.items() if len(where) <= 2 and line > start + 1
    ]
    end = min(after, default=len(lines))
    while end > start + 1 and _is_unseen(lines[end - 1], indent):
        end -= 1
    return start, end


def _is_unseen(line: str, indent: str) -> bool:
    """Whether a line is blank, or a comment that is not further in than the entries."""
    own = line.rstrip("\n")
    depth = len(own) - len(own.lstrip(" "))
    return _UNSEEN.fullmatch(own) is not None and (not own.strip() or depth <= len(indent))


def indented(entry: str, indent: str) -> str:
    """The entry's lines, further in."""
    return "".join(
        f"{indent}{line}" if line.strip() else line for line in entry.splitlines(keepends=True)
    )


def _is_as_expected(changed: str, before: Document, key: str, expected: list[Any]) -> bool:
    now = _read(changed)
    if now.problems or not isinstance(now.value, dict) or not isinstance(before.value, dict):
        return False
    return now.value == {**before.value, key: expected}
