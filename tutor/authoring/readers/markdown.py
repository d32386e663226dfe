"""Markdown notes: cards of hashcards and of Obsidian's Spaced Repetition, else headings with text.

A file is read in the first of these ways that finds something in it:

- hashcards: `Q:` and `A:` at the beginning of a line, each over as many lines as it takes, and `C:`
  with gaps in square brackets (https://github.com/eudoxia0/hashcards#format).
- Obsidian Spaced Repetition: `question :: answer`, `one side ::: other side`, and `?` or `??` on a
  line of its own between question and answer, which end at a blank line; `:::` and `??` ask in both
  directions (https://www.stephenmwangi.com/obsidian-spaced-repetition/flashcards/q-and-a-cards/).
- headings, and lines in bold that are questions, each with the text below it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from tutor.authoring.notes import Collector, Note, ReadNotes, key_of_prompt
from tutor.authoring.readers.markdown_lines import Line, plain, read_lines
from tutor.authoring.readers.source import read_text

_TAG = re.compile(r"(?:^|(?<=\s))#flashcards?(?:/[\w/-]*)?(?=\s|$)")
_CODE = re.compile(r"`[^`]{1,2000}`")
_SPACED = re.compile(r"\s(:{2,3})\s")
_JOINED = re.compile(r":{2,3}(?!:)")
_LIST_SIGN = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+|\s*>\s?")
_BOLD = re.compile(r"\s{0,3}(?:\d{1,9}[.)]\s+|[-*+]\s+)?(\*\*|__)(?=\S)(.{1,500}?)\1\s*([?？]?)\s*")
_GAP = re.compile(r"(?<![!\\\[])\[([^\[\]]{1,500})\](?![(\[])")
_MOST_GAPS = 50
"""Of one card; each of its questions has the whole text."""
_QUESTION_SIGNS = ("?", "？")


def read_markdown(file: Path) -> ReadNotes:
    """The notes of a file. Raises NotesUnreadable, with the line."""
    text = read_text(file)
    lines = read_lines(text)
    is_tagged = "<!--SR:" in text or any(_TAG.search(line.text) for line in lines)
    untagged = [
        line if line.is_code else replace(line, text=_TAG.sub("", line.text)) for line in lines
    ]
    collector = Collector(file)
    ways = (
        _hashcards(lines),
        _obsidian(untagged, _JOINED if is_tagged else _SPACED),
        _headings(untagged),
        _obsidian(untagged, _JOINED),
    )
    for card in next(filter(None, map(list, ways)), []):
        _add(collector, *card)
    return collector.result()


_Card = tuple[int, Sequence[Line], Sequence[Line], str]
"""The number of its first line, question, answer, and what a gap hides."""


def _add(
    collector: Collector,
    number: int,
    prompt: Sequence[Line],
    answer: Sequence[Line],
    asked_for: str,
) -> None:
    front, back = plain(prompt), plain(answer)
    text = f"{asked_for}\n\n{back.text}" if asked_for else back.text
    note = Note(key_of_prompt(front.text), front.text, text, f"line {number}", asked_for=asked_for)
    collector.add(note, (*front.media, *back.media))


def _hashcards(lines: Sequence[Line]) -> Iterator[_Card]:
    """Cards by `Q:`, `A:` and `C:`; `---` ends a card, what is before the first belongs to none."""
    parts: list[tuple[str, list[Line]]] = []
    for line in lines:
        sign = "" if line.is_code else line.text[:2]
        if sign in ("Q:", "A:", "C:"):
            parts.append((sign[0], [replace(line, text=line.text[2:])]))
        elif not line.is_code and line.text.strip() == "---":
            parts.append(("", []))
        elif parts:
            parts[-1][1].append(_as_written(line))
    if not any(sign == "A" for sign, _ in parts):
        parts = [(sign, own) for sign, own in parts if sign == "C" and any(map(_gaps_in, own))]
    for (sign, own), (next_sign, answer) in pairwise([*parts, ("", [])]):
        if sign == "Q":
            yield own[0].number, own, answer if next_sign == "A" else [], ""
        elif sign == "C":
            yield from _cloze(own)


def _as_written(line: Line) -> Line:
    """A heading inside a card's text is a line of it."""
    return replace(line, text=f"{'#' * line.level} {line.text}", level=0) if line.level else line


