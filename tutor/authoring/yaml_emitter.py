"""Writes plain data as YAML, as a person would write it in a deck.

PyYAML's own emitter writes about 0.1 MB a second, so a deck of 10,000 questions would take minutes;
libyaml's writes each emoji as an escape in double quotes. This one writes what decks need:
mappings, lists and text. Its callers read the result back with the bank's reader.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from textwrap import TextWrapper
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value]"

_WIDTH = 96
_PLAIN = re.compile(r"[^\W\d_](?:[\w .()/+;=*…–—%?’„“”°²³-]*[\w.)/+;=*…–—%?’“”°²³])?")
"""Text that needs no quotes, even in a list in brackets; YAML allows more."""
_WORDS = frozenset(
    ("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none", "nan", "inf")
)
"""Words that some YAML readers do not read as text."""
_SPECIAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = str.maketrans({c: f"\\u{ord(c):04x}" for c in "\x7f\x85\xa0\u2028\u2029\ufeff"})
_WRAPPER = TextWrapper(width=_WIDTH, break_long_words=False, break_on_hyphens=False)


def emitted(value: Mapping[str, Value], indent: str = "") -> str:
    """A mapping as lines, each indented by `indent`."""
    return "".join(f"{line}\n" if line else "\n" for line in _mapping(value, indent))


def entry(value: Mapping[str, Value], indent: str) -> str:
    """A mapping as an item of a list, its hyphen indented by `indent`."""
    text = emitted(value, f"{indent}  ")
    return f"{indent}- {text[len(indent) + 2 :]}"


def _mapping(value: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, inner in value.items():
        lines = [*_value(inner, indent)]
        yield f"{indent}{key}:{lines[0]}"
        yield from lines[1:]


def _value(value: Value, indent: str) -> Iterator[str]:
    """The first line, without its indent since a key or hyphen precedes it, and further lines."""
    if isinstance(value, str):
        yield from _text(value, f"{indent}  ")
    elif isinstance(value, bool):
        yield " true" if value else " false"
    elif isinstance(value, int | float):
        yield f" {str(value).removesuffix('.0')}"
    elif isinstance(value, Mapping):
        yield ""
        yield from _mapping(value, f"{indent}  ")
    elif all(isinstance(item, str) for item in value):
        yield f" {flow(value)}"
    else:
        yield ""
        yield from _items(value, f"{indent}  ")


def _items(values: Sequence[Value], indent: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping):
            yield from entry(value, indent).rstrip("\n").split("\n")
        else:
            first, *rest = _value(value, indent)
            yield f"{indent}-{first}"
            yield from rest


def flow(values: Sequence[Value]) -> str:
    """A list in brackets. A `?` is quoted there, since some readers see a mapping's key in it."""
    texts = map(str, values)
    return f"[{', '.join(quoted(text) if '?' in text else _one_line(text) for text in texts)}]"


def _text(text: str, indent: str) -> Iterator[str]:
    if _SPECIAL.search(text) or text != text.strip() or not text:
        yield f" {_one_line(text)}"
    elif "\n" in text:
        yield " |-"
        yield from (f"{indent}{line}" if line else "" for line in text.split("\n"))
    elif len(text) + len(indent) > _WIDTH and " ".join(lines := _WRAPPER.wrap(text)) == text:
        yield " >-"
        yield from (f"{indent}{line}" for line in lines)
    else:
        yield f" {_one_line(text)}"


def _one_line(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """The text in quotation marks, so that YAML reads it as text."""
    if _SPECIAL.search(text) or "\n" in text or "\t" in text:
        return json.dumps(text, ensure_ascii=False).translate(_LINE_ENDS)
    return "'" + text.replace("'", "''") + "'"
