"""An answer was graded: the verdict is shown, explained, and can be overruled."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.bank import Verdict
from tutor.cli.linemode.base import (
    Action,
    AskAbout,
    AskNextQuestion,
    AskQuestion,
    CommandRefused,
    Leave,
    NextStep,
    SessionContext,
    Stage,
)
from tutor.cli.linemode.input import TypedText
from tutor.cli.linemode.verdict_messages import (
    answer_message,
    changed_message,
    feedback_message,
    judged_message,
    notes_message,
    rated_message,
    why_message,
)
from tutor.progress import Rating

if TYPE_CHECKING:
    from datetime import date

    from tutor.progress import Attempt
    from tutor.study import Answered

LONG = "Enter continues. :answer shows the model answer, :why the reasons; :help lists the rest."
SHORT = "Enter continues."
_VERDICTS = {**{each.value: each for each in Verdict}, "partly": Verdict.PARTIAL}


class Review(Stage):
    """The verdict on an answer, which is saved."""

    context: SessionContext

    def __init__(self, context: SessionContext, answered: "Answered", *, new: bool) -> None:
        """`new` unless the student comes back to it from something else."""
        super().__init__(context)
        self.question = answered.question
        self._answered = answered
        self._new = new

    @property
    def attempt(self) -> "Attempt":
        """The attempt as it is saved."""
        return self._answered.attempt

    @property
    def _today(self) -> "date":
        tutor = self.context.tutor
        return tutor.preferences.day(tutor.clock())

    @property
    def question_id(self) -> str:
        """The question that was answered."""
        return self.question.id

    def own_actions(self) -> Mapping[str, Action]:
        """What can be done with a verdict."""
        return {
            "next": Action(lambda _: AskNextQuestion(), "continues, as Enter does"),
            "again": Action(
                lambda _: AskQuestion(self.question.id, self.attempt),
                "asks the same question again, with what you wrote",
            ),
            "answer": Action(self._answer, "shows the model answer"),
            "notes": Action(self._notes, "shows notes and references"),
            "why": Action(self._why, "explains the verdict on point 2, or all verdicts", "2"),
            "overrule": Action(
                self._overrule, "gives point 2 your own verdict: met, partial or missed", "2 met"
            ),
            "rate": Action(
                self._rate,
                "says how well you remembered: again, hard, good or easy; auto removes your rating",
                "easy",
            ),
            "more": Action(self._more, "asks a follow-up about point 2 alone", "2"),
            "repeat": Action(self._repeat, "repeats the verdict"),
            "undo": Action(self._undo, "undoes what was saved last, this verdict too"),
            "redo": Action(self._redo, "redoes what was undone last"),
        }

    def enter(self) -> None:
        """Show the verdict, then the model's feedback on it."""
        if self._new:
            self._repeat("")
            self._feedback()
            self._read_ahead()
        self.context.invite(LONG, SHORT)

    def _repeat(self, _: str) -> None:
        self.show(judged_message(self.question, self.attempt, self._answered.due, self._today))

    def _show_change(self, event: str, *points: str) -> None:
        due = self._answered.due
        self.show(changed_message(event, self.attempt, due, self._today, points))

    def _feedback(self) -> None:
        """The whole of it at once: word by word it could not be listened to."""
        if self.attempt.gave_up or not self.context.feedback:
            return
        grading, attempt = self.context.grading, self.attempt
        with self.context.interrupts.waiting():
            pieces = grading.feedback(self.question, attempt.answer, attempt.grade)
            text = "".join(pieces).strip()
        if text:
            self.show(feedback_message(text))

    def _read_ahead(self) -> None:
        """Have the model read the next question; one that is gone is reported later."""
        asked = self.context.session.ask_next()
        if asked is not None:
            self.context.grading.prepare(asked.question, asked.language, asked.text)

    def text(self, line: str) -> NextStep | None:
        """Enter continues; in a pipe the next answer may follow at once."""
        if not line.strip():
            return AskNextQuestion()
        if self.context.keyboard.is_terminal:
            raise CommandRefused("the next question is not asked yet", remedy="Enter continues.")
        self.context.keyboard.give_back(TypedText(line))
        return AskNextQuestion()

    def dot(self) -> NextStep | None:
        """The answer is graded already."""
        raise CommandRefused("the answer is already graded", remedy="Enter continues.")

    def end(self) -> NextStep | None:
        """After the last question nothing is left."""
        return AskNextQuestion() if self.context.session.current is None else Leave()

    # --- what is shown

    def _answer(self, _: str) -> None:
        self.show(answer_message(self.question, self.attempt.language))

    def _notes(self, _: str) -> None:
        self.show(notes_message(self.question, self.attempt.language))

    def _why(self, number: str) -> None:
        attempt, grading = self.attempt, self.context.grading
        at = self._number(number) if number else None
        with self.context.interrupts.waiting():
            words = grading.explain(self.question, attempt.answer, attempt.language, attempt.grade)
        self.show(why_message(words, at))

    # --- what is changed

    def _overrule(self, argument: str) -> None:
        wanted, _, word = argument.partition(" ")
        point = self.attempt.grade.points[self._number(wanted) - 1]
        word = word.strip()
        verdicts = {each for name, each in _VERDICTS.items() if word and name.startswith(word)}
        if len(verdicts) != 1:
            raise CommandRefused(
                "say which verdict", remedy=":overrule 2 met, or partial, or missed"
            )
        self._answered = self.context.session.overrule(self.attempt, {point.id: verdicts.pop()})
        self._show_change("overruled", point.id)

    def _number(self, number: str) -> int:
        """The number of a point, from 1."""
        count = len(self.attempt.grade.points)
        if not (number.isdecimal() and 1 <= int(number) <= count):
            raise CommandRefused(f"say which point, from 1 to {count}")
        return int(number)

    def _rate(self, word: str) -> None:
        known = {rating.name.lower(): rating for rating in Rating}
        if word not in (*known, "auto"):
            raise CommandRefused(
                "rate it again, hard, good or easy", remedy=":rate auto removes your rating."
            )
        self._answered = self.context.session.rate(self.attempt, known.get(word))
        own = self.attempt.rated is not None
        self.show(rated_message(self.attempt.rating, own, self._answered.due, self._today))

    def _more(self, wanted: str) -> NextStep:
        return AskAbout(self._answered, self._number(wanted))

    def _undo(self, _: str) -> NextStep | None:
        taken = self.context.undo_last(self.question.id)
        if taken is None:
            return None
        if taken.event.id == self.attempt.id:
            return AskQuestion(self.question.id)
        self._take(taken.attempt)
        return None

    def _redo(self, _: str) -> None:
        taken = self.context.redo_last(self.question.id)
        self._take(None if taken is None else taken.attempt)

    def _take(self, changed: "Attempt | None") -> None:
        """Show this attempt as it is after an undo or a redo."""
        if changed is not None and changed.id == self.attempt.id:
            self._answered = self.context.session.answered(changed)
            self._show_change("judged")
