"""Reads Markdown notes: cards of hashcards and Obsidian's Spaced Repetition, or headings with text.

A file may have cards of both kinds:

- hashcards: `Q:` and `A:` at the beginning of a line, each for any number of lines, and `C:` with
  gaps in square brackets; also `Question:` and `Answer:` in any of our languages (https://github.com/eudoxia0/hashcards#format).
- Obsidian Spaced Repetition: `question :: answer`, `one side ::: other side`, and `?` or `??` on a
  line of its own between question and answer, which end at a blank line; a question begins below
  a card on a single line; `:::` and `??` ask in both directions
  (https://www.stephenmwangi.com/obsidian-spaced-repetition/flashcards/q-and-a-cards/).

In a file without cards, headings, bold lines and lines with a question mark at the end are
questions, and the text below is the answer. In a file with cards, only headings and bold lines with
a question mark are. The heading of the whole file is the deck's title; those below it are sections.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

from tutor.authoring.notes import Collector, Note, ReadNotes, key_of_prompt
from tutor.authoring.readers.markdown_lines import Line, front_matter_title, plain, read_lines
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
"""The beginning of a card's part, as in hashcards or as people write it: `**Frage 3:**`."""
_LIST_SIGN = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+|\s*>\s?")
_BOLD = re.compile(r"\s{0,3}(?:\d{1,9}[.)]\s+|[-*+]\s+)?(\*\*|__)(?=\S)(.{1,500}?)\1\s*([?？]?)\s*")
_GAP = re.compile(r"(?<![!\\\[])\[([^\[\]]{1,500})\](?![(\[])")
_MOST_GAPS = 50
"""Gaps of one card; each becomes a question with the whole text."""


class _Card(NamedTuple):
    line: int
    """The number of its first line."""
    prompt: Sequence[Line]
    answer: Sequence[Line]
    asked_for: str = ""
    """What its gap hides."""


def read_markdown(file: Path, encoding: str | None = None) -> ReadNotes:
    """The notes in a file. Raises NotesUnreadable, which names the line."""
    text = read_text(file, encoding)
    lines = read_lines(text)
    is_tagged = "<!--SR:" in text or any(_TAG.search(line.text) for line in lines)
    untagged = [
        line if line.is_code else replace(line, text=_TAG.sub("", line.text)) for line in lines
    ]
    title = _title(untagged)
    cards = _cards(lines, untagged, title, is_tagged=is_tagged)
    chapters = _chapters(untagged, title)
    if 2 * len({chapters[card.line] for card in cards}) > len(cards):
        chapters = {}  # most headings have fewer than two questions
    collector = Collector(file)
    for card in cards:
        _add(collector, card, plain([Line(0, chapters.get(card.line, ""))]).text)
    read = collector.result()
    deck_title = front_matter_title(text) or (plain([title]).text if title else "")
    return replace(read, title=deck_title or read.name)


def _cards(
    lines: Sequence[Line], untagged: Sequence[Line], title: Line | None, *, is_tagged: bool
) -> list[_Card]:
    cards = [*_hashcards(lines)]
    used = _line_numbers(cards)
    rest = [Line(line.number, "") if line.number in used else line for line in untagged]
    cards += _obsidian(rest, _JOINED if is_tagged else _SPACED)
    if not cards:
        return _headings(untagged, title) or [*_obsidian(untagged, _JOINED)]
    used = _line_numbers(cards)
    headings = _headings(untagged, title, beside_cards=True)
    cards += (card for card in headings if used.isdisjoint(_line_numbers([card])))
    return sorted(cards, key=lambda card: card.line)


def _line_numbers(cards: Iterable[_Card]) -> frozenset[int]:
    """The numbers of all lines in these cards."""
    return frozenset(line.number for card in cards for line in (*card.prompt, *card.answer))


def _title(lines: Sequence[Line]) -> Line | None:
    """The heading of the whole file: the first one, if it alone has level 1 and is no question."""
    headings = [line for line in lines if line.level]
    if not headings or [line.level for line in headings].count(1) != 1:
        return None
    first = headings[0]
    return first if first.level == 1 and not _asks(first.text) else None


