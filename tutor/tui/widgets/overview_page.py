"""The first page of Progress: where the student stands, at a glance."""

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.study.overview import Overview, overview_lines, tiles
from tutor.tui.charts import ahead_chart, recent_chart, tile_rows
from tutor.tui.labels import MUTED
from tutor.tui.widgets.mastery_list import MasteryList

LOW, HIGH = 3, 8
"""The rows of a chart on a low page and on a high one."""
_HIGH_PAGE = 26
"""The rows from which a page is high."""
_BESIDE = 68
"""The width in cells from which the charts are side by side."""


class OverviewPage(VerticalScroll, can_focus=False):
    """Figures, charts of the last and the next days, and the weakest topics, which Enter asks."""

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
        self._overview: Overview | None = None
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

    def show(self, overview: Overview) -> None:
        """Show these figures."""
        self._overview = overview
        self._words.update(Content("\n".join(overview_lines(overview))))
        self.weakest.show_topics(overview.weakest)
        self._lay_out()

    def on_resize(self) -> None:
        """Fit figures and charts to the new size."""
        self._lay_out()

    def _lay_out(self) -> None:
        overview = self._overview
        if overview is None:
            return
        width = self.scrollable_content_region.width or self.app.size.width - 6
        self._tiles.update(tile_rows(tiles(overview), width))
        rows = HIGH if self.size.height >= _HIGH_PAGE else LOW
        last = Content.styled("Answers, last 7 days\n", MUTED)
        self._recent.update(last + recent_chart(overview.agenda.week, rows))
        coming = Content.styled("Due, next 14 days\n", MUTED)
        self._ahead.update(coming + ahead_chart(overview.ahead, overview.today, rows))
        self.set_class(width < _BESIDE, "-stacked")
