"""The graded rubric, point by point; the student can overrule each verdict."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tutor.bank import Language, RubricPoint, Verdict
from tutor.formatting import VERDICT_MARKS, number, percent
from tutor.grading import UNSURE_BELOW, WORTH, Grade, PointGrade
from tutor.progress import FollowedUp
from tutor.tui.keys import key
from tutor.tui.labels import STYLES, authored, one_line, verdict_mark, verdict_words
from tutor.tui.messages import PointOverruled, PointSelected
from tutor.tui.widgets.prose import Prose

_NEXT = {
    Verdict.MET: Verdict.PARTIAL,
    Verdict.PARTIAL: Verdict.MISSED,
    Verdict.MISSED: Verdict.MET,
}


GONE = "{} (no longer in the rubric)"


def next_verdict(point: PointGrade) -> Verdict | None:
    """The verdict after the one that counts; None if that is the grader's own."""
    after = _NEXT[point.final]
    return None if after is point.verdict else after


def second_words(answer: FollowedUp) -> str:
    """The verdict on the answer to a follow-up: `second answer: ✓ met 91 %, not counted`."""
    sure = ""
    if answer.confidence is not None:
        unsure = "unsure " if answer.confidence < UNSURE_BELOW else ""
        sure = f" {unsure}{percent(answer.confidence)}"
    return f"second answer: {VERDICT_MARKS[answer.verdict]} {answer.verdict}{sure}, not counted"


class PointRow(Horizontal):
    """One rubric point: its verdict and number, its text and what shows it, and its marks."""

    selected = reactive(False, toggle_class="-selected")

    def __init__(self, at: int, text: str, graded: PointGrade) -> None:
        super().__init__()
        self._at = at
        self._point = authored(text)
        self._graded = graded
        self._second: FollowedUp | None = None
        self._missing: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Three columns; the answer refers to the number in the first."""
        yield Static(classes="mark", markup=False)
        with Vertical(classes="point"):
            yield Prose(self._point, classes="text", markup=False)
            yield Prose(classes="detail", markup=False)
        yield Static(classes="marks", markup=False)

    def on_mount(self) -> None:
        self.show(self._graded)

    def show(self, graded: PointGrade) -> None:
        """Show the point with this verdict."""
        self._graded = graded
        for verdict in Verdict:
            self.set_class(graded.final is verdict, f"-{verdict.value}")
        self._update()

    def reword(self, text: str) -> None:
        """Replace the point's text."""
        self.query_one(".text", Prose).update(authored(text))

    def show_second(self, answer: FollowedUp) -> None:
        """Show the verdict on the answer to a follow-up below the first verdict."""
        self._second = answer
        self._update()

    def show_missing(self, terms: tuple[str, ...]) -> None:
        """Show the terms that the answer does not mention."""
        self._missing = terms
        self._update()

    def watch_selected(self) -> None:
        """Show or hide the pointer, for those who cannot see the colour."""
        if self.is_mounted:
            self._update()

    def _update(self) -> None:
        graded, pointer = self._graded, "›" if self.selected else " "
        self.query_one(".mark", Static).update(f"{pointer} {verdict_mark(graded)} {self._at}")
        earned = f"{number(graded.weight * WORTH[graded.final])} of {number(graded.weight)}"
        self.query_one(".marks", Static).update(f"{earned}\n{verdict_words(graded)}")
        lines = list(self._details())
        detail = self.query_one(".detail", Static)
        detail.update(Content("\n").join(lines))
        detail.display = bool(lines)

    def _details(self) -> Iterator[Content]:
        graded = self._graded
        if graded.overruled is not None:
            yield Content.styled(f"grader: {graded.verdict}", "dim")
        if self.selected and graded.evidence is not None:
            yield Content.assemble(("▏ ", "dim"), (one_line(graded.evidence.text), "italic"))
        if self.selected and self._missing and graded.final is not Verdict.MET:
            terms = ", ".join(map(one_line, self._missing))
            yield Content.styled(f"not mentioned: {terms}", "dim")
        if graded.unsure and graded.overruled is None:
            yield Content.styled("unsure: please check", "dim")
        if self._second is not None:
            yield Content.styled(second_words(self._second), STYLES[self._second.verdict])


