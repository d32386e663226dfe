"""The first page of Progress: where the student stands, in one look."""

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.study.overview import Overview, overview_lines, tiles
from tutor.tui.charts import ahead_chart, recent_chart, tile_rows
from tutor.tui.labels import MUTED
from tutor.tui.widgets.mastery_list import MasteryList

LOW, HIGH = 3, 8
"""The most rows of a column, with little room and with much."""
_MUCH = 26
_BESIDE = 68
"""From so many cells on, the charts stand side by side."""


class OverviewPage(VerticalScroll, can_focus=False):
    """Figures, the last and the next days, and the weakest topics, which Enter asks."""

    DEFAULT_CSS = """
    OverviewPage {
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        Static { height: auto; }
        #tiles, #words, #charts { margin-bottom: 1; }
        #charts { height: auto; }
        #recent { width: auto; margin-right: 4; }
        #ahead-chart { width: auto; }
        &.-stacked #charts { layout: vertical; }
        &.-stacked #recent { margin-bottom: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._found: Overview | None = None
        self._tiles = Static(id="tiles", markup=False)
        self._words = Static(id="words", markup=False)
        self._recent = Static(id="recent", markup=False)
        self._ahead = Static(id="ahead-chart", markup=False)
        self.weakest = MasteryList(id="weakest")

    def compose(self) -> ComposeResult:
        """The figures first, what can be chosen last."""
        yield self._tiles
        yield self._words
        with Horizontal(id="charts"):
            yield self._recent
            yield self._ahead
        yield self.weakest

    def show(self, found: Overview) -> None:
        """Show these figures."""
        self._found = found
        self._words.update(Content("\n".join(overview_lines(found))))
        self.weakest.show_topics(found.weakest)
        self._lay_out()

    def on_resize(self) -> None:
        """Put as many figures side by side as there is room for."""
        self._lay_out()

    def _lay_out(self) -> None:
        found = self._found
        if found is None:
            return
        width = self.scrollable_content_region.width or self.app.size.width - 6
        height = self.size.height
        self._tiles.update(tile_rows(tiles(found), width))
        high = HIGH if height >= _MUCH else LOW
        last = Content.styled("Answers, last 7 days\n", MUTED)
        self._recent.update(last + recent_chart(found.recent, high))
        coming = Content.styled("Due, next 14 days\n", MUTED)
        self._ahead.update(coming + ahead_chart(found.ahead, found.today, high))
        self.set_class(width < _BESIDE, "-stacked")
