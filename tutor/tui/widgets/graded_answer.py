"""An answer and the points of its rubric, next to each other if there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container, VerticalScroll
from textual.content import Content

from tutor.tui.labels import formatted, plain
from tutor.tui.messages import PointSelected
from tutor.tui.widgets.marked_answer import MarkedAnswer
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.rubric import RubricList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.bank import Question
    from tutor.grading import Grade
    from tutor.progress import Attempt


class GradedAnswer(Container):
    """The answer marks what shows the selected point; model answer and notes unfold below.

    The breakpoints in the screen's style sheet decide what is side by side.
    """

    DEFAULT_CSS = """
    GradedAnswer {
        height: 1fr;
        #words-box { padding: 0 2; }
        #page { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
        #rubric { width: 1fr; }
        #model-answer, #notes { display: none; height: auto; max-width: 96; margin: 0 1 1 2; }
        #model-answer.-shown, #notes.-shown { display: block; }
        #answer-beside { display: none; }
    }
    """

    def __init__(self, question: Question, attempt: Attempt) -> None:
        super().__init__()
        self._language = attempt.language
        self._gave_up = attempt.gave_up
        self.words = MarkedAnswer(attempt.answer, attempt.grade, id="words-box")
        self.words.display = bool(attempt.answer.strip()) or not attempt.gave_up
        self.rubric = RubricList(question.rubric, attempt.grade, attempt.language, id="rubric")
        self._page = VerticalScroll(id="page", can_focus=False)
        self._answer = Prose(id="model-answer", markup=False)
        self._answer.set_class(attempt.gave_up, "-shown")
        self._answer_beside = Prose(markup=False)
        self._notes = Prose(id="notes", markup=False)
        self._show_texts(question)

    def compose(self) -> ComposeResult:
        """Answer, points and model answer; the latter twice, for screens with room for all."""
        yield self.words
        with self._page:
            # A student who gave up wants to read the model answer first.
            points = (self.rubric, self._answer)
            yield from reversed(points) if self._gave_up else points
            yield self._notes
        with VerticalScroll(id="answer-beside", can_focus=False):
            yield self._answer_beside

    @on(PointSelected)
    def _point_selected(self, event: PointSelected) -> None:
        self.words.selected = event.number

    def show(self, grade: Grade) -> None:
        """Show the points with these verdicts."""
        self.rubric.show(grade)
        self.words.show(grade)

    def reword(self, question: Question) -> None:
        """Show points, model answer and notes with the texts of `question`."""
        self.rubric.reword(question.rubric)
        self._show_texts(question)

    def _show_texts(self, question: Question) -> None:
        answer = Content.assemble(
            ("Model answer\n", "bold"), formatted(question.answer.to(self._language))
        )
        self._answer.update(answer)
        self._answer_beside.update(answer)
        notes = [Content.styled("Notes", "bold")]
        if question.note is not None:
            notes.append(formatted(f"Note: {question.note.to(self._language)}"))
        notes += [plain(f"See: {reference}") for reference in question.references]
        self._notes.update(Content("\n").join(notes))

    def toggle_answer(self) -> None:
        """Show or hide the model answer below the points."""
        self._toggle(self._answer)

    def toggle_notes(self) -> None:
        """Show or hide notes and references."""
        self._toggle(self._notes)

    def _toggle(self, panel: Prose) -> None:
        panel.toggle_class("-shown")

        def bring_into_view() -> None:  # after the refresh, which shows or hides it
            if panel.display:
                panel.scroll_visible(animate=False, top=True)

        self.call_after_refresh(bring_into_view)

    def scroll_points(self, pages: int) -> None:
        """Scroll the points, down if `pages` is positive, else up."""
        step = self._page.scroll_page_down if pages > 0 else self._page.scroll_page_up
        step(animate=False)