class RubricList(Widget, can_focus=True):
    """All points of a rubric, one of which is selected and can be overruled."""

    HELP = """
    Every rubric point with its verdict and how sure the grader is. In your answer, its number is
    before the sentence that shows it.

    - `↑` `↓` or `j` `k` choose a point; its sentence is underlined
    - `space` gives it another verdict: met, partial, missed. Yours counts; both are kept.
    - `second answer: ✓ met` is the verdict on your answer to a follow-up; it changes no marks
    """
    DEFAULT_CSS = """
    RubricList {
        height: auto;
        layout: vertical;
        PointRow {
            height: auto;
            padding: 0 1 0 0;
            margin-bottom: 1;
            .mark { width: 7; }
            .point { width: 1fr; height: auto; }
            .text, .detail { height: auto; }
            .marks { width: 13; text-align: right; color: $text-muted; }
            &.-met .mark { color: $text-success; }
            &.-partial .mark { color: $text-warning; }
            &.-missed .mark { color: $text-error; }
        }
        PointRow.-selected .mark, PointRow.-selected .text { text-style: bold; }
        &:focus PointRow.-selected { background: $surface; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("up,k", "move(-1)", "Point above", id="rubric.up", show=False),
        key("down,j", "move(1)", "Point below", id="rubric.down", show=False),
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
        for at, graded in enumerate(self.grade.points, 1):
            yield PointRow(at, self._text(graded), graded)

    def _text(self, graded: PointGrade) -> str:
        point = self._points.get(graded.id)
        return GONE.format(graded.id) if point is None else point.point.to(self._language)

    @property
    def rows(self) -> tuple[PointRow, ...]:
        """The rows, in the rubric's order."""
        return tuple(self.query(PointRow))

    def on_mount(self) -> None:
        self._mark(self.selected)

    def show(self, grade: Grade) -> None:
        """Show the points with these verdicts."""
        self.grade = grade
        for row, graded in zip(self.rows, grade.points, strict=True):
            row.show(graded)

    def reword(self, points: tuple[RubricPoint, ...]) -> None:
        """Replace the texts of the points by those of `points`."""
        self._points = {point.id: point for point in points}
        for row, graded in zip(self.rows, self.grade.points, strict=True):
            row.reword(self._text(graded))

    def show_second(self, answer: FollowedUp) -> None:
        """Show the verdict on the answer to a follow-up."""
        for row, graded in zip(self.rows, self.grade.points, strict=True):
            if graded.id == answer.point:
                row.show_second(answer)

    def show_missing(self, terms: Mapping[str, tuple[str, ...]]) -> None:
        """Show the terms that the answer does not mention, by point id."""
        for row, graded in zip(self.rows, self.grade.points, strict=True):
            row.show_missing(terms.get(graded.id, ()))

    def watch_selected(self, selected: int) -> None:
        """Mark the selected row and bring it into view."""
        self._mark(selected)
        self.rows[selected].scroll_visible(animate=False)

    def _mark(self, selected: int) -> None:
        for index, row in enumerate(self.rows):
            row.selected = index == selected
        self.post_message(PointSelected(selected + 1))

    def action_move(self, step: int) -> None:
        """Select the next or previous point; beyond the last or first, the page scrolls."""
        moved = self.selected + step
        if not 0 <= moved < len(self.grade.points):
            raise SkipAction
        self.selected = moved

    def on_click(self, event: Click) -> None:
        """Select the point that was clicked."""
        clicked = event.widget.ancestors_with_self if event.widget is not None else ()
        for index, row in enumerate(self.rows):
            if row in clicked:
                self.selected = index

    def overrule(self) -> None:
        """Bring the selected point into view and give it the next verdict."""
        self.rows[self.selected].scroll_visible(animate=False)
        point = self.grade.points[self.selected]
        self.post_message(PointOverruled(point.id, next_verdict(point)))
