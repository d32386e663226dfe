"""Reads YAML files into plain data, with the line of every value.

Decks may come from anywhere, so only a part of YAML is allowed: text, lists and mappings. Every
scalar is text as written (`no` is "no", `1.10` is "1.10"). Tags are refused because they ask a
reader to build objects, anchors and aliases because a few lines of them can grow into gigabytes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, TypeAlias

import yaml

from tutor.bank.problems import Problem, Severity, Where, field_name

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
"""What a file can contain."""

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 20
MAX_PROBLEMS = 100
"""After this many problems the rest of a file is not read."""

_ESCAPE = re.compile(r"\\(?P<sign>.)(?P<rest>[A-Za-z]*)", re.DOTALL)
"""An escape in double quotes with the letters after it."""
_LINE_END_COMMANDS = re.compile(r"abla|u|eq?|ot|otin|i|mid|leq|geq|earrow|ull|orm")
"""What follows `\\n` in a LaTeX command; other letters belong to the next line."""
_QUOTE_SINGLY = "Write LaTeX in single quotes, which leave a backslash alone: '$\\theta$'."
_CUT = re.compile(r"\s+#(?P<next>.?)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Document:
    """The contents of a file, as far as it could be read."""

    file: Path
    value: "Value | None" = None
    """None if nothing could be read; `problems` says why."""
    lines: Mapping[Where, int] = field(default_factory=dict)
    """The line of every value, from 1; a mapping's value has the line of its key."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """What is valid but probably not intended; only the checker shows these."""
    spoiled: frozenset[Where] = frozenset()
    """Values that were refused; later checks say nothing more about them."""

    def line(self, where: Where) -> int:
        """The line of the value, or of the innermost existing value around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def problem(
        self, where: Where, message: str, remedy: str, severity: Severity = "error"
    ) -> Problem:
        """A problem of the value, at its line."""
        return Problem(self.file, self.line(where), field_name(where), message, remedy, severity)

    def is_spoiled(self, where: Where) -> bool:
        """Whether the value or anything around it was refused."""
        return any(where[:length] in self.spoiled for length in range(len(where) + 1))


class _Stop(Exception):
    """Stops reading after a problem has been noted."""


def read_file(file: Path) -> Document:
    """Read one file; never raises, whatever it contains and even if it cannot be opened."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        return _refused(file, 1, message, "Check that it exists and that you may read it.")
    return read(data, file)


