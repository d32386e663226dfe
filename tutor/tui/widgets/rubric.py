"""The rubric as it was judged, point by point, with a verdict that the student may overrule."""

from typing import ClassVar

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tutor.bank import Language, RubricPoint, Verdict
from tutor.grading import WORTH, Grade, PointGrade
from tutor.tui.keys import key
from tutor.tui.messages import PointOverruled
from tutor.tui.text import clean, number, one_line, verdict_words

_NEXT = {
    Verdict.MET: Verdict.PARTIAL,
    Verdict.PARTIAL: Verdict.MISSED,
    Verdict.MISSED: Verdict.MET,
}


def next_verdict(point: PointGrade) -> Verdict | None:
    """The verdict after the one that counts; None where that is the grader's own again."""
    after = _NEXT[point.final]
    return None if after is point.verdict else after


class PointRow(Horizontal):
    """One rubric point: the verdict on the left, the point and its evidence on the right."""

    selected = reactive(False, toggle_class="-selected")

    def __init__(self, point: RubricPoint, graded: PointGrade, language: Language) -> None:
        super().__init__()
        self._text = clean(point.point.to(language))
        self._graded = graded

    def compose(self) -> ComposeResult:
        """Three columns: pointer, verdict, text."""
        yield Static(" ", classes="pointer", markup=False)
        yield Static("", classes="verdict", markup=False)
        yield Static("", classes="point", markup=False)

    def on_mount(self) -> None:
        """Show the point."""
        self.show(self._graded)

    def show(self, graded: PointGrade) -> None:
        """Show the point with this verdict."""
        self._graded = graded
        for verdict in Verdict:
            self.set_class(graded.final is verdict, f"-{verdict.value}")
        self.query_one(".verdict", Static).update(self._verdict())
        self.query_one(".point", Static).update(self._point())

    def watch_selected(self, selected: bool) -> None:
        """Point at the selected row with a mark as well, not with colour alone."""
        for pointer in self.query(".pointer").results(Static):
            pointer.update("▸" if selected else " ")

    def _verdict(self) -> Content:
        graded = self._graded
        earned = f"{number(graded.weight * WORTH[graded.final])} of {number(graded.weight)}"
        return Content(f"{verdict_words(graded)}\n  {earned}")

    def _point(self) -> Content:
        evidence = self._graded.evidence
        if evidence is None:
            return Content(self._text)
        told = f"\nsentence {evidence.sentence}: {one_line(evidence.text)}"
        return Content.assemble(self._text, (told, "dim"))


class RubricList(Widget, can_focus=True):
    """All points of a rubric; one of them is selected and can be overruled."""

    HELP = """
    Every point with its verdict, how sure the grader is, and the sentence that shows it.

    - `↑` `↓` choose a point
    - `space` gives it another verdict: met, partly, missed. Yours counts; both are kept.
    """
    DEFAULT_CSS = """
    RubricList {
        height: auto;
        layout: vertical;
        PointRow {
            height: auto;
            padding: 0 1 0 0;
            .pointer { width: 2; }
            .verdict { width: 26; }
            .point { width: 1fr; }
            &.-met .verdict { color: $text-success; }
            &.-partial .verdict { color: $text-warning; }
            &.-missed .verdict { color: $text-error; }
        }
        &:focus PointRow.-selected { background: $boost; .pointer { text-style: bold; } }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("up", "move(-1)", "Point above", id="rubric.up", show=False),
        key("down", "move(1)", "Point below", id="rubric.down", show=False),
    ]

    selected = reactive(0, init=False)

    def __init__(
        self,
        points: tuple[RubricPoint, ...],
        grade: Grade,
        language: Language,
        *,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self._points = {point.id: point for point in points}
        self._language = language
        self.grade = grade

    def compose(self) -> ComposeResult:
        """One row a point."""
        for graded in self.grade.points:
            yield PointRow(self._points[graded.id], graded, self._language)

    @property
    def rows(self) -> tuple[PointRow, ...]:
        """The rows, in the rubric's order."""
        return tuple(self.query(PointRow))

    def on_mount(self) -> None:
        """Select the first point."""
        self.rows[self.selected].selected = True

    def show(self, grade: Grade) -> None:
        """Show the points with these verdicts."""
        self.grade = grade
        for row, graded in zip(self.rows, grade.points, strict=True):
            row.show(graded)

    def watch_selected(self, selected: int) -> None:
        """Mark the selected row and bring it into view."""
        for index, row in enumerate(self.rows):
            row.selected = index == selected
            if row.selected:
                row.scroll_visible(animate=False)

    def action_move(self, step: int) -> None:
        """Select the next or the previous point; beyond the last the page scrolls on."""
        moved = self.selected + step
        if not 0 <= moved < len(self.grade.points):
            raise SkipAction
        self.selected = moved

    def overrule(self) -> None:
        """Give the selected point the next verdict."""
        point = self.grade.points[self.selected]
        self.post_message(PointOverruled(point.id, next_verdict(point)))
