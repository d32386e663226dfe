"""What Anki shows on the two sides of a card: its templates, filled with the note's fields.

A part of Anki's template language (https://docs.ankiweb.net/templates/intro.html): fields, what is
shown only where a field is filled or empty, and gaps (cloze deletions). Everything stays HTML here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

_TAG = re.compile(r"\{\{([#^/]?)([^{}]{1,200})\}\}")
_ANSWER_LINE = re.compile(r"<hr[^>]{0,100}\bid\s*=\s*[\"']?answer\b[^>]{0,100}>", re.IGNORECASE)
_GAP = re.compile(r"\{\{c([0-9]{1,4}(?:,[0-9]{1,4}){0,20})::|\}\}")
MAX_SIDE = 2_000_000
"""Characters of a side, pictures inside the text included."""
_LONGEST_TEMPLATE = 20_000
_RUN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_DEEPEST = 8
"""Gaps inside of gaps; Anki itself allows three."""
_ILLUSTRATES = re.compile(
    r"\b(?:examples?|example[ _]?sentences?|notes?|extra|remarks?|comments?|sources?|references?"
    r"|beispiele?|beispiels[aä]tze?|anmerkung(?:en)?|bemerkung(?:en)?|hinweise?|quellen?|notiz(?:en)?"
    r"|примеры?|примечани[ея]|источники?|комментари[ий])\b|例句|例子|备注|来源|出处|注释",
    re.IGNORECASE,
)
"""What fields are called that show, and do not say, what is asked for."""
_OCCLUSION = "image-occlusion:"


class Sides(NamedTuple):
    """A card as HTML."""

    front: str
    back: str
    """Without the front, which Anki repeats there."""
    hidden: tuple[str, ...]
    """What the gaps hide, in their order; empty for cards without gaps."""
    asked: str = ""
    """The back without examples, sources and remarks, if it has such and something else."""


@dataclass(frozen=True, slots=True)
class Template:
    """The two sides of a kind of cards."""

    front: str
    back: str

    @classmethod
    def of(cls, front: str, back: str) -> "Template":
        """The template without what a browser would run, and no longer than templates are."""
        return cls(*(_RUN.sub("", side)[:_LONGEST_TEMPLATE] for side in (front, back)))


@dataclass(frozen=True, slots=True)
class NoteType:
    """What notes of a kind consist of, and the cards that they make."""

    fields: Sequence[str]
    templates: Mapping[int, Template]
    has_gaps: bool

    def sides(self, values: Sequence[str], card: int) -> Sides | None:
        """The note's card of this number, from 0; None where the type has no such card."""
        template = self.templates.get(0 if self.has_gaps else card)
        if template is None:
            return None
        filled = dict(zip(self.fields, values, strict=False))
        gap = card + 1 if self.has_gaps else 0
        front = "".join(_Side(filled, gap, is_front=True).parts(template.front))
        source, shown = _back(template)
        filled |= dict.fromkeys(shown, "")
        side = _Side(filled, gap, is_front=False)
        back = "".join(side.parts(source))
        return Sides(front, back, tuple(side.hidden), "" if gap else _asked_for(source, filled))


def _asked_for(source: str, filled: Mapping[str, str]) -> str:
    """The back without the fields that, by their names, only illustrate the others."""
    names = {name for name in _names(source) if filled.get(name, "").strip()}
    illustrating = {name for name in names if _ILLUSTRATES.search(name)}
    if not illustrating or illustrating == names:
        return ""
    asked = {**filled, **dict.fromkeys(illustrating, "")}
    return "".join(_Side(asked, 0, is_front=False).parts(source))


def _back(template: Template) -> tuple[str, frozenset[str]]:
    """The part of the back that is new there, and the fields in it that the front has shown."""
    parts = _ANSWER_LINE.split(template.back, maxsplit=1)
    if len(parts) == 2:
        return parts[1], frozenset()
    names = _names(template.front)
    new = [name for name in _names(template.back) if name not in names and name != "FrontSide"]
    return template.back, names if new and "cloze:" not in template.front else frozenset()


def _names(source: str) -> frozenset[str]:
    return frozenset(_field(tag[2]) for tag in _TAG.finditer(source) if not tag[1])


def _field(name: str) -> str:
    return name.rpartition(":")[2].strip()


class _Side:
    """Fills one side's template."""

    def __init__(self, values: Mapping[str, str], gap: int, *, is_front: bool) -> None:
        self._values = values
        self._gap = gap
        self._is_front = is_front
        self.hidden: list[str] = []
        self._with_gaps: dict[str, str] = {}
        """Fields whose gaps were looked for already."""

    def parts(self, template: str) -> Iterator[str]:
        """The parts of the filled template; it ends where no text that can be used is so long."""
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
        value = self._values.get(_field(name), "")
        if any(one.startswith("tts") for one in filters):
            return ""
        if self._is_front and filters & {"type", "hint"}:
            return ""
        if "cloze" in filters and self._gap:
            return self._gaps_of(_field(name), value)
        return value

    def _gaps_of(self, name: str, text: str) -> str:
        if name not in self._with_gaps:
            root = _parsed(text)
            self.hidden += [_plain(gap.parts) for gap in _gaps(root, self._gap)]
            shown = _asked(root.parts, self._gap) if self._is_front else _plain(root.parts)
            self._with_gaps[name] = shown
        return self._with_gaps[name]


@dataclass(slots=True)
class _Gap:
    numbers: frozenset[int] = frozenset()
    parts: "list[str | _Gap]" = field(default_factory=list)
    hint: str = ""


def _parsed(text: str) -> _Gap:
    """The text with its gaps, which may be inside of each other."""
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
    """Add a text; what follows `::` in a gap is its hint."""
    if gap.numbers:
        text, _, hint = text.partition("::")
        gap.hint += hint
    gap.parts.append(text)


def _gaps(gap: _Gap, number: int) -> Iterator[_Gap]:
    for part in gap.parts:
        if isinstance(part, _Gap):
            if number in part.numbers:
                yield part
            else:
                yield from _gaps(part, number)


def _asked(parts: "Sequence[str | _Gap]", number: int) -> str:
    return "".join(
        part
        if isinstance(part, str)
        else f"[{part.hint.strip() or '…'}]"
        if number in part.numbers
        else _asked(part.parts, number)
        for part in parts
    )


def _plain(parts: "Sequence[str | _Gap]") -> str:
    text = "".join(part if isinstance(part, str) else _plain(part.parts) for part in parts)
    return "" if text.startswith(_OCCLUSION) else text
