"""The verdict on an answer: the score, every rubric point, the feedback."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker, get_current_worker

from tutor.authoring import DRAFTED
from tutor.bank import BankError, Verdict
from tutor.formatting import mark_in_words, number
from tutor.progress import Attempt, FollowedUp, Rating
from tutor.study import Answered, StudySession
from tutor.study.follow_up import SecondQuestion, second_question
from tutor.study.session import rated
from tutor.tui.background import background
from tutor.tui.follow_up import FollowUpScreen
from tutor.tui.formatted import formatted
from tutor.tui.keys import key
from tutor.tui.labels import (
    authored,
    bar,
    clean,
    explain,
    graded_by,
    how_often_right,
    one_line,
    plain,
    rating_choices,
)
from tutor.tui.messages import (
    AgainAsked,
    AskedAnew,
    FeedbackArrived,
    NextAsked,
    PointOverruled,
    PointSelected,
    TodayAsked,
    UndoAsked,
    UndoDone,
    VerdictRead,
)
from tutor.tui.ports import Tutor
from tutor.tui.session_place import SessionPlace
from tutor.tui.widgets.footer import FittingFooter
from tutor.tui.widgets.marked_answer import MarkedAnswer
from tutor.tui.widgets.notice import Notice
from tutor.tui.widgets.prose import Prose
from tutor.tui.widgets.rubric import RubricList
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.message import Message

    from tutor.grading import PointGrade

WIDE, WIDEST = 100, 130
"""From so many columns on answer and rubric stand side by side, and the model answer as well."""
_BAR = 24
"""Cells of the score's bar."""
_COLOURS = ((0.75, "$text-success"), (0.5, "$text-warning"), (0.0, "$text-error"))
"""Of the score's bar, from which score on."""


