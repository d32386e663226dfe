"""Fills a card's templates with its note's fields: what Anki shows on the card's two sides.

It knows a part of Anki's template language (https://docs.ankiweb.net/templates/intro.html): fields,
conditions on filled or empty fields, and gaps (cloze deletions). The result is still HTML.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_TAG = re.compile(r"\{\{([#^/]?)([^{}]{1,200})\}\}")
_ANSWER_LINE = re.compile(r"<hr[^>]{0,100}\bid\s*=\s*[\"']?answer\b[^>]{0,100}>", re.IGNORECASE)
_GAP = re.compile(r"\{\{c([0-9]{1,4}(?:,[0-9]{1,4}){0,20})::|\}\}")
MAX_SIDE = 2_000_000
"""Characters of a side, including pictures in the text."""
_LONGEST_TEMPLATE = 20_000
_RUN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_DEEPEST = 8
"""Levels of gaps inside gaps; Anki itself allows three."""
_ILLUSTRATES = re.compile(
    r"\b(?:examples?|example[ _]?sentences?|notes?|extra|remarks?|comments?|sources?|references?"
    r"|beispiele?|beispiels[aä]tze?|anmerkung(?:en)?|bemerkung(?:en)?|hinweise?|quellen?|notiz(?:en)?"
    r"|примеры?|примечани[ея]|источники?|комментари[ий])\b|例句|例子|备注|来源|出处|注释",
    re.IGNORECASE,
)
"""The names of fields that only illustrate what is asked for."""
_OCCLUSION = "image-occlusion:"


class Sides(NamedTuple):
    """A card's two sides, in HTML."""

    front: str
    back: str
    """The back without the front, which Anki repeats there."""
    hidden: tuple[str, ...]
    """What the gaps hide, in their order; empty for cards without gaps."""
    asked: str = ""
    """The back without its examples, sources and remarks; empty if it has none, or nothing else."""


@dataclass(frozen=True, slots=True)
class Template:
    """The templates for the two sides of a card."""

    front: str
    back: str

    @classmethod
    def of(cls, front: str, back: str) -> "Template":
        """The template without scripts and styles, cut to a reasonable length."""
        return cls(*(_RUN.sub("", side)[:_LONGEST_TEMPLATE] for side in (front, back)))


@dataclass(frozen=True, slots=True)
class NoteType:
    """A kind of note: its fields, and the templates of its cards by number."""

    fields: Sequence[str]
    templates: Mapping[int, Template]
    has_gaps: bool

    def sides(self, values: Sequence[str], card: int) -> Sides | None:
        """The note's card with this number, from 0; None if the type has no such card."""
        template = self.templates.get(0 if self.has_gaps else card)
        if template is None or card < 0:
            return None
        fields = dict(zip(self.fields, values, strict=False))
        gap = card + 1 if self.has_gaps else 0
        front = "".join(_Side(fields, gap, is_front=True).parts(template.front))
        back_template, repeated = _back(template)
        fields |= dict.fromkeys(repeated, "")
        side = _Side(fields, gap, is_front=False)
        back = "".join(side.parts(back_template))
        asked = "" if gap else _asked_for(back_template, fields)
        return Sides(front, back, tuple(side.hidden), asked)


def _asked_for(template: str, fields: Mapping[str, str]) -> str:
    """The back without the fields that, by their names, only illustrate the others."""
    names = {name for name in _field_names(template) if fields.get(name, "").strip()}
    illustrating = {name for name in names if _ILLUSTRATES.search(name)}
    if not illustrating or illustrating == names:
        return ""
    others = {**fields, **dict.fromkeys(illustrating, "")}
    return "".join(_Side(others, 0, is_front=False).parts(template))


def _back(template: Template) -> tuple[str, frozenset[str]]:
    """The new part of the back's template, and the fields in it that the front already shows."""
    parts = _ANSWER_LINE.split(template.back, maxsplit=1)
    if len(parts) == 2:
        return parts[1], frozenset()
    shown = _field_names(template.front)
    has_new = not _field_names(template.back) <= shown | {"FrontSide"}
    return template.back, shown if has_new and "cloze:" not in template.front else frozenset()


