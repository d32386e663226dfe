"""An exam line by line: against the clock, and without losing a line."""

from collections.abc import Mapping
from typing import BinaryIO

from tutor.cli.linemode.base import (
    LONG,
    SHORT,
    Action,
    CommandRefused,
    Leave,
    LineContext,
    NextStep,
    WritingStage,
    language_named,
    number_named,
)
from tutor.cli.linemode.exam_messages import asked_message, place_words, rounded
from tutor.cli.linemode.input import Interrupts, Keyboard, TimedInput, TimeUp, TypedText, meaning
from tutor.cli.linemode.messages import refused_message
from tutor.cli.linemode.output import Output
from tutor.errors import TutorError
from tutor.formatting import count_of
from tutor.study.exam_run import BEAT, How, RunningExam, left_words, warning
from tutor.wiring import Tutor


class ExamConversation:
    """Runs an exam: asks its questions, takes the answers and keeps the clock."""

    def __init__(
        self,
        tutor: Tutor,
        exam: RunningExam,
        output: Output,
        typed: BinaryIO,
        interrupts: Interrupts,
    ) -> None:
        self._exam = exam
        self._output = output
        self._input = TimedInput(typed, self._beat)
        self._keyboard = Keyboard(self._input, interrupts)
        context = LineContext(tutor=tutor, output=output, keyboard=self._keyboard)
        self._writing = ExamWriting(context, exam)
        self._saved_at = exam.clock.used
        """Seconds used of the exam when the clock was saved last."""
        self._warned = ""

    def take(self) -> bool:
        """Run the exam; returns whether it has ended, false if the student left it.

        Every finished line is saved before the next is read. When the time is up, an unfinished
        line counts too. Raises ProfileNotWritable if the end cannot be saved, and
        KeyboardInterrupt.
        """
        try:
            how = self._ask()
            if how is None:
                self._exam.hand_in(self._writing.answer)
                self._show_left()
                return False
            self._exam.stop(self._writing.answer)
            self._exam.finish(how)
        finally:
            if not self._exam.keeper.over:
                self._writing.save_if_possible()
        words = "The time is up." if how == "time-up" else "The exam has ended."
        self._output.say(
            "ended",
            f"{words} {self._exam.answered_words}.",
            aside=True,
            exam=self._exam.id,
            how=how,
            used=round(self._exam.clock.used, 1),
        )
        return True

    def _show_left(self) -> None:
        unanswered = count_of(len(self._exam.unanswered), "question")
        words = f"Exam interrupted, {unanswered} unanswered; the clock is stopped."
        self._output.say(
            "left",
            f"{words} `tutor exam resume` continues it.",
            aside=True,
            exam=self._exam.id,
            left=rounded(self._exam.clock.left),
        )

    def _ask(self) -> How | None:
        """Ask questions until the exam is to end; None if the student leaves it."""
        self._writing.enter()
        while True:
            try:
                if isinstance(self._writing.hear(self._keyboard.listen()), Leave):
                    return "handed-in" if self._writing.ends else None
            except TimeUp:
                self._writing.take_rest(self._input.rest())
                return "time-up"
            except TutorError as error:
                if not (self._keyboard.is_terminal or isinstance(error, CommandRefused)):
                    raise
                self._output.show(refused_message(error))

    def _beat(self) -> float:
        """Warn the student, save the clock, and return the seconds until the next call.

        Raises TimeUp when the time is up.
        """
        clock = self._exam.clock
        left = clock.left
        if left is not None and left <= 0:
            raise TimeUp
        words = warning(left, clock.limit)
        if words and words != self._warned:
            self._output.invite(f"{words.capitalize()}.")
        self._warned = words
        if clock.used - self._saved_at >= BEAT:
            self._saved_at = clock.used
            self._writing.save_if_possible()
        return BEAT if left is None else min(BEAT, left)


