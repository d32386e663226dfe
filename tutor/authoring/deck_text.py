"""The text of a section, or of a file of sample answers, changed entry by entry.

What a student wrote is kept byte for byte: only the lines of changed entries change, and new ones
follow at the end. The result is read back with the bank's own reader, so a file that the bank would
refuse, or would read as something else, is never written.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tutor.authoring.yaml_emitter import emitted, entry, flow
from tutor.bank import Question, Sample, Text
from tutor.bank.outline import Parsed
from tutor.bank.questions import SampleFile, Section
from tutor.bank.validation import validate
from tutor.bank.yaml_reader import Document, read

_NO_FILE = Path("deck")
_HYPHEN = re.compile(r"( *)- +")
_NO_DATA = re.compile(r"( *)(#.*)?\s*")
_MARKED = r"drafted:\s*(?:[\"']?true[\"']?|\[[^\[\]#]*\])"
_MARK = re.compile(rf"\s*{_MARKED}\s*(#.*)?")
_MARK_INSIDE = re.compile(_MARKED)


class UnusualLayout(ValueError):
    """Why a text cannot be changed entry by entry, as with a list in brackets."""


class DeckText:
    """The text of a file, in which entries can be replaced, removed and added.

    The numbers of entries count from 0, and stay when others are removed.
    """

    def __init__(
        self,
        text: str,
        title: Text | None,
        entries: Sequence[Question] | Sequence[Sample],
        document: Document,
    ) -> None:
        """`title` is that of a section; None for sample answers. Raises UnusualLayout."""
        self._title = title
        self._key = "questions" if title else "samples"
        self._document = document
        self._entries: list[Question | Sample | None] = [*entries]
        self._parts: list[str] = []
        """The text before the first entry, then for each entry its own text, and what follows it:
        blank lines and comments that are indented no more than the entries."""
        self._indent = "  "
        self._has_hyphens = True
        """Whether every entry begins with a hyphen on its first line."""
        self._line_end = "\r\n" if "\r\n" in text else "\n"
        self._cut(text.splitlines(keepends=True))
        self.size = len(text)
        """Its characters."""
        self.count = len(entries)
        """The number of its entries, including removed ones."""

    def _cut(self, lines: Sequence[str]) -> None:
        places = [line - 1 for where, line in self._document.lines.items() if len(where) <= 2]
        if max(places, default=-1) >= len(lines):
            raise UnusualLayout("it has just been changed")
        borders = [*sorted(places), len(lines)]
        after = 0
        for number in range(len(self._entries)):
            start = self._document.line((self._key, number)) - 1
            hyphen = _HYPHEN.match(lines[start])
            if hyphen is None:
                self._has_hyphens = False
            else:
                self._indent = hyphen[1]
            end = borders[bisect_right(borders, start)]
            while end > start + 1 and self._is_between(lines[end - 1]):
                end -= 1
            self._parts += "".join(lines[after:start]), "".join(lines[start:end])
            after = end
        self._parts.append("".join(lines[after:]))

    def _is_between(self, line: str) -> bool:
        match = _NO_DATA.fullmatch(line)
        return match is not None and not (match[2] and len(match[1]) > len(self._indent))

    @classmethod
    def of(cls, parsed: Parsed) -> Self:
        """The text of a file. Raises OSError, and UnusualLayout if it has mistakes."""
        text = parsed.document.file.read_bytes().decode("utf-8", "replace")  # keeps a mark
        if parsed.section:
            return cls(text, parsed.section.section, parsed.section.questions, parsed.document)
        if parsed.samples:
            return cls(text, None, parsed.samples.samples, parsed.document)
        raise UnusualLayout("it has mistakes")

    @classmethod
    def new(cls, title: Text | None = None) -> Self:
        """A section with this title, or a file of samples; both without any entry."""
        text = "samples:\n"
        if title is not None:
            titles = {str(language): written for language, written in title.by_language().items()}
            text = emitted({"section": titles}) + "questions:\n"
        return cls(text, title, (), Document(_NO_FILE))

    def add(self, new: Question | Sample) -> None:
        """Add an entry at the end."""
        last = next(filter(None, reversed(self._parts)))
        if not last.endswith("\n"):
            self._parts[-1] += self._line_end
        self._entries.append(None)
        self._parts += "", ""
        self._put(self.count, self._text(new), new)
        self.count += 1

    def replace(self, number: int, new: Question | Sample) -> None:
        """Put another entry in the place of one."""
        self._put(number, self._text(new), new)

    def remove(self, number: int) -> None:
        """Remove an entry; the comments around it stay."""
        self._put(number, "", None)

    def mark(self, number: int, points: Sequence[str]) -> None:
        """Mark only these points of a question as drafted; without any, remove the mark.

        Raises UnusualLayout also if the question has no mark.
        """
        question = self._entries[number]
        where = (self._key, number, "drafted")
        lines = self._parts[2 * number + 1].splitlines(keepends=True)
        at = self._document.line(where) - self._document.line(where[:2])
        here = "".join(lines[at : at + 1])
        if not isinstance(question, Question) or not _MARK_INSIDE.search(here):
            raise UnusualLayout("the mark is not in a line of its own")
        mark = f"drafted: {flow(points) if points else 'false'}"
        if not points and _MARK.fullmatch(lines[at].rstrip()):
            lines[at] = ""
        lines[at] = _MARK_INSIDE.sub(lambda _: mark, lines[at], count=1)
        marked = question.model_copy(update={"drafted": tuple(points) or False})
        self._put(number, "".join(lines), marked)

    def _put(self, number: int, text: str, new: Question | Sample | None) -> None:
        at = 2 * number + 1
        self.size += len(text) - len(self._parts[at])
        self._parts[at] = text
        self._entries[number] = new

    def _text(self, new: Question | Sample) -> str:
        if not self._has_hyphens:
            raise UnusualLayout("an entry does not begin with a hyphen")
        return entry_text(new, self._indent).replace("\n", self._line_end)

    def written(self) -> bytes:
        """The changed file; empty if no entry is left. Raises UnusualLayout."""
        entries = tuple(each for each in self._entries if each is not None)
        if not entries:
            return b""
        data = "".join(self._parts).encode("utf-8", "surrogatepass")  # which `read` refuses
        values = {self._key: entries} | ({"section": self._title} if self._title else {})
        model = Section if self._title else SampleFile
        found, problems = validate(model, read(data, _NO_FILE))
        if found is None or dict(found) != values:
            raise UnusualLayout(problems[0].message if problems else "")
        return data


def entry_text(entry_: Question | Sample, indent: str = "") -> str:
    """A question or sample answer as an entry of a list, indented by `indent`."""
    values = entry_.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return entry(values, indent)
