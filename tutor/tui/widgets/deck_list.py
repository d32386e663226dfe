"""The list of what can be started: the unfinished session, due questions, each deck."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content

from tutor.formatting import percent
from tutor.study.statistics import Mastery
from tutor.tui.keys import key
from tutor.tui.labels import MUTED, fit
from tutor.tui.widgets.row_list import BLANK, Row, RowList

SIGNS = "█▒░"
"""The shades for known, shaky and new questions, in bars and headings."""
BAR, WITH_LEGEND = 12, 15
"""The cells of a bar, and of one with a legend above it."""
_ROOMY = 60
"""The width in cells from which figures are shown in full, however short the title becomes."""
_LEAST_TITLE = 16
"""The cells that the title keeps, whatever columns are shown."""
_MOST_TITLE = 40
"""The cells that long titles keep before the numbers of known and shaky questions are shown."""


@dataclass(frozen=True, slots=True)
class StartRow:
    """Something other than a deck that can be started or continued."""

    id: str
    title: str
    figures: str
    short: str
    """The figures for a narrow list."""


@dataclass(frozen=True, slots=True)
class DeckRow:
    """A deck, and how well it is known."""

    title: str
    languages: str
    mastery: Mastery
    due: int | None
    """None until it is known."""


def known_bar(row: Mastery, width: int) -> str:
    """A bar of known, shaky and new questions, `███▒▒░░░░░░░`; each has a cell unless it is 0."""
    counts = (row.known, row.shaky, row.new)
    cells = [max(1, round(n * width / row.questions)) if n else 0 for n in counts]
    while sum(cells) > width:
        cells[cells.index(max(cells))] -= 1
    while sum(cells) < width and row.questions:
        cells[cells.index(max(cells))] += 1
    return "".join(sign * n for sign, n in zip(SIGNS, cells, strict=True))


def start_line(row: StartRow, width: int) -> Content:
    """Title and figures; a narrow list has short figures, and then a cut title."""
    needed = cell_len(row.title) + cell_len(row.figures) + 2
    figures = row.figures if needed <= width or width >= _ROOMY else row.short
    return Content.assemble((fit(row.title, width - cell_len(figures) - 2), "bold"), "  ", figures)


_KNOWN, _SHAKY, _NEW = f"{SIGNS[0]} known", f"{SIGNS[1]} shaky", f"{SIGNS[2]} new"
_STYLES = {"languages": MUTED, "bar": "$text-accent"}


@dataclass(frozen=True, slots=True)
class DeckColumns:
    """Decks or topics, with as many columns as fit next to their titles."""

    longest: int = 0
    """The cells of the longest title.

    It has to fit before the languages are shown, and up to `_MOST_TITLE` cells of it before the
    known and shaky questions are.
    """
    names: tuple[str, ...] = ("due", "new", "bar", "answered", "languages")
    """The columns to the right of the title, the most important first."""

    def widths(self, width: int) -> dict[str, int]:
        """The cells of each column that fits, with the gap before it, in the order of the row."""
        least = {"answered": min(self.longest, _MOST_TITLE), "languages": self.longest}
        shown: list[str] = []
        for name in self.names:
            rest = width - sum(_widths((*shown, name)).values())
            if rest < max(_LEAST_TITLE, least.get(name, 0)):
                break
            shown.append(name)
        return _widths(shown)

    def heading(self, title: str, width: int) -> Content:
        """The headings of the columns; the bar's is a legend if the numbers do not fit."""
        widths = self.widths(width)
        headings = {
            "languages": "",
            "due": "due",
            "answered": f"{_KNOWN:>9}{_SHAKY:>9}",
            "new": _NEW,
            "bar": "" if "answered" in widths else f"{_KNOWN} {_SHAKY}",
            "mastery": "mastery",
        }
        cells = "".join(headings[name].rjust(room) for name, room in widths.items())
        return Content(fit(title, width - cell_len(cells)) + cells)

    def line(self, row: DeckRow, width: int) -> Content:
        """A deck's row: its title, cut if necessary, and the columns that fit."""
        mastery, widths = row.mastery, self.widths(width)
        values = {
            "languages": f"  {fit(row.languages, widths.get('languages', 2) - 2)}",
            "due": "" if row.due is None else str(row.due or "–"),
            "answered": f"{mastery.known or '–':>9}{mastery.shaky or '–':>9}",
            "new": str(mastery.new or "–"),
            "bar": known_bar(mastery, widths.get("bar", 2) - 2),
            "mastery": percent(mastery.share) if mastery.answered else "–",
        }
        cells = [(values[name].rjust(room), _STYLES.get(name, "")) for name, room in widths.items()]
        title = fit(row.title, width - sum(widths.values()))
        return Content.assemble(title, *cells)

    def cut_title(self, title: str, width: int) -> str:
        """The title if it is cut in its row, else nothing."""
        is_cut = cell_len(title) > width - sum(self.widths(width).values())
        return fit(title, width) if is_cut else ""


def _widths(columns: Collection[str]) -> dict[str, int]:
    """The cells of these columns, each with the gap before it, in the order of the row."""
    bar = BAR if "answered" in columns else WITH_LEGEND
    widths = {"languages": 12, "due": 5, "answered": 18, "new": 7, "bar": 2 + bar, "mastery": 9}
    return {name: width for name, width in widths.items() if name in columns}


class DeckList(RowList):
    """What can be started; a deck's row has the deck's id."""

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
        """The titles of the decks by id."""

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
        columns = DeckColumns(max(map(cell_len, self._deck_titles.values()), default=0))
        if decks:
            yield from [BLANK] * airy
            yield Row(partial(columns.heading, "Decks"))
        for deck in decks:
            yield Row(partial(columns.line, deck), deck.mastery.name)
        if airy:  # otherwise a blank line, so that nothing moves
            yield Row(lambda width: columns.cut_title(self._chosen_title, width))

    @property
    def _chosen_title(self) -> str:
        """The title of the chosen deck while the list has the focus."""
        return self._deck_titles.get(self.chosen_id or "", "") if self.has_focus else ""
