"""The stages in which an answer is written: to a question, and to a follow-up about one point."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.bank import ENGLISH_NAMES, Language
from tutor.cli.linemode.base import (
    LONG,
    NOTHING_WRITTEN,
    SHORT,
    Action,
    AskNextQuestion,
    AskQuestion,
    CommandRefused,
    Leave,
    NextStep,
    SessionContext,
    Show,
    WritingStage,
    language_named,
)
from tutor.cli.linemode.messages import languages_words, text_lines
from tutor.cli.linemode.review import verdict_words
from tutor.cli.terminal import Line
from tutor.engine import EngineState
from tutor.formatting import count_of, count_of_marks, one_line, sentence
from tutor.progress import Draft
from tutor.study import languages_for
from tutor.study.follow_up import second_question, worded

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.study import Answered, AskedQuestion, Submission


class Writing(WritingStage):
    """Takes lines of an answer until a line with only a dot, then has it graded."""

    context: SessionContext
    instead = ":quit leaves."
    """What a student can do instead of answering."""

    def __init__(
        self, context: SessionContext, question: "Question", language: Language, text: str
    ) -> None:
        super().__init__(context, text)
        self.question = question
        self.language = language
        self.opened = context.tutor.clock()

    @property
    def question_id(self) -> str:
        """The question that is asked."""
        return self.question.id

    def dot(self) -> NextStep | None:
        """Grade the answer."""
        if not self.answer.strip():
            raise CommandRefused(NOTHING_WRITTEN, remedy=self.instead)
        status = self.context.grading.status
        if self.context.grader != "terms" and status.state not in (
            EngineState.OFF,
            EngineState.FAILED,
        ):
            is_loading = status.state.is_on_its_way
            words = "Grading starts when the model has loaded …" if is_loading else "Grading …"
            self.say("judging", words, aside=True)
        return self.graded()

    def end(self) -> NextStep | None:
        """Grade it in a terminal, where this is Ctrl+D; a pipe may have been interrupted."""
        if self.context.keyboard.is_terminal and self.answer.strip():
            return self.dot()
        return self.leave()

    @abstractmethod
    def graded(self) -> NextStep:
        """Grade the answer and save the result."""


class Answering(Writing):
    """A question of the session."""

    instead = ":dontknow shows the answer, :skip postpones the question."

    def __init__(self, context: SessionContext, asked: "AskedQuestion") -> None:
        super().__init__(context, asked.question, asked.language, asked.text)
        self.hints = asked.hints
        self._asked = asked
        self._submitted: Submission | None = None

    def own_actions(self) -> Mapping[str, Action]:
        """What can be done while answering."""
        return {
            "hint": Action(self._hint, "shows a hint; hints are counted"),
            "dontknow": Action(
                self._give_up, "says that you don't know and shows the model answer"
            ),
            "skip": Action(
                self._skip, "postpones the question until tomorrow; what you wrote is kept"
            ),
            "language": Action(self._ask_in, "asks in another language: de, en, ru or zh", "en"),
            "repeat": Action(
                lambda _: self._ask(known=False), "repeats the question and what you wrote"
            ),
            **self.line_actions(),
            "answer": Action(self._too_early, "shows the model answer, once you have answered"),
            "undo": Action(self._undo, "undoes what was saved last"),
            "redo": Action(self._redo, "redoes what was undone last"),
        }

    def enter(self) -> None:
        """Ask the question; name deck and section unless the last question was in them too."""
        info = self.context.tutor.bank.info(self.question.id)
        place = (info.deck, info.section.key)
        self._ask(known=place == self.context.place)
        self.context.place = place
        self._prepare()

    def _prepare(self) -> None:
        self.context.grading.prepare(self.question, self.language, self.answer)

    def _ask(self, *, known: bool) -> None:
        self._show_question(known=known)
        if self.answer.strip():
            self.say("text", *text_lines(self.answer), answer=self.answer)
            self._say_whose_language()
            self.context.output.invite("Continue, or :clear it. A line with only a dot submits it.")
        else:
            self.context.invite(LONG, SHORT)

    def _show_question(self, heading: str = "", *, known: bool = False) -> None:
        """Show what the question asks, and the hints so far, below this heading or its place.

        `known` leaves out deck and section.
        """
        question, language, tutor = self.question, self.language, self.context.tutor
        deck, asked = tutor.bank.deck_of(question.id), self.context.session.state
        assert asked is not None
        reads = languages_for(deck.language, tutor.languages)
        section = one_line(tutor.bank.info(question.id).section.title.to(*reads))
        at = asked.questions.index(question.id) + 1 if question.id in asked.questions else None
        count, hints = len(asked.questions), [hint.to(language) for hint in question.hints]
        if heading:
            lines = [heading]
        else:
            number = question.id if at is None else f"{at} of {count}"
            title = sentence(one_line(deck.title.to(*reads)))
            many = f" {count_of(len(hints), 'hint')}." if hints else ""
            marks = f"{count_of_marks(question.weight)}, in {languages_words(question, language)}"
            place = "" if known else f" {title} {sentence(section)}"
            lines = ["", f"Question {number}.{place}", f"{marks}.{many}"]
        lines.append(question.prompt.to(language))
        cover = question.cover.to(language) if question.cover else None
        if cover is not None:
            lines.append(f"Cover: {cover}")
        lines += [f"Hint {nth}: {hint}" for nth, hint in enumerate(hints[: self.hints], 1)]
        self.say(
            "question",
            *lines,
            question=question.id,
            number=at,
            count=count,
            deck=deck.id,
            section=section,
            prompt=question.prompt.to(language),
            cover=cover,
            language=language,
            languages=question.languages,
            marks=question.weight,
            level=question.level,
            hints=hints[: self.hints],
            hint_count=len(hints),
        )

    def _say_whose_language(self) -> None:
        """Explain that a draft keeps its language, if the student asked for another."""
        preferred = self.context.session.language
        if preferred in (None, self.language) or preferred not in self.question.languages:
            return
        own, other = ENGLISH_NAMES[self.language], ENGLISH_NAMES[preferred]
        change = f":language {preferred} asks in {other}."
        words = f"Your draft is in {own}, and so is the question. {change}"
        self.say("draft-language", words, language=self.language, wanted=preferred, text=words)

    def _hint(self, _: str) -> None:
        count = len(self.question.hints)
        if self.hints == count:
            raise CommandRefused("there are no more hints" if count else "there are no hints")
        self.hints += 1
        self.save_if_possible()
        hint = self.question.hints[self.hints - 1].to(self.language)
        self.say("hint", f"Hint {self.hints} of {count}: {hint}", number=self.hints, hint=hint)

    def _ask_in(self, name: str) -> None:
        language = language_named(name, self.question.languages)
        self.language = self.context.session.language = language
        if self.answer.strip():
            self.save_if_possible()
        self._show_question(f"In {ENGLISH_NAMES[language]}:")
        self._prepare()

    def _too_early(self, _: str) -> None:
        raise CommandRefused("the model answer comes after yours", remedy=":dontknow shows it now.")

    def _skip(self, _: str) -> NextStep:
        self.context.session.skip(self.question.id)
        words = "Postponed until tomorrow."
        self.say("skipped", words, question=self.question.id, text=words)
        return AskNextQuestion()

    def _undo(self, _: str) -> NextStep | None:
        undone, state = self.context.undo_last(self.question.id), self.context.session.state
        reopened = None if undone is None else undone.reopened
        if reopened is None or state is None or reopened not in state.questions:
            return None
        return AskQuestion(reopened)

    def _redo(self, _: str) -> NextStep | None:
        redone = self.context.redo_last(self.question.id)
        is_attempt = redone is not None and redone.event.kind == "attempt"
        return AskNextQuestion() if is_attempt else None

    def leave(self) -> NextStep:
        """Leave, saying how long the draft is, if it is saved; if it was not, try again first."""
        if self.unsaved:
            self.save_if_possible()
        draft = self.context.tutor.progress.draft(self.question.id)
        return Leave(0 if draft is None else len(draft.text.splitlines()))

    # --- the draft

    def changed(self) -> None:
        """Save the draft, and let the model read it ahead while the student types."""
        self.save_if_possible()
        if self.context.keyboard.is_terminal:
            self._prepare()

    def save(self) -> None:
        """Save the answer as a draft, or discard the draft if nothing is written."""
        progress = self.context.tutor.progress
        if self.answer.strip() or self.hints:
            at = self.context.tutor.clock()
            draft = Draft(self.question.id, self.answer, self.language, at, self.hints)
            progress.save_draft(draft)
        else:
            progress.discard_draft(self.question.id)

    # --- grading

    def graded(self) -> NextStep:
        """Grade the answer and save it."""
        return Show(self._submission().grade(self.context.grade))

    def _give_up(self, _: str) -> NextStep:
        return Show(self._submission().give_up())

    def _submission(self) -> "Submission":
        submission = self._submitted
        if submission is None or not submission.is_for(self.answer, self.language):
            self._submitted = submission = self.context.session.submission(
                self._asked, self.answer, self.language, self.hints, self.opened
            )
        return submission


class FollowUpAnswering(Writing):
    """A follow-up about one point of an answer that is graded already."""

    instead = ":back goes back to the verdict."

    def __init__(self, context: SessionContext, answered: "Answered", point: int) -> None:
        super().__init__(context, answered.question, answered.attempt.language, "")
        self._answered = answered
        self._follow_up = second_question(answered.question, answered.attempt, point)

    def own_actions(self) -> Mapping[str, Action]:
        """The way back to the verdict."""
        return {
            "back": Action(
                lambda _: Show(self._answered), "goes back to the verdict without an answer"
            )
        }

    def enter(self) -> None:
        """Ask about the point, in the model's words if it writes."""
        grading, follow_up = self.context.grading, self._follow_up
        if self.context.feedback and grading.writes:
            with self.context.interrupts.waiting():
                text = grading.ask_about(
                    follow_up.whole, follow_up.attempt.answer, follow_up.number, self.language
                )
            self._follow_up = worded(follow_up, text)
        number, asked = self._follow_up.number, self._follow_up.asked
        again = f"Point {number} of {self._follow_up.of} again."
        self.say("more", again, asked, number=number, point=self._follow_up.point, asked=asked)
        self.context.output.invite(SHORT)
        self.context.grading.prepare(self._follow_up.question, self.language)

    def graded(self) -> NextStep:
        """Grade the answer on this point alone and save the verdict."""
        grade = self.context.grade(self._follow_up.question, self.answer, self.language)
        self.context.session.answer_follow_up(self._follow_up, self.answer, grade, self.opened)
        (point,), number = grade.points, self._follow_up.number
        verdict = (
            f"Point {number}, this time ",
            verdict_words(point),
            ". The score does not change.",
        )
        lines: list[Line] = [sentence(grade.remark), verdict] if grade.remark else [verdict]
        data = grade.model_dump(mode="json")
        self.say("more-judged", *lines, number=number, point=point.id, grade=data)
        return Show(self._answered)