def _field_names(template: str) -> frozenset[str]:
    return frozenset(_field_name(tag[2]) for tag in _TAG.finditer(template) if not tag[1])


def _field_name(tag: str) -> str:
    """The field in a tag, without filters: `Back` in `hint:Back`."""
    return tag.rpartition(":")[2].strip()


class _Side:
    """Fills one side's template."""

    def __init__(self, values: Mapping[str, str], gap: int, *, is_front: bool) -> None:
        self._values = values
        self._gap = gap
        self._is_front = is_front
        self.hidden: list[str] = []
        self._with_gaps: dict[str, str] = {}
        """The fields whose gaps have been found, with the text to show."""

    def parts(self, template: str) -> Iterator[str]:
        """The parts of the filled template, until it is too long to be usable."""
        at = size = 0
        conditions: list[bool] = []
        unmet = 0
        for tag in _TAG.finditer(template):
            part = "" if unmet else template[at : tag.start()]
            at = tag.end()
            sign, name = tag[1], tag[2].strip()
            if sign in ("#", "^"):
                conditions.append(self._is_filled(name) == (sign == "#"))
                unmet += not conditions[-1]
            elif sign == "/":
                unmet -= bool(conditions) and not conditions.pop()
            elif not unmet:
                part += self._value(name)
            yield part
            size += len(part)
            if size > MAX_SIDE:
                return
        yield "" if unmet else template[at:]

    def _is_filled(self, name: str) -> bool:
        if re.fullmatch(r"c[0-9]+", name):
            return name == f"c{self._gap}"
        return bool(self._values.get(name, "").strip())

    def _value(self, name: str) -> str:
        filters = {part.strip() for part in name.split(":")[:-1]}
        field_name = _field_name(name)
        value = self._values.get(field_name, "")
        if any(one.startswith("tts") for one in filters):
            return ""
        if self._is_front and filters & {"type", "hint"}:
            return ""
        if "cloze" in filters and self._gap:
            return self._show_gaps(field_name, value)
        return value

    def _show_gaps(self, name: str, text: str) -> str:
        if name not in self._with_gaps:
            root = _parsed(text)
            self.hidden += [_filled(gap.parts) for gap in _gaps(root, self._gap)]
            shown = _with_gap(root.parts, self._gap) if self._is_front else _filled(root.parts)
            self._with_gaps[name] = shown
        return self._with_gaps[name]


@dataclass(slots=True)
class _Gap:
    numbers: frozenset[int] = frozenset()
    parts: "list[str | _Gap]" = field(default_factory=list)
    hint: str = ""


def _parsed(text: str) -> _Gap:
    """The text with its gaps, which may be nested."""
    root = _Gap()
    stack = [root]
    at = 0
    for sign in _GAP.finditer(text):
        if (len(stack) > _DEEPEST) if sign[1] else (len(stack) == 1):
            continue
        _append(stack[-1], text[at : sign.start()])
        at = sign.end()
        if sign[1]:
            gap = _Gap(frozenset(map(int, sign[1].split(","))))
            stack[-1].parts.append(gap)
            stack.append(gap)
        else:
            stack.pop()
    _append(stack[-1], text[at:])
    return root


def _append(gap: _Gap, text: str) -> None:
    """Add a text to a gap. What follows `::` is the gap's hint."""
    if gap.numbers:
        text, _, hint = text.partition("::")
        gap.hint += hint
    gap.parts.append(text)


def _gaps(gap: _Gap, number: int) -> Iterator[_Gap]:
    """The outermost gaps with this number."""
    for part in gap.parts:
        if isinstance(part, _Gap):
            if number in part.numbers:
                yield part
            else:
                yield from _gaps(part, number)


def _with_gap(parts: "Sequence[str | _Gap]", number: int) -> str:
    """The text with the gaps of this number hidden, and the others filled."""
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        elif number in part.numbers:
            texts.append(f"[{part.hint.strip() or '…'}]")
        else:
            texts.append(_with_gap(part.parts, number))
    return "".join(texts)


def _filled(parts: "Sequence[str | _Gap]") -> str:
    """The text with all gaps filled; empty for the areas of a picture."""
    text = "".join(part if isinstance(part, str) else _filled(part.parts) for part in parts)
    return "" if text.startswith(_OCCLUSION) else text
