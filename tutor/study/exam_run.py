"""A running exam, the one core of both front ends: where the student is, and what is written.

A screen or a command shows the question and passes on what is typed. What has to be saved goes to
the keeper at once and to the disk with its next `write`; time away from the exam does not count.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.bank import BankError, Language
from tutor.progress import ExamAnswered, ExamPlace
from tutor.study.exam import ExamAnswer, ExamState, language_of
from tutor.study.exam_clock import ExamClock
from tutor.study.exam_keeper import ExamKeeper, How

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.study.session import Services

BEAT = 15.0
"""Seconds after which the clock is saved though nothing is typed."""


class RunningExam:
    """The questions of an exam, of which one is open; `text` is always what its editor holds."""

    def __init__(
        self, services: "Services", state: ExamState, monotonic: Callable[[], float]
    ) -> None:
        """The clock runs from now on."""
        self._services = services
        self.id = state.id
        self.questions = state.questions
        self.minutes = state.record.begun.minutes
        limit = None if self.minutes is None else 60 * self.minutes
        self.clock = ExamClock(state.used, limit, monotonic)
        self.keeper = ExamKeeper(services.progress, state.id)
        self.written = state.written
        self._handed_in = state.handed_in
        self.at = 0 if state.place is None else min(state.place.position, len(self.questions) - 1)
        self.question: Question | None = None
        """None where the bank has it no longer."""
        self.language: Language = "en"
        self._liked: tuple[Language, ...] = ()
        """The language that the student chose last."""
        self._since = 0.0
        """When the question was opened, by the exam's clock."""
        self.open(self.at)

    # --- the question

    @property
    def open_id(self) -> str:
        """The id of the open question."""
        return self.questions[self.at]

    def open(self, at: int) -> str:
        """Open another question; returns what is written there. Hand in the one before first."""
        self.at, self._since = at, self.clock.used
        self.question = self.read(self.open_id)
        if self.question is not None:
            self.language = self.language_for(self.question)
        written = self.written.get(self.open_id)
        return "" if written is None else written.text

    def read(self, id_: str) -> "Question | None":
        """A question; None where the bank has it no longer."""
        try:
            return self._services.bank.question(id_)
        except BankError:
            return None

    def language_for(self, question: "Question") -> Language:
        """The language that was written in, else the one that the student likes."""
        written = self.written.get(question.id)
        liked = self._liked if written is None else (written.language, *self._liked)
        bank = self._services.bank
        usual = bank.deck(bank.info(question.id).deck).language
        return language_of(bank, question, *liked, *self._services.preferences.languages_for(usual))

    def ask_in(self, language: Language) -> None:
        """Ask in another of the question's languages, from now on where there is a choice."""
        self.language, self._liked = language, (language,)

    # --- what is written

    def now(self, text: str) -> ExamAnswer:
        """The open question's answer at this moment."""
        before = self.written.get(self.open_id)
        seconds = (before.seconds if before else 0.0) + self.clock.used - self._since
        return ExamAnswer(text, self.language, seconds)

    def hand_in(self, text: str) -> None:
        """Save the answer as it is; an empty one as well, for the time it took."""
        id_, now = self.open_id, self.now(text)
        self.written[id_], self._since = now, self.clock.used
        before = self._handed_in.get(id_, ExamAnswer("", now.language, 0.0))
        if replace(before, seconds=now.seconds) != now or now.seconds - before.seconds >= 1:
            self._handed_in[id_] = now
            self.keeper.give(self._answer(id_, now))

    def _answer(self, id_: str, written: ExamAnswer) -> ExamAnswered:
        return ExamAnswered(
            id=self._services.new_id(),
            at=self._services.clock(),
            exam=self.id,
            question=id_,
            language=written.language,
            answer=written.text,
            seconds=written.seconds,
        )

    def keep_place(self, text: str) -> None:
        """Save how far the exam is, with what is typed and not handed in."""
        now, used = self.now(text), self.clock.used
        spent = min(now.seconds, used)  # sums of times are not exact
        self.keeper.give(ExamPlace(self.id, self.at, used, now.text, now.language, spent))

    def stop(self, text: str) -> None:
        """Stop the clock and hand in `text`; `finish` then ends the exam."""
        self.clock.stop()
        self.hand_in(text)
        self.keep_place(text)

    def finish(self, how: How) -> None:
        """End the exam on the disk; blocks. Raises ProfileNotWritable: it then is not over."""
        self.keeper.finish(how, self.clock.used)

    # --- how far it is

    @property
    def unanswered(self) -> list[int]:
        """The questions without an answer, from 0."""
        known = ((at, self.written.get(id_)) for at, id_ in enumerate(self.questions))
        return [at for at, each in known if each is None or not each.text.strip()]

    @property
    def answered_words(self) -> str:
        """`2 of 3 questions answered; unanswered: 2`."""
        open_, all_ = self.unanswered, len(self.questions)
        if not open_:
            return f"All {all_} questions are answered"
        named = ", ".join(str(at + 1) for at in open_)
        return f"{all_ - len(open_)} of {all_} questions answered; unanswered: {named}"
