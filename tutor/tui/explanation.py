"""The screen on how the verdicts on an answer came about, as the grader explains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from tutor.bank import Verdict
from tutor.formatting import count_of
from tutor.study.statistics import agreement
from tutor.tui.background import background
from tutor.tui.keys import key, of_the_app
from tutor.tui.labels import clean, explain, one_line, verdict_words
from tutor.tui.notice_screen import complain
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tutor.bank import Question
    from tutor.grading import GraderId, PointGrade
    from tutor.grading.explain import Explanation, ExplanationSection, PromptPiece
    from tutor.progress import Attempt
    from tutor.study.statistics import Agreement
    from tutor.tui.ports import Tutor

WORKING = "working …  Esc cancels"
LEGEND = Content.assemble(
    ("In a prompt, ", "dim"),
    ("‹this›", "underline"),
    (" is text of question, rubric or answer, read as data; the rest is the tutor's own.", "dim"),
)
_OPEN, _CLOSE = ("‹", "underline"), ("›", "underline")
_STYLES = {"plain": "", "trusted": "", "untrusted": "underline", "strong": "bold", "dim": "dim"}


class WhyScreen(ModalScreen[None]):
    """The reasons for a grade, which a model may need some seconds to find."""

    CSS_PATH = "explanation.tcss"
    AUTO_FOCUS = "#why-page"
    HELP: ClassVar[str | None] = """
    How the verdicts came about. Everything here was measured, nothing was written for you by a
    model. `↑` `↓` `pageup` `pagedown` scroll, `Esc` goes back to the verdict.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("escape,i", "close", "Back", id="why.close"),
        *of_the_app("why"),
    ]

    def __init__(self, tutor: Tutor, question: Question, attempt: Attempt) -> None:
        super().__init__()
        self._tutor = tutor
        self._question = question
        self._attempt = attempt
        self._working = True
        self.notice = Notice(id="notice")
        self._reasons = Prose(WORKING, id="reasons", markup=False)

    def compose(self) -> ComposeResult:
        yield TopBar("Why this grade?", self._question.id)
        yield self.notice
        with VerticalScroll(id="why-page"):
            yield self._reasons
        yield FittingFooter()

    def on_mount(self) -> None:
        """Start looking for the reasons."""
        background(self, self._find_reasons, self._show, self._not_found)

    def on_unmount(self) -> None:
        """Stop looking for the reasons when the screen closes."""
        self._stop()

    def action_close(self) -> None:
        """Go back, even if the reasons are not found yet."""
        self._stop()
        self.dismiss()

    def _stop(self) -> None:
        if self._working:
            self._working = False
            self._tutor.grading.cancel()

    def _find_reasons(self) -> Content:
        """Runs in a thread."""
        question, grading = self._question, self._tutor.grading
        answer, language, grade = self._attempt.answer, self._attempt.language, self._attempt.grade
        explanation = grading.explain(question, answer, language, grade)
        short = in_short(grade.points, grading.missing_terms(question, answer, language))
        record = record_of(grade.grader, self._tutor.progress.attempts())
        return reasons_text(short, record, explanation)

    def _show(self, reasons: Content) -> None:
        self._working = False
        self._reasons.update(reasons)

    def _not_found(self, error: BaseException) -> None:
        self._working = False
        self._reasons.update("")
        complain(self, f"Couldn't explain this grade. {explain(error)}")


def record_of(grader: GraderId, attempts: Iterable[Attempt]) -> Agreement | None:
    """How often the student agreed with `grader`; None if nothing is known about that."""
    identity = (grader.name, grader.model, grader.version)
    rows = agreement(attempts)
    return next((row for row in rows if (row.grader, row.model, row.version) == identity), None)


def reasons_text(short: Content, record: Agreement | None, explanation: Explanation) -> Content:
    """All reasons as one text.

    How often the student agreed with the grader is in it only if they have overruled something:
    leaving a verdict need not mean agreeing.
    """
    sections = explanation.sections
    kinds = {piece.kind for section in sections for line in section.lines for piece in line}
    parts: list[Content] = [short]
    if record is not None and record.agreed < record.points:
        parts.append(Content.styled(record_words(record), "dim"))
    if "untrusted" in kinds:
        parts.append(LEGEND)
    parts += map(_section, sections)
    return Content("\n\n").join(parts)


def in_short(points: Iterable[PointGrade], missing: Mapping[str, tuple[str, ...]]) -> Content:
    """What was found and what was not, in a sentence or two for each point."""
    lines = [Content.styled("In short", "bold")]
    for at, point in enumerate(points, 1):
        sentences = [f"{at}. {verdict_words(point).capitalize()}."]
        if point.evidence is not None:
            sentences.append(f"Shown by: “{one_line(point.evidence.text)}”")
        if (terms := missing.get(point.id)) and point.verdict is not Verdict.MET:
            names = ", ".join(map(one_line, terms))  # a shortened term ends with `…`
            sentences.append(f"Not mentioned: {names}{'' if names.endswith('…') else '.'}")
        lines.append(Content(" ".join(sentences)))
    return Content("\n").join(lines)


def record_words(record: Agreement) -> str:
    """How often the student disagreed: on `4 of 1,045 points`."""
    overruled = record.points - record.agreed
    return f"You overruled this grader on {overruled:,} of {count_of(record.points, 'point')}."


def _section(section: ExplanationSection) -> Content:
    title = Content.styled(clean(section.title), "bold")
    return Content("\n").join([title, *map(line_content, section.lines)])


def line_content(line: Iterable[PromptPiece]) -> Content:
    """A line whose pieces can be told apart even without colour; nothing in it is markup.

    Consecutive untrusted pieces, and the dim ones between them, share one pair of brackets.
    """
    parts: list[tuple[str, str]] = []
    for piece in line:
        part = (clean(piece.text), _STYLES[piece.kind])
        if piece.kind != "untrusted":
            parts.append(part)
            continue
        if parts[-1:] == [_CLOSE]:
            del parts[-1]
        elif parts[-2:-1] == [_CLOSE] and parts[-1][1] == "dim":
            del parts[-2]
        else:
            parts.append(_OPEN)
        parts += [part, _CLOSE]
    return Content.assemble(*parts)
