"""The student's answer with the sentences marked that show rubric points."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.reactive import reactive
from textual.widgets import Static

from tutor.grading import Grade
from tutor.tui.evidence import find_evidence, mark_evidence
from tutor.tui.widgets.prose import broken


class MarkedAnswer(VerticalScroll):
    """An answer that marks the sentence for the selected point and keeps it in view."""

    HELP = """
    What you wrote. `[1,3]` is before the sentence that shows points 1 and 3; the sentence for the
    selected point is underlined and marked `▸1,3◂`.

    - `↑` `↓` scroll a long answer, `tab` goes back to the points
    """
    DEFAULT_CSS = """
    MarkedAnswer {
        scrollbar-size-vertical: 1;
        Static { height: auto; }
        .title { text-style: bold; }
        &:focus { background: $surface; }
    }
    """

    selected: reactive[int | None] = reactive[int | None](None, init=False)
    """The number of the selected point, from 1."""

    def __init__(self, answer: str, grade: Grade, *, id: str) -> None:
        super().__init__(id=id)
        self._text = answer.strip()
        self._shown = find_evidence(self._text, grade)
        self._content = Content()
        self._title = Static("Your answer", classes="title", markup=False)
        self._words = Static(id="words", markup=False)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._words

    def on_mount(self) -> None:
        self.watch_selected()

    def show(self, grade: Grade) -> None:
        """Mark the sentences that show points according to this grade."""
        self._shown = find_evidence(self._text, grade)
        self.watch_selected()

    def watch_selected(self) -> None:
        """Mark the selected point's sentence and bring it into view."""
        self._draw()
        self.call_after_refresh(self._scroll_to_sentence)

    def _draw(self) -> None:
        text = mark_evidence(self._text, self._shown, self.selected) if self._text else Content("–")
        self._content = broken(text, self._words.size.width)
        self._words.update(self._content)

    def on_resize(self) -> None:
        """Break the lines for the new width."""
        self.call_after_refresh(self._draw)
        self.call_after_refresh(self._scroll_to_sentence)

    def _scroll_to_sentence(self) -> None:
        chosen = [span for span in self._content.spans if span.style != "dim"]
        if not chosen:
            return
        first, last = self._row(chosen[0].end), self._row(chosen[-1].end)
        height = min(last - first + 1, self.size.height)
        region = Region(0, self._words.virtual_region.y + first, 1, height)
        self.scroll_to_region(region, animate=False)

    def _row(self, end: int) -> int:
        """The row, from 0, of the character before `end`."""
        return self._content[:end].get_height({}, max(1, self._words.size.width)) - 1
