"""A question is asked, and its answer comes line by line."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tutor.bank import ENGLISH_NAMES, Language
from tutor.cli.grade import MOST_CHARACTERS
from tutor.cli.linemode.base import (
    Action,
    AskNextQuestion,
    AskQuestion,
    CommandRefused,
    Leave,
    NextStep,
    SessionContext,
    Show,
    Stage,
)
from tutor.cli.linemode.input import LineUnreadable
from tutor.cli.linemode.messages import (
    SessionPosition,
    hint_told,
    judging_told,
    language_told,
    place_of,
    question_told,
    refused_told,
    said_told,
    second_judged_told,
    second_told,
    text_told,
)
from tutor.engine import EngineState
from tutor.progress import Draft, ProfileNotWritable
from tutor.study.follow_up import second_question, worded

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.study import Answered, AskedQuestion, Submission

NOTHING_WRITTEN = "nothing is written yet"
LONG = "Type your answer, then a line with only a dot. :help lists the commands."
SHORT = "Your answer:"


class Writing(Stage):
    """Lines of an answer are taken until a dot."""

    talk: SessionContext
    instead = ":quit leaves."
    """What can be done by who has nothing to write."""

    def __init__(
        self, talk: SessionContext, question: "Question", language: Language, text: str
    ) -> None:
        super().__init__(talk)
        self.question = question
        self.language = language
        self.lines = text.splitlines()
        self.opened = talk.tutor.clock()

    @property
    def question_id(self) -> str:
        """The question that is asked."""
        return self.question.id

    @property
    def answer(self) -> str:
        """What is written, without empty lines around it."""
        return "\n".join(self.lines).strip("\n")

    def text(self, line: str) -> NextStep | None:
        """Take a line; empty ones before the answer are none of it."""
        if sum(map(len, self.lines)) + len(line) > MOST_CHARACTERS:
            raise LineUnreadable(
                f"the answer has more than {MOST_CHARACTERS:,} characters",
                remedy="Its last line was left out. Write less.",
            )
        if line.strip() or self.lines:
            self.lines.append(line)
            self.changed()
        return None

    def dot(self) -> NextStep | None:
        """Have the answer judged."""
        if not self.answer.strip():
            raise CommandRefused(NOTHING_WRITTEN, remedy=self.instead)
        status = self.talk.grading.status
        if self.talk.grader != "terms" and status.state not in (
            EngineState.OFF,
            EngineState.FAILED,
        ):
            self.tell(judging_told(status))
        return self.judged()

    def end(self) -> NextStep | None:
        """In a terminal the answer is whole (Ctrl+D); a pipe may have broken off."""
        if self.talk.keyboard.is_terminal and self.answer.strip():
            return self.dot()
        return self.leave()

    def changed(self) -> None:
        """Called when the answer is another."""

    @abstractmethod
    def judged(self) -> NextStep:
        """Judge the answer and save what came of it."""

    def leave(self) -> NextStep:
        """Go, and keep what is written."""
        return Leave()


class Answering(Writing):
    """A question of the session."""

    instead = ":dontknow shows the answer, :skip postpones the question."

    def __init__(self, talk: SessionContext, asked: "AskedQuestion") -> None:
        super().__init__(talk, asked.question, asked.language, asked.text)
        self.hints = asked.hints
        self._asked = asked
        self._submitted: Submission | None = None
        self._failed = False

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
            "repeat": Action(self._repeat, "repeats the question and what you wrote"),
            "drop": Action(self._drop, "removes your last line"),
            "clear": Action(self._clear, "clears all you wrote"),
            "answer": Action(self._too_early, "shows the model answer, once you have answered"),
            "undo": Action(self._undo, "undoes what was saved last"),
            "redo": Action(self._redo, "redoes what was undone last"),
        }

    def enter(self) -> None:
        """Ask."""
        place = self._place
        self._tell_question(known=(place.deck, place.section) == self.talk.place)
        self.talk.place = (place.deck, place.section)
        self._prepare()

    @property
    def _place(self) -> SessionPosition:
        state = self.talk.session.state
        assert state is not None
        tutor = self.talk.tutor
        return place_of(self.question.id, state, tutor.bank, tutor.languages)

    def _prepare(self) -> None:
        self.talk.grading.prepare(self.question, self.language, self.answer)

    def _repeat(self, _: str) -> None:
        self._tell_question(known=False)

    def _tell_question(self, *, known: bool) -> None:
        place = self._place
        self.tell(question_told(self.question, place, self.language, self.hints, known=known))
        if self.answer.strip():
            self.tell(text_told(self.answer))
            self.talk.teller.invite("Continue, or :clear it. A line with only a dot submits it.")
        else:
            self.talk.invite(LONG, SHORT)

    def _hint(self, _: str) -> None:
        count = len(self.question.hints)
        if self.hints == count:
            raise CommandRefused("there are no more hints" if count else "there are no hints")
        self.hints += 1
        self.keep()
        hint = self.question.hints[self.hints - 1].to(self.language)
        self.tell(hint_told(hint, self.hints, count))

    def _ask_in(self, wanted: str) -> None:
        code = wanted.casefold()
        found = [each for each in self.question.languages if each == code]
        if not found:
            there = ", ".join(
                f"{each} for {ENGLISH_NAMES[each]}" for each in self.question.languages
            )
            raise CommandRefused(f"the question is available in {there}")
        self.language = self.talk.session.language = found[0]
        if self.answer.strip():
            self.keep()
        self.tell(language_told(self.question, self._place, self.language, self.hints))
        self._prepare()

    def _drop(self, _: str) -> None:
        if not self.lines:
            raise CommandRefused(NOTHING_WRITTEN)
        dropped = self.lines.pop()
        self.changed()
        self.tell(said_told("dropped", f"Removed: {dropped}"))

    def _clear(self, _: str) -> None:
        self.lines.clear()
        self.changed()
        self.tell(said_told("cleared", "Answer cleared."))

    def _too_early(self, _: str) -> None:
        raise CommandRefused("the model answer comes after yours", remedy=":dontknow shows it now.")

    def _skip(self, _: str) -> NextStep:
        self.talk.session.skip(self.question.id)
        self.tell(said_told("skipped", "Postponed until tomorrow.", question=self.question.id))
        return AskNextQuestion()

    def _undo(self, _: str) -> NextStep | None:
        taken, state = self.talk.undo_last(self.question.id), self.talk.session.state
        reopened = None if taken is None else taken.reopened
        if reopened is None or state is None or reopened not in state.questions:
            return None
        return AskQuestion(reopened)

    def _redo(self, _: str) -> NextStep | None:
        taken = self.talk.redo_last(self.question.id)
        redone = taken is not None and taken.event.kind == "attempt"
        return AskNextQuestion() if redone else None

    def _quit(self, _: str) -> NextStep:
        return self.leave()

    def leave(self) -> NextStep:
        """Go; the draft is there already."""
        return Leave(len(self.answer.splitlines()))

    # --- the draft

    def changed(self) -> None:
        """Keep the draft and let the model read it."""
        self.keep()
        if self.talk.keyboard.is_terminal:
            self._prepare()

    def keep(self) -> None:
        """Save the draft; that it cannot be saved is told once, and typing goes on."""
        try:
            self._save()
        except ProfileNotWritable as error:
            if not self._failed:
                self.tell(refused_told(error))
            self._failed = True
        else:
            self._failed = False

    def _save(self) -> None:
        progress = self.talk.tutor.progress
        if self.answer.strip() or self.hints:
            at = self.talk.tutor.clock()
            draft = Draft(self.question.id, self.answer, self.language, at, self.hints)
            progress.save_draft(draft)
        else:
            progress.discard_draft(self.question.id)

    # --- judging

    def judged(self) -> NextStep:
        """Have the answer graded and saved."""
        return Show(self._submission().grade(self.talk.grade))

    def _give_up(self, _: str) -> NextStep:
        return Show(self._submission().give_up())

    def _submission(self) -> "Submission":
        before = self._submitted
        if before is None or not before.is_for(self.answer, self.language):
            self._submitted = before = self.talk.session.submission(
                self._asked, self.answer, self.language, self.hints, self.opened
            )
        return before


class QuestionContext(Writing):
    """A second question, about one point of a question that was answered already."""

    instead = ":back goes back to the verdict."

    def __init__(self, talk: SessionContext, answered: "Answered", point: int) -> None:
        super().__init__(talk, answered.question, answered.attempt.language, "")
        self._answered = answered
        self._second = second_question(answered.question, answered.attempt, point)

    def own_actions(self) -> Mapping[str, Action]:
        """There is only the way back."""
        return {"back": Action(self._back, "goes back to the verdict without an answer")}

    def enter(self) -> None:
        """Ask about the point; where a model writes, it words the question."""
        grading, second = self.talk.grading, self._second
        if self.talk.feedback and grading.writes:
            with self.talk.interrupts.waiting():
                text = grading.ask_about(
                    second.whole, second.attempt.answer, second.number, self.language
                )
            self._second = worded(second, text)
        self.tell(second_told(self._second))
        self.talk.teller.invite(SHORT)
        self.talk.grading.prepare(self._second.question, self.language)

    def _back(self, _: str) -> NextStep:
        return Show(self._answered)

    def judged(self) -> NextStep:
        """Have it graded on this point alone, and save that."""
        grade = self.talk.grade(self._second.question, self.answer, self.language)
        self.talk.session.answer_follow_up(self._second, self.answer, grade, self.opened)
        self.tell(second_judged_told(grade, self._second.number))
        return Show(self._answered)