class VerdictScreen(Screen[None]):
    """What was found in an answer that is saved, and what the student makes of it."""

    CSS_PATH = "verdict.tcss"
    AUTO_FOCUS = ""  # it would scroll to the rubric, away from what stands above it
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-narrow"),
        (WIDE, "-wide"),
        (WIDEST, "-widest"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-short"),
        (22, "-tall"),
    ]
    HELP: ClassVar[str | None] = """
    `Enter` continues. `space` corrects the selected point, `q` unfolds the question, `m` shows the
    model answer, `n` notes and references, `w` how the verdicts came about.

    - `1` again, `2` hard, `3` good, `4` easy: how well you knew it, if you know better than the
      marks do. It decides when the question comes back; each key says when that is.
    - `a` asks a follow-up about the selected point, if it was not met. Your second answer leaves
      the marks as they are. `w` and `a` wait until the feedback is written.
    - `r` asks the whole question again, with your answer in the editor
    - `u` undoes what was saved last: a rating, a correction, then the grade itself; the answer
      becomes a draft again
    - `f` reports a problem with the question, with a note for its author
    - `o` opens a reference in your web browser, `y` copies question, answer and verdicts
    - `e` opens the question in your editor (`VISUAL` or `EDITOR`), to correct its text or rubric
    - `s`, once you have corrected a verdict, saves your answer with all verdicts as a sample answer
      of the deck, to measure graders on (`tutor bench grading --split test`)
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter", "next", "Next", id="verdict.next"),
        key("space", "overrule", "Correct", id="verdict.overrule"),
        key("a", "follow_up", "Follow-up", id="verdict.follow_up"),
        key("1", "rate(1)", "Rate", id="verdict.rate_1", display="1-4"),
        key("2", "rate(2)", "Hard", id="verdict.rate_2", show=False),
        key("3", "rate(3)", "Good", id="verdict.rate_3", show=False),
        key("4", "rate(4)", "Easy", id="verdict.rate_4", show=False),
        key("q", "question", "Question", id="verdict.question"),
        key("m", "model_answer", "Answer", id="verdict.model_answer"),
        key("n", "notes", "Notes", id="verdict.notes"),
        key("o", "references", "Open a reference", id="verdict.references", show=False),
        key("y", "copy", "Copy", id="verdict.copy", show=False),
        key("w", "why", "Why", id="verdict.why"),
        key("r", "again", "Again", id="verdict.again"),
        key("u", "undo", "Undo", id="verdict.undo"),
        key("U", "app.redo", "Redo", id="verdict.redo", show=False),
        key("e", "edit_question", "Edit question", id="verdict.edit"),
        key("s", "sample", "Save as sample", id="verdict.sample"),
        key("f", "flag", "Report", id="verdict.flag"),
        key("escape", "today", "Today", id="verdict.today"),
        key("escape", "back", "Back", id="verdict.back"),
        key("pageup", "scroll(-1)", id="verdict.page_up", show=False),
        key("pagedown", "scroll(1)", id="verdict.page_down", show=False),
    ]

    def __init__(
        self,
        tutor: Tutor,
        session: StudySession,
        answered: Answered,
        place: SessionPlace,
        *,
        review: bool = False,
    ) -> None:
        """`review` for an earlier answer: no feedback is written, and Esc goes back."""
        super().__init__()
        self._review = review
        self._tutor = tutor
        self._session = session
        self._question = question = answered.question
        self.attempt = attempt = answered.attempt
        self._place = place
        self._saved = answered
        self._changes: list[Callable[[], Answered]] = []
        """What is still to be saved, in its order; the first is being saved."""
        self._failed = False
        """Whether the last change could not be saved."""
        self._leaving: Message | None = None
        """Where to go once all is saved."""
        self._unfinished: dict[str, str] = {}
        """What was begun of second answers, by point id."""
        self._flag = tutor.progress.flags().get(question.id)
        """The note; None where the question is not flagged."""
        self._gone = False
        self._told = ""
        self._writing: Worker[None] | None = None
        self.notice = Notice(id="notice")
        self._score = Static(id="score", markup=False)
        self._ratings = Static(id="ratings", markup=False)
        self._prompt = Prose(id="prompt", markup=False)
        self._unfolded = False
        """Whether the whole question is shown where one line would do."""
        self._remark = Static(plain(attempt.grade.remark), id="remark", markup=False)
        self.rubric = RubricList(question.rubric, attempt.grade, attempt.language, id="rubric")
        self.words = MarkedAnswer(attempt.answer, attempt.grade, id="words-box")
        self._answer = Prose(self._model_answer(), id="model-answer", markup=False)
        self._answer_beside = VerticalScroll(
            Prose(self._model_answer(), markup=False), id="answer-beside", can_focus=False
        )
        self._notes = Prose(self._all_notes(), id="notes", markup=False)
        self._feedback = Prose(id="feedback", markup=False)
        self._page = VerticalScroll(id="page", can_focus=False)
        self._feedback_box = VerticalScroll(id="feedback-box")

    # --- what is shown

    def compose(self) -> ComposeResult:
        """Marks and ratings, question, answer beside rubric, feedback."""
        yield TopBar(self._place.title, self._place.count)
        yield self.notice
        yield self._score
        yield self._ratings
        yield self._remark
        yield self._prompt
        with Vertical(id="body"):
            with Container(id="sides"):
                yield self.words
                with self._page:
                    # Who gave up wants to read the answer, before what was missed of it.
                    points = (self.rubric, self._answer)
                    yield from reversed(points) if self.attempt.gave_up else points
                    yield self._notes
                yield self._answer_beside
            with self._feedback_box:
                yield self._feedback
        yield FittingFooter(
            "sample",
            "edit_question",
            "flag",
            "notes",
            "again",
            "undo",
            "why",
            "question",
            "model_answer",
            "rate(1)",
        )

    def on_mount(self) -> None:
        """Show the score, and have the feedback written."""
        self._remark.display = bool(self.attempt.grade.remark)
        self._answer.set_class(self.attempt.gave_up, "-shown", "-first")
        self.words.display = bool(self.attempt.answer.strip()) or not self.attempt.gave_up
        self._notes.display = False
        self.rubric.focus(scroll_visible=False)
        self._show_score()
        self._show_question()
        if not self.attempt.gave_up:
            background(self, self._missing_terms, self.rubric.show_missing)
        if self._review:
            background(self, self._second_answers, self._show_second_answers)
            return
        if self.attempt.gave_up:
            self._model_is_free()
        else:
            self._writing = background(
                self, self._write_feedback, lambda _: self._model_is_free(), self._feedback_failed
            )

    def _show_score(self) -> None:
        grade = self.attempt.grade
        marks = f"{number(grade.earned)} of {number(grade.full)} marks"
        words = f"{marks} · {mark_in_words(grade.score)}{' ★' if grade.score == 1 else ''}"
        by = "you said you don't know" if self.attempt.gave_up else self._graded_by()
        flagged = " · reported" if self._flag is not None else ""
        state = "saving …" if self._changes else "NOT saved" if self._failed else "saved"
        drafted = f"\n{DRAFTED} e edits it." if self._question.drafted else ""
        colour = next(style for least, style in _COLOURS if grade.score >= least)
        self._score.update(
            Content.assemble(
                (bar(grade.score, _BAR), colour),
                (f"  {words}", "bold"),
                (f"\n{by} · {state}{flagged}{drafted}", "dim"),
            )
        )
        today = self._tutor.preferences.day(self._tutor.clock())
        choices = rating_choices(self.attempt.rating, self._saved.due_by_rating, today)
        self._ratings.update(Content("   ".join(choices)))

    def _show_question(self) -> None:
        """In full where there is room or it is asked for, else on one line."""
        prompt = authored(self._question.prompt.to(self.attempt.language))
        folded = self.size.width < WIDE and not self._unfolded
        self._prompt.set_class(folded, "-folded")
        self._prompt.update(
            Content.assemble(("Q  ", "dim"), one_line(prompt) if folded else prompt)
        )

    def on_resize(self) -> None:
        """There may be room for the whole question now."""
        self._show_question()

    def _second_answers(self) -> list[FollowedUp]:
        every = self._tutor.progress.follow_ups()
        return [each for each in every if each.attempt == self.attempt.id]

    def _show_second_answers(self, answers: list[FollowedUp]) -> None:
        for answer in answers:
            self.rubric.show_second(answer)

    def _missing_terms(self) -> Mapping[str, tuple[str, ...]]:
        attempt = self.attempt
        find = self._tutor.grading.missing_terms
        return find(self._question, attempt.answer, attempt.language)

    def _graded_by(self) -> str:
        tutor, grade = self._tutor, self.attempt.grade
        built_in = tutor.paths.is_built_in(tutor.bank.info(self._question.id).file)
        share = tutor.grading.known_accuracy(grade, self._question.id, built_in=built_in)
        known = "" if share is None else how_often_right(share, self._question, built_in=built_in)
        return clean(graded_by(grade, tutor.grading.model_name) + known)

    def _model_answer(self) -> Content:
        answer = formatted(self._question.answer.to(self.attempt.language))
        return Content.assemble(("Model answer\n", "bold"), answer)

    def _all_notes(self) -> Content:
        question, language = self._question, self.attempt.language
        parts: list[Content] = []
        if question.note is not None:
            parts.append(formatted(f"Note: {question.note.to(language)}"))
        parts += [plain(f"See: {reference}") for reference in question.references]
        return Content("\n").join([Content.styled("Notes", "bold"), *parts])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Offer what takes the model only while that is free."""
        free = None if self._is_writing else True
        offered: dict[str, bool | None] = {
            "next": not self._review,
            "today": not self._review,
            "back": self._review,
            "why": not self.attempt.gave_up and self._rubric_is_as_graded and free,
            "follow_up": self._selected.final is not Verdict.MET
            and self._rubric_is_as_graded
            and free,
            "sample": self._rubric_is_as_graded
            and any(point.overruled is not None for point in self.attempt.grade.points),
        }
        return offered.get(action, True)

    @property
    def _rubric_is_as_graded(self) -> bool:
        """Whether the question still has the points that were graded."""
        graded = [point.id for point in self.attempt.grade.points]
        return graded == [point.id for point in self._question.rubric]

    @property
    def _selected(self) -> PointGrade:
        return self.attempt.grade.points[self.rubric.selected]

    # --- changing what is saved

    def _change(self, attempt: Attempt, change: Callable[[], Answered]) -> None:
        """Show the attempt as it is wanted, and save that after what is being saved already."""
        self.attempt = attempt
        self.rubric.show(attempt.grade)
        self._changes.append(change)
        if len(self._changes) == 1:
            self._save_next()
        self._show_score()

    def _save_next(self) -> None:
        background(self, self._changes[0], self._changed, self._not_changed)

    def _changed(self, answered: Answered) -> None:
        self._saved = answered
        self._failed = False
        self._changes.pop(0)
        self.notice.tell("")
        if self._changes:
            self._save_next()
        else:
            self._show_saved()

    def _not_changed(self, error: BaseException) -> None:
        """What is shown is what is saved, so that the same key tries again."""
        self._failed = True
        self._changes.clear()
        self.notice.tell(f"✗ Not saved. {explain(error)} The same key tries again.")
        self._show_saved()

    def _show_saved(self) -> None:
        self.attempt = self._saved.attempt
        self.rubric.show(self.attempt.grade)
        self._show_score()
        self.refresh_bindings()
        leaving, self._leaving = self._leaving, None
        if leaving is not None and not self._failed:
            self._go(leaving)

    # --- what the student does

    @on(PointOverruled)
    def _point_overruled(self, event: PointOverruled) -> None:
        verdicts = {event.point: event.verdict}
        grade = self.attempt.grade.overrule(verdicts)
        attempt = self.attempt.model_copy(update={"grade": grade})
        self._change(attempt, lambda: self._session.overrule(attempt, verdicts))

    def action_rate(self, rating: int) -> None:
        """Rate the answer by hand; what the score says takes that back."""
        attempt = rated(self.attempt, Rating(rating))
        if attempt.rated is not self.attempt.rated:
            self._change(attempt, lambda: self._session.rate(attempt, Rating(rating)))

    @on(PointSelected)
    def _point_selected(self, event: PointSelected) -> None:
        self.words.selected = event.number
        self.refresh_bindings()

    def action_next(self) -> None:
        """Ask the next question."""
        self._leave(NextAsked(self._question.id))

    def action_back(self) -> None:
        """Go back to where the earlier answer was opened."""
        if not self._changes:
            self.app.pop_screen()

    def action_why(self) -> None:
        """Show how the verdicts came about."""
        from tutor.tui.explanation import WhyScreen  # most verdicts need no reasons

        why = WhyScreen(self._tutor, self._question, self.attempt)
        self.app.push_screen(why, lambda _: self._model_is_free())

    def action_follow_up(self) -> None:
        """Ask once more about the selected point alone."""
        question, attempt, number_ = self._question, self.attempt, self.rubric.selected + 1
        background(self, lambda: second_question(question, attempt, number_), self._ask)

    def _ask(self, second: SecondQuestion) -> None:
        if not self.is_current:
            return  # left already, or asked twice
        screen = FollowUpScreen(
            self._tutor, self._session, second, self._unfinished.get(second.point, "")
        )
        self.app.push_screen(screen, lambda result: self._asked(second.point, result))

    def _asked(self, point: str, result: FollowedUp | str | None) -> None:
        if isinstance(result, FollowedUp):
            self._unfinished.pop(point, None)
            self.rubric.show_second(result)
        elif result is not None:
            self._unfinished[point] = result
        self._model_is_free()

    def action_undo(self) -> None:
        """Undo what was saved last: a verdict of one's own, a rating, else this grade."""
        self.post_message(UndoAsked())

    @on(UndoDone)
    def _undone(self, event: UndoDone) -> None:
        taken = event.taken
        if taken.event.id == self.attempt.id:
            self._stop_writing()
            self._go(AskedAnew(self._question.id))
        elif taken.attempt is not None and taken.attempt.id == self.attempt.id:
            attempt = taken.attempt
            self._change(attempt, lambda: self._session.answered(attempt))

    def action_edit_question(self) -> None:
        """Have the question changed in the student's own editor; this verdict stays."""
        from tutor.tui.edit_question import EditingSession  # most questions are left as they are

        EditingSession(self, self._tutor, self._question.id, self._question_changed).start()

    def _question_changed(self) -> None:
        """Show the question as it is now, with the verdict that was given."""
        try:
            self._question = self._tutor.bank.question(self._question.id)
        except BankError as error:
            self.app.notify(explain(error), severity="warning", markup=False)
            return
        self.rubric.reword(self._question.rubric)
        self._answer.update(self._model_answer())
        self._answer_beside.query_one(Prose).update(self._model_answer())
        self._notes.update(self._all_notes())
        self._show_question()
        self._show_score()
        self.refresh_bindings()
        if not self._rubric_is_as_graded:
            self.notice.tell("This verdict is on the rubric as it was. r asks the question again.")

    def action_sample(self) -> None:
        """Save the answer with its verdicts as a sample answer of the deck."""
        self._save_sample(copy=False)

    def _save_sample(self, *, copy: bool) -> None:
        """Save it; with `copy`, in a copy of the built-in deck that is made first."""
        from tutor.authoring.copies import copy_deck
        from tutor.authoring.samples_from_use import save_sample

        tutor, attempt = self._tutor, self.attempt

        def save() -> str:
            if copy:
                copy_deck(tutor.bank.deck(tutor.bank.info(attempt.question).deck), tutor.paths)
                tutor.reopen_bank()
            told = save_sample(attempt, tutor.bank, tutor.paths)
            tutor.reopen_bank()
            return told

        background(
            self, save, lambda told: self.app.notify(told, markup=False), self._sample_not_saved
        )

    def _sample_not_saved(self, error: BaseException) -> None:
        from tutor.authoring.samples_from_use import DeckIsBuiltIn
        from tutor.tui.dialogs import ChoiceScreen, DialogOption

        if not isinstance(error, DeckIsBuiltIn):
            self.app.notify(explain(error), severity="error", markup=False)
            return
        choices = (
            DialogOption("copy", "Copy the deck and save the sample there"),
            DialogOption("leave", "Do not save it"),
        )

        def chosen(choice: str | None) -> None:
            if choice == "copy":
                self._save_sample(copy=True)

        told = f"{error.message} Your copy is used from then on, and you can change it."
        self.app.push_screen(ChoiceScreen(told, choices), chosen)

    def action_flag(self) -> None:
        """Say that the question is bad, or take that back."""
        from tutor.tui.dialogs import FlagScreen  # most questions are good

        self.app.push_screen(FlagScreen(self._question.id, self._flag or ""), self._keep_flag)

    def _keep_flag(self, written: str | None) -> None:
        note = written or None
        if written is not None and note != self._flag:
            progress, question = self._tutor.progress, self._question.id
            background(
                self, lambda: progress.flag(question, note), self._flagged, self._not_flagged
            )

    def _flagged(self, _: None) -> None:
        self._flag = self._tutor.progress.flags().get(self._question.id)
        self._show_score()

    def _not_flagged(self, error: BaseException) -> None:
        self.notice.tell(f"✗ The flag was not saved. {explain(error)}")

    def action_again(self) -> None:
        """Ask the same question again."""
        self._leave(AgainAsked(self.attempt))

    def action_today(self) -> None:
        """Go back to Today."""
        self._leave(TodayAsked())

    def action_overrule(self) -> None:
        """Give the selected point another verdict."""
        self.rubric.overrule()

    def action_question(self) -> None:
        """Unfold the question, or fold it again."""
        self._unfolded = not self._unfolded
        self._show_question()

    def action_model_answer(self) -> None:
        """Show the model answer, or hide it; with room for it, it is beside the rubric anyway."""
        self._answer.toggle_class("-shown")
        self._bring_into_view(self._answer)

    def action_notes(self) -> None:
        """Show notes and references, or hide them."""
        self._notes.display = not self._notes.display
        self._bring_into_view(self._notes)

    def action_references(self) -> None:
        """Choose a web address among the references, to open it."""
        from tutor.tui.references import choose_link

        choose_link(self.app, self._question.references)

    def action_copy(self) -> None:
        """Put the question with all that was found on the clipboard."""
        from tutor.tui.copied import WHOLE, verdict_as_text

        self.app.copy_to_clipboard(verdict_as_text(self._question, self.attempt))
        self.app.notify(WHOLE, markup=False)

    def action_scroll(self, pages: int) -> None:
        """Scroll everything above the feedback."""
        step = self._page.scroll_page_down if pages > 0 else self._page.scroll_page_up
        step(animate=False)

    def _bring_into_view(self, panel: Static) -> None:
        def bring() -> None:  # once it is known whether it is shown
            if panel.display:
                panel.scroll_visible(animate=False, top=True)

        self.call_after_refresh(bring)

    def _leave(self, message: Message) -> None:
        """Go, but not before what is being saved is saved."""
        self._stop_writing()
        if self._changes:
            self._leaving = message
        else:
            self._go(message)

    def _go(self, message: Message) -> None:
        if not self._gone:
            self._gone = True
            self.post_message(message)

    # --- the feedback

    def _stop_writing(self) -> None:
        if self._writing is not None and self._is_writing:
            self._writing.cancel()
            self._tutor.grading.cancel()

    @property
    def _is_writing(self) -> bool:
        return self._writing is not None and not self._writing.is_finished

    def _model_is_free(self) -> None:
        """Nothing more is wanted of the model here: it may read ahead."""
        self.refresh_bindings()
        self.post_message(VerdictRead(self._question.id))

    def _feedback_failed(self, error: BaseException) -> None:
        self._say_feedback(f"\n✗ The feedback ended early. {explain(error)}")
        self._model_is_free()

    def _write_feedback(self) -> None:
        """In a thread: pass the feedback on, piece by piece."""
        worker = get_current_worker()
        attempt = self.attempt
        pieces = self._tutor.grading.feedback(self._question, attempt.answer, attempt.grade)
        for piece in pieces:
            if worker.is_cancelled:
                return
            self.post_message(FeedbackArrived(piece))

    @on(FeedbackArrived)
    def _feedback_arrived(self, event: FeedbackArrived) -> None:
        self._say_feedback(event.piece)

    def _say_feedback(self, piece: str) -> None:
        self._told += piece
        self.add_class("-with-feedback")
        self._feedback.update(plain(self._told.strip()))
        self._feedback_box.scroll_end(animate=False)
