"""The rubric as it was judged, point by point, with a verdict that the student may overrule."""

from typing import ClassVar

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tutor.bank import Language, RubricPoint, Verdict
from tutor.formatting import number, percent
from tutor.grading import UNSURE_BELOW, WORTH, Grade, PointGrade
from tutor.progress import FollowedUp
from tutor.tui.evidence import point_mark
from tutor.tui.keys import key
from tutor.tui.labels import MARKS, WORDS, clean, verdict_words
from tutor.tui.messages import PointOverruled, PointSelected

_NEXT = {
    Verdict.MET: Verdict.PARTIAL,
    Verdict.PARTIAL: Verdict.MISSED,
    Verdict.MISSED: Verdict.MET,
}


_COLOURS = {
    Verdict.MET: "$text-success",
    Verdict.PARTIAL: "$text-warning",
    Verdict.MISSED: "$text-error",
}


def next_verdict(point: PointGrade) -> Verdict | None:
    """The verdict after the one that counts; None where that is the grader's own again."""
    after = _NEXT[point.final]
    return None if after is point.verdict else after


def second_words(answer: FollowedUp) -> str:
    """The verdict on a second answer: `then ✓ met 91 %`."""
    told = f"then {MARKS[answer.verdict]} {WORDS[answer.verdict]}"
    if answer.confidence is None:
        return told
    unsure = "\n  unsure" if answer.confidence < UNSURE_BELOW else ""
    return f"{told}{unsure} {percent(answer.confidence)}"


class PointRow(Horizontal):
    """One rubric point: number and verdict on the left, the point on the right."""

    selected = reactive(False, toggle_class="-selected")

    def __init__(self, at: int, point: RubricPoint, graded: PointGrade, language: Language) -> None:
        super().__init__()
        self._at = at
        self._text = clean(point.point.to(language))
        self._graded = graded
        self._second: FollowedUp | None = None

    def compose(self) -> ComposeResult:
        """Three columns: the number, as it stands in the answer, verdict, point."""
        yield Static(point_mark((self._at,)), classes="number", markup=False)
        yield Static("", classes="verdict", markup=False)
        yield Static(self._text, classes="point", markup=False)

    def on_mount(self) -> None:
        """Show the verdict."""
        self.show(self._graded)

    def show(self, graded: PointGrade) -> None:
        """Show the point with this verdict."""
        self._graded = graded
        for verdict in Verdict:
            self.set_class(graded.final is verdict, f"-{verdict.value}")
        self.query_one(".verdict", Static).update(self._verdict())

    def show_second(self, answer: FollowedUp) -> None:
        """Show what came of a second answer, beside the first verdict."""
        self._second = answer
        self.query_one(".verdict", Static).update(self._verdict())

    def watch_selected(self, selected: bool) -> None:
        """Point at the selected row with a mark as well, not with colour alone."""
        for shown in self.query(".number").results(Static):
            shown.update(point_mark((self._at,), selected=selected))

    def _verdict(self) -> Content:
        graded = self._graded
        earned = f"{number(graded.weight * WORTH[graded.final])} of {number(graded.weight)}"
        told = Content(f"{verdict_words(graded)}\n  {earned}")
        if self._second is None:
            return told
        second = Content.styled(second_words(self._second), _COLOURS[self._second.verdict])
        return told + "\n  " + second


class RubricList(Widget, can_focus=True):
    """All points of a rubric; one of them is selected and can be overruled."""

    HELP = """
    Every point with its verdict and how sure the grader is. Its number stands in your answer
    too, before the sentence that shows it.

    - `↑` `↓` choose a point; its sentence is underlined
    - `space` gives it another verdict: met, partly, missed. Yours counts; both are kept.
    - `then ✓ met` tells what came of a second answer about that point
    """
    DEFAULT_CSS = """
    RubricList {
        height: auto;
        layout: vertical;
        PointRow {
            height: auto;
            padding: 0 1 0 0;
            .number { width: 5; }
            .verdict { width: 19; }
            .point { width: 1fr; }
            &.-met .verdict { color: $text-success; }
            &.-partial .verdict { color: $text-warning; }
            &.-missed .verdict { color: $text-error; }
        }
        &.-measured .verdict { width: 24; }
        PointRow.-selected .number { text-style: bold; }
        &:focus PointRow.-selected { background: $boost; }
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
        self.set_class(any(point.confidence is not None for point in grade.points), "-measured")

    def compose(self) -> ComposeResult:
        """One row a point."""
        for at, graded in enumerate(self.grade.points, 1):
            yield PointRow(at, self._points[graded.id], graded, self._language)

    @property
    def rows(self) -> tuple[PointRow, ...]:
        """The rows, in the rubric's order."""
        return tuple(self.query(PointRow))

    def on_mount(self) -> None:
        """Select the first point."""
        self._mark(self.selected)

    def show(self, grade: Grade) -> None:
        """Show the points with these verdicts."""
        self.grade = grade
        for row, graded in zip(self.rows, grade.points, strict=True):
            row.show(graded)

    def show_second(self, answer: FollowedUp) -> None:
        """Show a second answer about one of the points."""
        for row, graded in zip(self.rows, self.grade.points, strict=True):
            if graded.id == answer.point:
                row.show_second(answer)

    def watch_selected(self, selected: int) -> None:
        """Mark the selected row and bring it into view."""
        self._mark(selected)
        self.rows[selected].scroll_visible(animate=False)

    def _mark(self, selected: int) -> None:
        for index, row in enumerate(self.rows):
            row.selected = index == selected
        self.post_message(PointSelected(selected + 1))

    def action_move(self, step: int) -> None:
        """Select the next or the previous point; beyond the last the page scrolls on."""
        moved = self.selected + step
        if not 0 <= moved < len(self.grade.points):
            raise SkipAction
        self.selected = moved

    def on_click(self, event: Click) -> None:
        """Select the point that is clicked on."""
        clicked = event.widget.ancestors_with_self if event.widget is not None else ()
        for index, row in enumerate(self.rows):
            if row in clicked:
                self.selected = index

    def overrule(self) -> None:
        """Give the selected point the next verdict."""
        point = self.grade.points[self.selected]
        self.post_message(PointOverruled(point.id, next_verdict(point)))
