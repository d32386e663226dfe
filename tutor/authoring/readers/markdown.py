"""Markdown notes: cards of hashcards and of Obsidian's Spaced Repetition, else headings with text.

A file may have cards of both kinds:

- hashcards: `Q:` and `A:` at the beginning of a line, each over as many lines as it takes, and `C:`
  with gaps in square brackets; also `Question:` and `Answer:` in any of our languages (https://github.com/eudoxia0/hashcards#format).
- Obsidian Spaced Repetition: `question :: answer`, `one side ::: other side`, and `?` or `??` on a
  line of its own between question and answer, which end at a blank line; `:::` and `??` ask in both
  directions (https://www.stephenmwangi.com/obsidian-spaced-repetition/flashcards/q-and-a-cards/).

Without any cards, headings, lines in bold and lines that end in a question mark are asked, each
with the text below it; next to cards only headings and bold lines that end in a question mark. The
heading of the whole file is the deck's title, those below it its sections.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter
from pathlib import Path

from tutor.authoring.notes import Collector, Note, ReadNotes, key_of_prompt
from tutor.authoring.readers.markdown_lines import (
    Line,
    front_matter_title,
    plain,
    read_lines,
)
from tutor.authoring.readers.source import read_text

_TAG = re.compile(r"(?:^|(?<=\s))#flashcards?(?:/[\w/-]*)?(?=\s|$)")
_CODE = re.compile(r"`[^`]{1,2000}`")
_SPACED = re.compile(r"\s(:{2,3})\s|(?<=[?？]):{2,3}(?!:)")
_JOINED = re.compile(r":{2,3}(?!:)")
_SIGN = re.compile(
    r"(?:\*\*|__)?(?:(?P<Q>(?:Q|Question|Frage|Вопрос|问题?|問題?)(?:\s?\d{1,4})?)"
    r"|(?P<A>(?:A|Answer|Antwort|Ответ|答案?)(?:\s?\d{1,4})?)|(?P<C>C))"
    r"(?:[:：](?:\*\*|__)?|(?:\*\*|__)[:：])"
)
"""What hashcards begins a card's parts with, and what people do: `**Frage 3:**`."""
_LIST_SIGN = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+|\s*>\s?")
_BOLD = re.compile(r"\s{0,3}(?:\d{1,9}[.)]\s+|[-*+]\s+)?(\*\*|__)(?=\S)(.{1,500}?)\1\s*([?？]?)\s*")
_GAP = re.compile(r"(?<![!\\\[])\[([^\[\]]{1,500})\](?![(\[])")
_MOST_GAPS = 50
"""Of one card; each of its questions has the whole text."""
_QUESTION_SIGNS = ("?", "？")


def read_markdown(file: Path, encoding: str | None = None) -> ReadNotes:
    """The notes of a file. Raises NotesUnreadable, with the line."""
    text = read_text(file, encoding)
    lines = read_lines(text)
    is_tagged = "<!--SR:" in text or any(_TAG.search(line.text) for line in lines)
    untagged = [
        line if line.is_code else replace(line, text=_TAG.sub("", line.text)) for line in lines
    ]
    title = _title(untagged)
    cards = [*_cards(lines, untagged, title, is_tagged=is_tagged)]
    chapters = _chapters(untagged, title)
    if 2 * len({chapters[card[0]] for card in cards}) > len(cards):
        chapters = {}  # hardly two questions under each heading
    collector = Collector(file)
    for card in cards:
        _add(collector, plain([Line(0, chapters.get(card[0], ""))]).text, *card)
    read = collector.result()
    named = front_matter_title(text) or (plain([title]).text if title else "")
    return replace(read, title=named or read.name)


_Card = tuple[int, Sequence[Line], Sequence[Line], str]
"""The number of its first line, question, answer, and what a gap hides."""


def _cards(
    lines: Sequence[Line], untagged: Sequence[Line], title: Line | None, *, is_tagged: bool
) -> Iterator[_Card]:
    found = [*_hashcards(lines)]
    rest = _without(untagged, found)
    found += _obsidian(rest, _JOINED if is_tagged else _SPACED)
    if found:
        taken = _numbers(found)
        beside = _headings(untagged, title, beside_cards=True)
        found += (card for card in beside if taken.isdisjoint(_numbers([card])))
        yield from sorted(found, key=itemgetter(0))
    else:
        yield from list(_headings(untagged, title)) or _obsidian(untagged, _JOINED)


def _numbers(cards: Iterable[_Card]) -> frozenset[int]:
    """The numbers of the lines that these cards have."""
    return frozenset(line.number for _, prompt, answer, _ in cards for line in (*prompt, *answer))


def _without(lines: Sequence[Line], cards: Iterable[_Card]) -> list[Line]:
    """The lines with blank ones where cards are."""
    taken = _numbers(cards)
    return [Line(line.number, "") if line.number in taken else line for line in lines]


def _title(lines: Sequence[Line]) -> Line | None:
    """The heading of the whole file: its first, alone of the first level, if it asks nothing."""
    headings = [line for line in lines if line.level]
    if not headings or [line.level for line in headings].count(1) != 1:
        return None
    first = headings[0]
    return first if first.level == 1 and not _asks(first.text) else None


def _chapters(lines: Sequence[Line], title: Line | None) -> dict[int, str]:
    """For every line the uppermost heading above it that neither asks nor is the file's title."""
    found: dict[int, str] = {}
    above: list[Line] = []
    for line in lines:
        if line.level:
            above = [one for one in above if one.level < line.level]
        found[line.number] = above[0].text if above else ""
        if line.level and line is not title and not _asks(line.text):
            above.append(line)
    return found