def read(data: bytes, file: Path) -> Document:
    """Read the bytes of one YAML document; `file` is only named in problems."""
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        return _refused(file, 1, f"the file is larger than {limit} MiB", "Split the section.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        from tutor.encodings import not_utf8, remedy_for  # few decks need it

        line = data.count(b"\n", 0, error.start) + 1
        return _refused(file, line, f"the file {not_utf8(data)}", remedy_for(data))
    bad = _UNREADABLE.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        return _refused(file, line, f"the character {bad[0]!a} is not allowed", "Remove it.")
    return _Reader(text, file).read()


def _refused(file: Path, line: int, message: str, remedy: str) -> Document:
    return Document(file, problems=(Problem(file, line, "", message, remedy),))


def _events(text: str) -> Iterator[yaml.Event]:
    """As `yaml.parse`, without its generator, which a large deck notices."""
    loader = (yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)(text)
    events: Iterator[yaml.Event] = iter(loader.get_event, None)
    return events


class _Reader:
    """Builds the data from the parser's events, noting lines and problems."""

    def __init__(self, text: str, file: Path) -> None:
        self.text = text
        self._has_control = _CONTROL.search(text) is not None
        self._has_comment = "#" in text
        """Whether the text has any at all; if not, no value has to be searched for them."""
        self.file = file
        self.lines: dict[Where, int] = {}
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.spoiled: set[Where] = set()

    def read(self) -> Document:
        value: Value | None = None
        try:
            value = self._document(_events(self.text))
        except yaml.YAMLError as error:
            self._note((), *_syntax(error))
        except _Stop:
            pass
        return Document(
            self.file,
            value,
            self.lines,
            tuple(self.problems),
            tuple(self.warnings),
            frozenset(self.spoiled),
        )

    def _document(self, events: Iterator[yaml.Event]) -> "Value | None":
        next(events)  # the stream's start
        if isinstance(next(events), yaml.StreamEndEvent):
            self._stop((), 1, "the file is empty", "Write the deck's data in it.")
        value = self._value(events, next(events), ())
        next(events)  # the document's end
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            line = _line(after)
            self._stop((), line, "a second YAML document begins here", "Remove the line `---`.")
        return value

    def _value(self, events: Iterator[yaml.Event], event: yaml.Event, where: Where) -> "Value":
        line = _line(event)
        self.lines.setdefault(where, line)
        if len(where) > MAX_DEPTH:
            self._stop(where, line, f"nested deeper than {MAX_DEPTH} levels", "Make it flatter.")
        self._refuse_references(event, where, line)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, where)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, where)
        return self._text(event, where) if isinstance(event, yaml.ScalarEvent) else ""

    def _mapping(self, events: Iterator[yaml.Event], where: Where) -> dict[str, Value]:
        mapping: dict[str, Value] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._stop(where, line, "a key must be a plain word", "See docs/bank.md.")
            self._refuse_references(event, where, line)
            key = self._text(event, where)
            inner = (*where, key)
            if key in mapping:
                first = self.lines[inner]
                message = f"the key is used twice; the first is in line {first}"
                self._note(inner, line, message, "Keep one of them.")
                self._skip(events)
                continue
            self.lines[inner] = line
            mapping[key] = self._value(events, next(events), inner)
        return mapping

    def _sequence(self, events: Iterator[yaml.Event], where: Where) -> list[Value]:
        items: list[Value] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._value(events, event, (*where, len(items))))
        return items

    def _skip(self, events: Iterator[yaml.Event]) -> None:
        depth = 0
        for event in events:
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth == 0:
                return

    def _text(self, event: yaml.ScalarEvent, where: Where) -> str:
        text, style = event.value, event.style
        may_be_bad = self._has_control or style == '"'  # there `\a` is a control character
        bad = _CONTROL.search(text) if may_be_bad else None
        if bad:
            line = _line(event)
            message = f"the control character {bad[0]!a} is not allowed"
            swallowed = self._swallowed(event)
            if swallowed:
                message = (
                    f"`{swallowed}` in double quotes is read as the control character {bad[0]!a}"
                )
            self._note(where, line, message, _QUOTE_SINGLY if swallowed else "Remove it.")
            self.spoiled.add(where)
        elif style == '"' or (self._has_comment and not style):
            self._warn_if_unintended(event, where)
        return text

    def _warn_if_unintended(self, event: yaml.ScalarEvent, where: Where) -> None:
        """Warn about LaTeX that became a tab or line end, and about text cut off by a ` #`."""
        swallowed = self._swallowed(event)
        if swallowed:
            self._warn(
                event, where, f"`{swallowed}` in double quotes loses its backslash", _QUOTE_SINGLY
            )
        if not event.style and self._is_cut(event):
            message = "the text ends here, since ` #` begins a comment"
            remedy = "Put the text in quotes; a comment is clearest on a line of its own."
            self._warn(event, where, message, remedy)

    def _swallowed(self, event: yaml.ScalarEvent) -> str:
        """The first LaTeX command in double quotes that YAML reads as an escape; empty if none."""
        if event.style != '"' or not (event.start_mark and event.end_mark):
            return ""
        raw = self.text[event.start_mark.index : event.end_mark.index]
        for escape in _ESCAPE.finditer(raw):
            sign, rest = escape["sign"], escape["rest"]
            is_line_end = sign == "n" and not _LINE_END_COMMANDS.fullmatch(rest)
            if sign == "_" or (sign in "tnvfrabeNLP" and rest and not is_line_end):
                return escape[0]
        return ""

    def _is_cut(self, event: yaml.ScalarEvent) -> bool:
        """Whether a plain text is followed by a comment that was probably meant as part of it."""
        end = event.end_mark.index if event.end_mark else len(self.text)
        line_end = self.text.find("\n", end)  # a copy of all the rest would be quadratic
        line = self.text[end : None if line_end < 0 else line_end]
        if "#" not in line:
            return False
        comment = _CUT.match(line)
        prose = " " in event.value
        return comment is not None and (prose or comment["next"] not in ("", " ", "#"))

    def _warn(self, event: yaml.Event, where: Where, message: str, remedy: str) -> None:
        self.warnings.append(
            Problem(self.file, _line(event), field_name(where), message, remedy, "warning")
        )

    def _refuse_references(self, event: yaml.Event, where: Where, line: int) -> None:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is None and tag is None:
            return
        if isinstance(event, yaml.AliasEvent):
            what, remedy = f"the alias *{anchor}", "Write the text out in full."
        elif anchor is not None:
            what, remedy = f"the anchor &{anchor}", "Remove it."
        else:
            what, remedy = f"the tag {tag}", "Remove it, or quote the text."
        self.spoiled.add(where)
        self._note(where, line, f"{what} is not allowed in a deck", remedy)

    def _note(self, where: Where, line: int, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, line, field_name(where), message, remedy))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Stop

    def _stop(self, where: Where, line: int, message: str, remedy: str) -> NoReturn:
        self._note(where, line, message, remedy)
        raise _Stop


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _syntax(error: yaml.YAMLError) -> tuple[int, str, str]:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    remedy = "Check the indentation; text that contains `: ` or ` #` needs quotes."
    if "escape" in what or "hexdecimal" in what:  # the parser's own spelling
        remedy = _QUOTE_SINGLY
    return line, f"not valid YAML: {what}", remedy