def _chapters(lines: Sequence[Line], title: Line | None) -> dict[int, str]:
    """For each line's number, the highest heading above it.

    The file's title and headings that are questions do not count.
    """
    chapters: dict[int, str] = {}
    above: list[Line] = []
    for line in lines:
        if line.level:
            above = [heading for heading in above if heading.level < line.level]
        chapters[line.number] = above[0].text if above else ""
        if line.level and line is not title and not _asks(line.text):
            above.append(line)
    return chapters


def _asks(text: str) -> bool:
    """Whether the text ends with a question mark."""
    return text.rstrip().endswith(("?", "？"))


def _add(collector: Collector, card: _Card, chapter: str) -> None:
    front, back, asked_for = plain(card.prompt), plain(card.answer), card.asked_for
    text = f"{asked_for}\n\n{back.text}" if asked_for else back.text
    key = key_of_prompt(front.text)
    note = Note(key, front.text, text, f"line {card.line}", asked_for=asked_for, section=chapter)
    collector.add(note, (*front.media, *back.media))


def _hashcards(lines: Sequence[Line]) -> Iterator[_Card]:
    """The cards that begin with `Q:` and `A:`, `C:`, or words such as `Question:`.

    `---` ends a card, and so does a heading that is a question, or, if `Q:` is in a heading, the
    next heading of its level or a higher one.
    """
    parts: list[tuple[str, list[Line]]] = []
    question_level = 0
    for line in lines:
        sign = None if line.is_code else _SIGN.match(line.text)
        ends_card = not line.is_code and line.text.strip() == "---"
        if line.level:
            ends_card |= _asks(line.text) or line.level <= question_level
        if sign is not None:
            first = replace(line, text=line.text[sign.end() :], level=0)
            parts.append((sign.lastgroup or "", [first]))
            question_level = line.level if sign["Q"] else question_level
        elif ends_card:
            parts.append(("", []))
        elif parts:
            parts[-1][1].append(line)
    parts = [(kind, _without_last_headings(text)) for kind, text in parts]
    if not any(kind == "A" for kind, _ in parts):
        parts = [(kind, text) for kind, text in parts if kind == "C" and any(map(_gaps_in, text))]
    for (kind, text), (next_kind, answer) in pairwise([*parts, ("", [])]):
        if kind == "Q":
            yield _Card(text[0].number, text, answer if next_kind == "A" else [])
        elif kind == "C":
            yield from _cloze(text)


def _without_last_headings(lines: Sequence[Line]) -> list[Line]:
    """A card's lines without headings at the end, which belong to the next cards.

    Headings inside the card become lines of its text.
    """
    end = len(lines)
    while end > 1 and (lines[end - 1].is_blank or lines[end - 1].level):
        end -= 1
    return [
        replace(line, text=f"{'#' * line.level} {line.text}", level=0) if line.level else line
        for line in lines[:end]
    ]


def _cloze(lines: Sequence[Line]) -> Iterator[_Card]:
    """A card for each gap, in which the others are filled."""
    gaps = [(at, gap) for at, line in enumerate(lines) for gap in _gaps_in(line)][:_MOST_GAPS]
    answer = [line if line.is_code else replace(line, text=_filled(line.text)) for line in lines]
    if not gaps:
        yield _Card(lines[0].number, answer, [])
    for at, gap in gaps:
        text = lines[at].text
        prompt = list(answer)
        with_gap = f"{_filled(text[: gap.start()])}[…]{_filled(text[gap.end() :])}"
        prompt[at] = replace(lines[at], text=with_gap)
        yield _Card(lines[0].number, prompt, answer, gap[1].strip())


def _gaps_in(line: Line) -> list[re.Match[str]]:
    return [] if line.is_code else list(_GAP.finditer(line.text))


def _filled(text: str) -> str:
    return _GAP.sub(r"\1", text)