class ExamWriting(WritingStage):
    """Takes lines of answers; a lone dot hands one in and opens the next question."""

    def __init__(self, context: LineContext, exam: RunningExam) -> None:
        super().__init__(context, exam.open(exam.at))
        self.exam = exam
        self.ends = False
        """Whether the student wants the exam to end."""

    @property
    def question_id(self) -> str:
        """The question that is open."""
        return self.exam.open_id

    def own_actions(self) -> Mapping[str, Action]:
        """What can be done in an exam."""
        return {
            "next": Action(lambda _: self._turn(1), "hands in and opens the next question"),
            "back": Action(lambda _: self._turn(-1), "hands in and opens the previous question"),
            "go": Action(self._go, "hands in and opens question 2", "2"),
            "overview": Action(self._overview, "shows which questions are answered"),
            "time": Action(self._time, "shows the time left"),
            "language": Action(self._ask_in, "asks in another language: de, en, ru or zh", "en"),
            "repeat": Action(lambda _: self.enter(), "repeats the question and what you wrote"),
            **self.line_actions(),
            "end": Action(self._end, "ends the exam and grades it; :end now asks no more"),
        }

    def enter(self) -> None:
        """Ask the open question."""
        question = self.exam.question
        if question is None:
            gone = "is no longer in the bank; your answer is kept. :next continues."
            words, number = f"{place_words(self.exam)} {gone}", self.exam.at + 1
            self.say("gone", "", words, question=self.exam.open_id, number=number)
            return
        tutor = self.context.tutor
        self.show(asked_message(self.exam, question, self.answer, tutor.bank, tutor.languages))
        if self.answer:
            self.context.output.invite(
                "Continue, or :clear it. A line with only a dot hands it in."
            )
        else:
            self.context.invite(LONG, SHORT)

    # --- what is typed

    def text(self, line: str) -> NextStep | None:
        """Take a line of the answer. Raises CommandRefused if the question is gone."""
        if self.exam.question is None:
            raise CommandRefused("the question is no longer in the bank", remedy=":next continues.")
        return super().text(line)

    def take_rest(self, typed: bytes) -> None:
        """Add text that was typed before the time was up but not read."""
        for line in typed.decode("utf-8", "ignore").splitlines():
            read = meaning(line)
            if isinstance(read, TypedText) and (read.line.strip() or self.lines):
                self.lines.append(read.line)

    def dot(self) -> NextStep | None:
        """Hand the answer in and open the next question; after the last, show the overview."""
        if self.exam.at + 1 < len(self.exam.questions):
            self._turn(1)
        else:
            self._overview("")
        return None

    def end(self) -> NextStep | None:
        """Hand the answer in on Ctrl+D in a terminal; the end of a pipe leaves the exam."""
        if self.context.keyboard.is_terminal and self.answer.strip():
            return self.dot()
        return Leave()

    # --- commands

    def _turn(self, step: int) -> None:
        at = self.exam.at + step
        if not 0 <= at < len(self.exam.questions):
            which = "last" if step > 0 else "first"
            raise CommandRefused(f"this is the {which} question", remedy=":end ends the exam.")
        self._open(at)

    def _go(self, number: str) -> None:
        self._open(number_named(number, len(self.exam.questions), "question") - 1)

    def _open(self, at: int) -> None:
        self._hand_in()
        self.lines = self.exam.open(at).splitlines()
        self.save_if_possible()
        self.enter()

    def _hand_in(self) -> None:
        self.exam.hand_in(self.answer)
        self.save_if_possible()

    def _overview(self, _: str) -> None:
        self._hand_in()
        unanswered = set(self.exam.unanswered)
        rows = [
            {"number": at + 1, "question": id_, "answered": at not in unanswered}
            for at, id_ in enumerate(self.exam.questions)
        ]
        words = (
            f"{self.exam.answered_words}. :go 2 opens question 2; :end ends the exam and grades it."
        )
        self.say("overview", words, questions=rows)

    def _time(self, _: str) -> None:
        left = self.exam.clock.left
        used, words = round(self.exam.clock.used, 1), f"{left_words(left).capitalize()}."
        self.say("time", words, left=rounded(left), used=used)

    def _ask_in(self, name: str) -> None:
        question = self.exam.question
        languages = () if question is None else question.languages
        self.exam.ask_in(language_named(name, languages))
        self.save_if_possible()
        self.enter()

    def _end(self, now: str) -> NextStep | None:
        self._hand_in()
        open_ = self.exam.unanswered
        if open_ and now.casefold() != "now" and self.context.keyboard.is_terminal:
            raise CommandRefused(
                f"{self.exam.answered_words[0].lower()}{self.exam.answered_words[1:]}",
                remedy=":end now ends the exam all the same; after that no answer can be changed.",
            )
        self.ends = True
        return Leave()

    # --- the disk

    def save(self) -> None:
        """Save the answer and how far the exam is."""
        self.exam.keep_place(self.answer)
        self.exam.keeper.write()
