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
BAR, WITH_LEGEND = 12, 15
"""Cells of a bar, and of one that has what its shades mean above it."""
_ROOMY = 60
"""From so many cells on, figures are shown in full, however short the title becomes."""
_LEAST_TITLE = 16
"""The cells that a title keeps if a column is to have room."""
_MOST_TITLE = 40
"""The cells that titles keep, if they need them, before the bar's numbers have room."""


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


COLUMNS = ("due", "new", "bar", "answered", "languages")
"""The columns right of the title, those that go last where room is short first."""


def columns_for(width: int, wanted: Sequence[str] = COLUMNS, longest: int = 0) -> tuple[str, ...]:
    """Which of the columns have room right of the title, in so many cells.

    How many are known and shaky has none before most titles are shown in full, the languages none
    before the `longest` is.
    """
    needed = {"answered": min(longest, _MOST_TITLE), "languages": longest}
    shown: list[str] = []
    for name in wanted:
        left = width - sum(_widths((*shown, name)).values())
        if left < max(_LEAST_TITLE, needed.get(name, 0)):
            break
        shown.append(name)
    return tuple(_widths(shown))


def _widths(columns: Sequence[str]) -> dict[str, int]:
    """The cells of each of these columns, with the gap before it."""
    bar = BAR if "answered" in columns else WITH_LEGEND
    widths = {"languages": 12, "due": 5, "answered": 18, "new": 7, "bar": 2 + bar}
    return {name: width for name, width in widths.items() if name in columns}


_KNOWN, _SHAKY, _NEW = f"{SIGNS[0]} known", f"{SIGNS[1]} shaky", f"{SIGNS[2]} new"


def _headings(columns: Sequence[str]) -> dict[str, str]:
    """The names of columns; the bar has the signs of the numbers that are not shown."""
    return {
        "languages": "",
        "due": "due",
        "answered": _numbers(_KNOWN, _SHAKY),
        "new": _NEW,
        "bar": "" if "answered" in columns else f"{_KNOWN} {_SHAKY}",
    }


def _numbers(known: str, shaky: str) -> str:
    return f"{known:>9}{shaky:>9}"


def heading_line(
    title: str, width: int, wanted: Sequence[str] = COLUMNS, *, longest: int = 0
) -> Content:
    """The names of the columns for which there is room."""
    shown = columns_for(width, wanted, longest)
    headings = _headings(shown)
    cells = "".join(_cell(name, headings[name], room) for name, room in _widths(shown).items())
    return Content(fit(title, width - cell_len(cells)) + cells)


def deck_line(
    row: DeckRow, width: int, wanted: Sequence[str] = COLUMNS, *, longest: int = 0
) -> Content:
    """A deck; where room is short the last columns give way, then the title."""
    known, widths = row.mastery, _widths(columns_for(width, wanted, longest))
    values = {
        "languages": row.languages,
        "due": "" if row.due is None else str(row.due or "–"),
        "answered": _numbers(str(known.known or "–"), str(known.shaky or "–")),
        "new": str(known.new or "–"),
        "bar": known_bar(known, widths.get("bar", 2) - 2),
    }
    cells = [
        (_cell(name, values[name], room), _STYLES.get(name, "")) for name, room in widths.items()
    ]
    title = fit(row.title, width - sum(cell_len(text) for text, _ in cells))
    return Content.assemble(title, *cells)


def is_cut(title: str, width: int, wanted: Sequence[str] = COLUMNS, *, longest: int = 0) -> bool:
    """Whether a deck's title is not whole in its row."""
    shown = columns_for(width, wanted, longest)
    return cell_len(title) > width - sum(_widths(shown).values())


_STYLES = {"languages": MUTED, "bar": "$text-accent"}


def _cell(name: str, text: str, width: int) -> str:
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

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._deck_titles: dict[str, str] = {}
        """Of the decks that are listed, by their ids."""

    def show_decks(
        self,
        starts: Sequence[StartRow],
        decks: Sequence[DeckRow],
        chosen: str | None,
        *,
        airy: bool = True,
    ) -> None:
        """Show what to start and the decks; `airy` with a blank line between them."""
        self._deck_titles = {deck.mastery.name: deck.title for deck in decks}
        self.show_rows(tuple(self._all_rows(starts, decks, airy=airy)), chosen)

    def _all_rows(
        self, starts: Sequence[StartRow], decks: Sequence[DeckRow], *, airy: bool
    ) -> Iterator[Row]:
        for start in starts:
            yield Row(partial(start_line, start), start.id)
        longest = max(map(cell_len, self._deck_titles.values()), default=0)
        if decks:
            yield from [BLANK] * airy
            yield Row(partial(heading_line, "Decks", longest=longest))
        for deck in decks:
            yield Row(partial(deck_line, deck, longest=longest), deck.mastery.name)
        if airy:  # in a blank line, so that nothing moves
            yield Row(partial(self._whole_title, longest))

    def _whole_title(self, longest: int, width: int) -> str:
        """The title of the chosen deck, if it is cut above."""
        title = self._deck_titles.get(self.chosen_id or "", "") if self.has_focus else ""
        return fit(title, width) if is_cut(title, width, longest=longest) else ""
