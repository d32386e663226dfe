"""What can be started, as a list: what is unfinished, all that is due, each deck."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from tutor.study.statistics import Mastery
from tutor.tui.keys import key
from tutor.tui.labels import MUTED, fit
from tutor.tui.widgets.row_list import BLANK, Row, RowList

SIGNS = "█▒░"
"""Known, shaky and new, in bars and above the columns of their numbers."""
BAR = 12
_ROOMY = 60
"""From so many cells on, figures are shown in full, however short the title becomes."""
_LEAST_TITLE = 16
"""The cells that a title keeps if a column is to have room."""


@dataclass(frozen=True, slots=True)
class StartRow:
    """Something to start or to continue that is no deck."""

    id: str
    title: str
    figures: str
    short: str
    """The figures where room is short."""


@dataclass(frozen=True, slots=True)
class DeckRow:
    """A deck, and how many of its questions are what."""

    title: str
    languages: str
    mastery: Mastery
    due: int | None
    """None as long as it is not known."""


def known_bar(row: Mastery, width: int) -> str:
    """Known, shaky and new as shades of one bar: `███▒▒░░░░░░░`; what is not zero has a cell."""
    counts = (row.known, row.shaky, row.new)
    cells = [0 if not n else max(1, round(n * width / row.questions)) for n in counts]
    while sum(cells) > width:
        cells[cells.index(max(cells))] -= 1
    while sum(cells) < width and row.questions:
        cells[cells.index(max(cells))] += 1
    return "".join(sign * n for sign, n in zip(SIGNS, cells, strict=True))


def start_line(row: StartRow, width: int) -> Content:
    """Title and figures; where room is short the figures become fewer, then the title is cut."""
    whole = cell_len(row.title) + cell_len(row.figures) + 2
    figures = row.figures if whole <= width or width >= _ROOMY else row.short
    return Content.assemble((fit(row.title, width - cell_len(figures) - 2), "bold"), "  ", figures)


COLUMNS = ("due", "new", "known", "shaky", "bar", "languages")
"""The columns right of the title, those that go last where room is short first."""


def columns_for(width: int, wanted: Sequence[str] = COLUMNS, longest: int = 0) -> tuple[str, ...]:
    """Which of the columns have room right of the title, in so many cells.

    The languages have none unless the `longest` title is shown in full.
    """
    shown: list[str] = []
    for name in wanted:
        left = width - sum(_WIDTHS[each] for each in (*shown, name))
        if left < (max(_LEAST_TITLE, longest) if name == "languages" else _LEAST_TITLE):
            break
        shown.append(name)
    return tuple(name for name in _WIDTHS if name in shown)


_WIDTHS = {"languages": 12, "due": 5, "known": 9, "shaky": 9, "new": 7, "bar": BAR + 2}
_HEADINGS = {
    "languages": "",
    "due": "due",
    "known": f"{SIGNS[0]} known",
    "shaky": f"{SIGNS[1]} shaky",
    "new": f"{SIGNS[2]} new",
    "bar": "",
}


def heading_line(
    title: str, width: int, wanted: Sequence[str] = COLUMNS, *, longest: int = 0
) -> Content:
    """The names of the columns for which there is room."""
    shown = columns_for(width, wanted, longest)
    cells = "".join(_cell(name, _HEADINGS[name]) for name in shown)
    return Content(fit(title, width - cell_len(cells)) + cells)


def deck_line(
    row: DeckRow, width: int, wanted: Sequence[str] = COLUMNS, *, longest: int = 0
) -> Content:
    """A deck; where room is short the last columns give way, then the title."""
    known = row.mastery
    values = {
        "languages": row.languages,
        "due": "" if row.due is None else str(row.due or "–"),
        "known": str(known.known or "–"),
        "shaky": str(known.shaky or "–"),
        "new": str(known.new or "–"),
        "bar": known_bar(known, BAR),
    }
    shown = columns_for(width, wanted, longest)
    cells = [(_cell(name, values[name]), _STYLES.get(name, "")) for name in shown]
    title = fit(row.title, width - sum(cell_len(text) for text, _ in cells))
    return Content.assemble(title, *cells)


_STYLES = {"languages": MUTED, "bar": "$text-accent"}


def _cell(name: str, text: str) -> str:
    width = _WIDTHS[name]
    return f"  {fit(text, width - 2)}" if name == "languages" else text.rjust(width)


class DeckList(RowList):
    """Rows to choose from; the ids of decks are their own."""

    HELP = """
    `↑` `↓` choose, `Enter` starts or continues. `Due and new` asks what you are about to forget,
    then new questions. In a deck drafts come first, then new questions, then what went worst.
    `known`: last answered well (75 % of the marks or more) and still remembered; `shaky`: answered,
    but not known; `new`: never answered.
    """
    BINDINGS: ClassVar[list[BindingType]] = [key("enter", "open", "Start", id="today.start")]

    def show_decks(
        self,
        starts: Sequence[StartRow],
        decks: Sequence[DeckRow],
        chosen: str | None,
        *,
        airy: bool = True,
    ) -> None:
        """Show what to start and the decks; `airy` with a blank line between them."""
        self.show_rows(tuple(_rows(starts, decks, airy=airy)), chosen)


def _rows(starts: Sequence[StartRow], decks: Sequence[DeckRow], *, airy: bool) -> Iterator[Row]:
    for start in starts:
        yield Row(partial(start_line, start), start.id)
    longest = max((cell_len(deck.title) for deck in decks), default=0)
    if decks:
        yield from [BLANK] * airy
        yield Row(partial(heading_line, "Decks", longest=longest))
    for deck in decks:
        yield Row(partial(deck_line, deck, longest=longest), deck.mastery.name)