def _obsidian(lines: Sequence[Line], separator: re.Pattern[str]) -> Iterator[_Card]:
    """The cards of Spaced Repetition; `separator` finds the sign of those on a single line."""
    for block in _blocks(lines):
        signs = ["" if line.is_code else line.text.strip() for line in block]
        at = next((at for at, sign in enumerate(signs) if sign in ("?", "??")), None)
        if at is None:
            for line in block:
                yield from _cards_in_line(line, separator)
            continue
        own = [[*_cards_in_line(line, separator)] for line in block[: max(at - 1, 0)]]
        start = max((place for place, cards in enumerate(own, 1) if cards), default=0)
        yield from (card for cards in own for card in cards)
        number, question, answer = block[start].number, block[start:at], block[at + 1 :]
        yield _Card(number, question, answer)
        if signs[at] == "??":
            yield _Card(number, answer, question)


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines without a blank line; a heading is a block of its own."""

    def block(line: Line) -> int | None:
        return line.number if line.level else None if line.is_blank else 0

    return ([*run] for number, run in groupby(lines, block) if number is not None)


def _cards_in_line(line: Line, separator: re.Pattern[str]) -> Iterator[_Card]:
    """The card or two cards on a line; a separator inside code does not count."""
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
    yield _Card(line.number, [left], [right])
    if sign[0].strip() == ":::":
        yield _Card(line.number, [right], [left])


def _headings(
    lines: Sequence[Line], title: Line | None, *, beside_cards: bool = False
) -> list[_Card]:
    """A card for each heading and question below it, with the text up to the next one.

    The text below the file's title is an introduction, unless there are no other cards. With
    `beside_cards`, a heading needs a question mark.
    """
    below = _questions_below(lines, any_alone=not beside_cards)
    prompts = sorted([*_heading_prompts(lines, title).items(), *below])
    cards: list[_Card] = []
    for (at, text), (end, _) in pairwise([*prompts, (len(lines), "")]):
        body = lines[at + 1 : end]
        is_question = not (beside_cards and lines[at].level) or _asks(text)
        if is_question and any(not line.is_blank for line in body):
            cards.append(_Card(lines[at].number, [replace(lines[at], text=text)], body))
    has_introduction = title is not None and len(cards) > 1 and cards[0].line == title.number
    return cards[1:] if has_introduction else cards


def _heading_prompts(lines: Sequence[Line], title: Line | None) -> dict[int, str]:
    """The headings by their places; one that is no question follows the headings above it."""
    prompts: dict[int, str] = {}
    path: list[Line] = []
    for at, line in enumerate(lines):
        if not line.level:
            continue
        path = [*(heading for heading in path if heading.level < line.level), line]
        texts = [heading.text for heading in path if heading is line or heading is not title]
        prompts[at] = line.text if _asks(line.text) else " – ".join(texts)
    return prompts


def _questions_below(lines: Sequence[Line], *, any_alone: bool) -> Iterator[tuple[int, str]]:
    """The places and texts of bold lines below a heading, if at least one has a question mark.

    With `any_alone`, bold lines need no question mark if the file has at most one heading. Below a
    heading without bold questions, plain lines with question marks are questions; in a file with
    several headings, only if there are at least two of them.
    """
    headings = [at for at, line in enumerate(lines) if line.level]
    has_chapters = len(headings) > 1
    for start, end in pairwise([0, *headings, len(lines)]):
        bold = [(at, text) for at in range(start, end) if (text := _bold(lines[at]))]
        if (any_alone and bold and not has_chapters) or any(_asks(text) for _, text in bold):
            yield from bold
        elif any_alone and not _asks(lines[start].text if start < end else ""):
            asking = [*_lines_that_ask(lines, start, end)]
            yield from asking if len(asking) > has_chapters else ()


def _lines_that_ask(lines: Sequence[Line], start: int, end: int) -> Iterator[tuple[int, str]]:
    """Lines with a question mark at the end that begin a paragraph or an item of a list."""
    for at in range(start, end):
        line, item = lines[at], _LIST_SIGN.match(lines[at].text)
        begins = item or at == 0 or lines[at - 1].is_blank or lines[at - 1].level
        if begins and not line.is_code and not line.level and _asks(line.text):
            yield at, line.text[item.end() if item else 0 :]


def _bold(line: Line) -> str:
    """The text of a line that is all bold, else an empty one."""
    match = None if line.is_code or line.level else _BOLD.fullmatch(line.text)
    if match is None or match[1] in match[2]:
        return ""
    text: str = match[2].strip() + match[3]
    return text