def _cloze(lines: Sequence[Line]) -> Iterator[_Card]:
    """A card for each gap, with the others filled."""
    gaps = [(at, gap) for at, line in enumerate(lines) for gap in _gaps_in(line)][:_MOST_GAPS]
    whole = [line if line.is_code else _filled(line) for line in lines]
    if not gaps:
        yield lines[0].number, whole, [], ""
    for at, gap in gaps:
        text = lines[at].text
        asked = list(whole)
        before, after = _GAP.sub(r"\1", text[: gap.start()]), _GAP.sub(r"\1", text[gap.end() :])
        asked[at] = replace(lines[at], text=f"{before}[…]{after}")
        yield lines[0].number, asked, whole, gap[1].strip()


def _gaps_in(line: Line) -> list[re.Match[str]]:
    return [] if line.is_code else list(_GAP.finditer(line.text))


def _filled(line: Line) -> Line:
    return replace(line, text=_GAP.sub(r"\1", line.text))


def _obsidian(lines: Sequence[Line], separator: re.Pattern[str]) -> Iterator[_Card]:
    for block in _blocks(lines):
        at = next((i for i, one in enumerate(block) if _is_separator(one)), None)
        if at is not None:
            question, answer = block[:at], block[at + 1 :]
            number = (question or block)[0].number
            yield number, question, answer, ""
            if block[at].text.strip() == "??":
                yield number, answer, question, ""
            continue
        for line in block:
            yield from _one_line(line, separator)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines without a blank one between them; a heading is a block of its own."""
    block: list[Line] = []
    for line in lines:
        if line.is_blank or line.level:
            if block:
                yield block
            block = []
            if line.level:
                yield [line]
        else:
            block.append(line)
    if block:
        yield block


def _is_separator(line: Line) -> bool:
    return not line.is_code and line.text.strip() in ("?", "??")


def _one_line(line: Line, separator: re.Pattern[str]) -> Iterator[_Card]:
    """The cards of a line; a sign inside of code in the line separates nothing."""
    if line.is_code:
        return
    masked = _CODE.sub(lambda code: "`" * len(code[0]), line.text)
    sign = separator.search(masked)
    if sign is None:
        return
    start = _LIST_SIGN.match(line.text)
    left = replace(line, text=line.text[start.end() if start else 0 : sign.start()], level=0)
    right = replace(line, text=line.text[sign.end() :], level=0)
    if not (left.text.strip() and right.text.strip()):
        return
    yield line.number, [left], [right], ""
    if sign[0].strip() == ":::":
        yield line.number, [right], [left], ""


def _headings(lines: Sequence[Line]) -> Iterator[_Card]:
    """Headings and bold questions, each with the text up to the next one."""
    only_title = sum(line.level > 0 for line in lines) <= 1
    titles = _titles(lines)
    marks = [(at, titles[at]) for at, line in enumerate(lines) if line.level]
    marks += [
        (at, bold) for at, line in enumerate(lines) if (bold := _bold(line, always=only_title))
    ]
    marks.sort()
    for (at, title), (end, _) in pairwise([*marks, (len(lines), "")]):
        body = lines[at + 1 : end]
        if any(not line.is_blank for line in body):
            yield lines[at].number, [replace(lines[at], text=title)], body, ""


def _titles(lines: Sequence[Line]) -> dict[int, str]:
    """The headings by their places, with those above them where they are no whole questions."""
    titles: dict[int, str] = {}
    above: list[Line] = []
    is_title = sum(line.level == 1 for line in lines) == 1
    for at, line in enumerate(lines):
        if not line.level:
            continue
        above = [*(one for one in above if one.level < line.level), line]
        context = [one.text for one in above if one.level > 1 or not is_title or one is line]
        whole = line.text.rstrip().endswith(_QUESTION_SIGNS)
        titles[at] = line.text if whole else " – ".join(context)
    return titles


def _bold(line: Line, *, always: bool) -> str:
    """The text of a line that is bold as a whole and asks something, else nothing."""
    match = None if line.is_code or line.level else _BOLD.fullmatch(line.text)
    if match is None or match[1] in match[2]:
        return ""
    text: str = match[2].strip() + match[3]
    return text if always or text.endswith(_QUESTION_SIGNS) else ""
