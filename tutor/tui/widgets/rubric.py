"""The graded rubric, point by point; the student can overrule each verdict."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from tutor.tui.messages import PointSelected
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

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._mark = Static(classes="mark", markup=False)
        self._text = Prose(classes="text", markup=False)
        self._detail = Prose(classes="detail", markup=False)
        self._marks = Static(classes="marks", markup=False)

    def compose(self) -> ComposeResult:
        """Three columns; the answer refers to the number in the first."""
        yield self._mark
        yield Vertical(self._text, self._detail, classes="point")
        yield self._marks

    def show(
        self, text: str, graded: PointGrade, details: Sequence[Content], *, selected: bool
    ) -> None:
        """Show the point with its verdict; a pointer is for those who cannot see the colour."""
        self.set_class(selected, "-selected")
        for verdict in Verdict:
            self.set_class(graded.final is verdict, f"-{verdict.value}")
        self._mark.update(f"{'›' if selected else ' '} {verdict_mark(graded)} {self._number}")
        self._text.update(text)
        self._detail.update(Content("\n").join(details))
        self._detail.display = bool(details)
        earned = f"{number(graded.weight * WORTH[graded.final])} of {number(graded.weight)}"
        self._marks.update(f"{earned}\n{verdict_words(graded)}")


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
        self, points: Iterable[RubricPoint], grade: Grade, language: Language, *, id: str
    ) -> None:
        super().__init__(id=id)
        self._points = {point.id: point for point in points}
        self._language = language
        self._seconds: dict[str, FollowedUp] = {}
        """The answers to follow-ups, by point id."""
        self._missing: Mapping[str, tuple[str, ...]] = {}
        """The terms that the answer does not mention, by point id."""
        self.grade = grade
        self.rows = tuple(PointRow(number) for number, _ in enumerate(grade.points, 1))

    def compose(self) -> ComposeResult:
        yield from self.rows

    def on_mount(self) -> None:
        self._draw()
        self.post_message(PointSelected(self.selected + 1))

    def show(self, grade: Grade) -> None:
        """Show the points with these verdicts."""
        self.grade = grade
        self._draw()

    def reword(self, points: Iterable[RubricPoint]) -> None:
        """Replace the texts of the points by those of `points`."""
        self._points = {point.id: point for point in points}
        self._draw()

    def show_second(self, answer: FollowedUp) -> None:
        """Show the verdict on the answer to a follow-up."""
        self._seconds[answer.point] = answer
        self._draw()

    def show_missing(self, terms: Mapping[str, tuple[str, ...]]) -> None:
        """Show the terms that the answer does not mention, by point id."""
        self._missing = terms
        self._draw()

    def watch_selected(self, before: int, selected: int) -> None:
        """Mark the selected row and bring it into view."""
        self._draw(before, selected)
        self.rows[selected].scroll_visible(animate=False)
        self.post_message(PointSelected(selected + 1))

    def _draw(self, *numbers: int) -> None:
        """Draw the rows with these numbers, from 0; without any, all of them."""
        for at in numbers or range(len(self.rows)):
            graded, is_selected = self.grade.points[at], at == self.selected
            point = self._points.get(graded.id)
            text = GONE.format(graded.id) if point is None else point.point.to(self._language)
            details = list(self._details(graded, selected=is_selected))
            self.rows[at].show(authored(text), graded, details, selected=is_selected)

    def _details(self, graded: PointGrade, *, selected: bool) -> Iterator[Content]:
        if graded.overruled is not None:
            yield Content.styled(f"grader: {graded.verdict}", "dim")
        if selected and graded.evidence is not None:
            yield Content.assemble(("▏ ", "dim"), (one_line(graded.evidence.text), "italic"))
        missing = self._missing.get(graded.id)
        if selected and missing and graded.final is not Verdict.MET:
            yield Content.styled(f"not mentioned: {', '.join(map(one_line, missing))}", "dim")
        if graded.unsure and graded.overruled is None:
            yield Content.styled("unsure: please check", "dim")
        if (second := self._seconds.get(graded.id)) is not None:
            yield Content.styled(second_words(second), STYLES[second.verdict])

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

    def overruled(self) -> dict[str, Verdict | None]:
        """The next verdict on the selected point, which comes into view, by the point's id."""
        self.rows[self.selected].scroll_visible(animate=False)
        point = self.grade.points[self.selected]
        return {point.id: next_verdict(point)}