def _asks(text: str) -> bool:
    return text.rstrip().endswith(_QUESTION_SIGNS)


def _add(
    collector: Collector,
    chapter: str,
    number: int,
    prompt: Sequence[Line],
    answer: Sequence[Line],
    asked_for: str,
) -> None:
    front, back = plain(prompt), plain(answer)
    text = f"{asked_for}\n\n{back.text}" if asked_for else back.text
    key = key_of_prompt(front.text)
    note = Note(key, front.text, text, f"line {number}", asked_for=asked_for, section=chapter)
    collector.add(note, (*front.media, *back.media))


def _hashcards(lines: Sequence[Line]) -> Iterator[_Card]:
    """Cards by `Q:`, `A:`, `C:` or such words; before the first there is none.

    `---` ends one, and so does a heading that asks, or, where `Q:` is in a heading, the next.
    """
    parts: list[tuple[str, list[Line]]] = []
    level = 0
    for line in lines:
        begins = None if line.is_code else _SIGN.match(line.text)
        if begins is not None:
            first = replace(line, text=line.text[begins.end() :], level=0)
            parts.append((begins.lastgroup or "", [first]))
            level = line.level if begins["Q"] else level
        elif not line.is_code and (line.text.strip() == "---" or _ends_card(line, level)):
            parts.append(("", []))
        elif parts:
            parts[-1][1].append(line)
    parts = [(sign, _without_last_headings(own)) for sign, own in parts]
    if not any(sign == "A" for sign, _ in parts):
        parts = [(sign, own) for sign, own in parts if sign == "C" and any(map(_gaps_in, own))]
    for (sign, own), (next_sign, answer) in pairwise([*parts, ("", [])]):
        if sign == "Q":
            yield own[0].number, own, answer if next_sign == "A" else [], ""
        elif sign == "C":
            yield from _cloze(own)


def _ends_card(line: Line, level: int) -> bool:
    return line.level > 0 and (_asks(line.text) or line.level <= level)


def _without_last_headings(lines: Sequence[Line]) -> list[Line]:
    """A card's lines without headings at its end, which belong to the cards that follow."""
    end = len(lines)
    while end > 1 and (lines[end - 1].is_blank or lines[end - 1].level):
        end -= 1
    return [_as_written(line) for line in lines[:end]]


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


def _headings(
    lines: Sequence[Line], title: Line | None, *, beside_cards: bool = False
) -> Iterator[_Card]:
    """Headings and bold questions, each with the text up to the next one.

    What is below the file's title is an introduction, unless nothing else asks. Next to cards, only
    what is a question by its sign is one.
    """
    below = _questions_below(lines, any_alone=not beside_cards)
    marks = sorted([*_titles(lines, title).items(), *below])
    cards: list[_Card] = []
    for (at, text), (end, _) in pairwise([*marks, (len(lines), "")]):
        body = lines[at + 1 : end]
        asks = not (beside_cards and lines[at].level) or _asks(text)
        if asks and any(not line.is_blank for line in body):
            cards.append((lines[at].number, [replace(lines[at], text=text)], body, ""))
    if title is not None and len(cards) > 1 and cards[0][0] == title.number:
        del cards[0]
    yield from cards


def _titles(lines: Sequence[Line], title: Line | None) -> dict[int, str]:
    """The headings by their places, with those above them where they are no whole questions."""
    titles: dict[int, str] = {}
    above: list[Line] = []
    for at, line in enumerate(lines):
        if not line.level:
            continue
        above = [*(one for one in above if one.level < line.level), line]
        context = [one.text for one in above if one is line or one is not title]
        titles[at] = line.text if _asks(line.text) else " – ".join(context)
    return titles


def _questions_below(lines: Sequence[Line], *, any_alone: bool) -> Iterator[tuple[int, str]]:
    """Lines in bold that ask, and the other bold lines below the same heading as one that does.

    With `any_alone` all bold lines of a file with no heading, or but one, and where none is bold
    the lines that ask, several below a heading.
    """
    borders = [at for at, line in enumerate(lines) if line.level]
    has_chapters = len(borders) > 1
    for start, end in pairwise([0, *borders, len(lines)]):
        bold = [(at, text) for at in range(start, end) if (text := _bold(lines[at]))]
        if (any_alone and bold and not has_chapters) or any(_asks(text) for _, text in bold):
            yield from bold
        elif any_alone and not _asks(lines[start].text if start < end else ""):
            asking = [*_lines_that_ask(lines, start, end)]
            yield from asking if len(asking) > has_chapters else ()


def _lines_that_ask(lines: Sequence[Line], start: int, end: int) -> Iterator[tuple[int, str]]:
    """Lines with a question mark at their end that begin a paragraph or an item of a list."""
    for at in range(start, end):
        line, item = lines[at], _LIST_SIGN.match(lines[at].text)
        begins = item or at == 0 or lines[at - 1].is_blank or lines[at - 1].level
        if begins and not line.is_code and not line.level and _asks(line.text):
            yield at, line.text[item.end() if item else 0 :]


def _bold(line: Line) -> str:
    """The text of a line that is bold as a whole, else nothing."""
    match = None if line.is_code or line.level else _BOLD.fullmatch(line.text)
    if match is None or match[1] in match[2]:
        return ""
    text: str = match[2].strip() + match[3]
    return text
