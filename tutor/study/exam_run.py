"""A running exam, for all front ends: where the student is, and what is written.

A screen or a command shows the question and passes on what is typed. What has to be saved goes to
the keeper at once, and to the disk with its next `write`. Time away from the exam does not count.
"""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from threading import Lock, RLock
from typing import TYPE_CHECKING, Literal

from tutor.bank import BankError, Language
from tutor.progress import ExamAnswered, ExamPlace, Progress
from tutor.study.exam import ExamAnswer, ExamState
from tutor.study.preferences import language_of

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.study.services import Services

How = Literal["handed-in", "time-up"]
BEAT = 15.0
"""How often, in seconds, the clock is saved even if nothing is typed."""
MINUTE = 60.0
WARNINGS = ((MINUTE, "the last minute"), (10 * MINUTE, "10 minutes left"))
"""The seconds left at which the student is warned, and the warning."""


class RunningExam:
    """The questions of an exam, of which one is open; `text` is always what is in its editor."""

    def __init__(
        self, services: "Services", state: ExamState, monotonic: Callable[[], float]
    ) -> None:
        """Start the clock and open the question that the student left."""
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
        """None if the bank no longer has it."""
        self.language: Language = "en"
        self._chosen: Language | None = None
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
        """Open a question and return its text. Hand in the one before it first."""
        self.at, self._since = at, self.clock.used
        self.question = self.read(self.open_id)
        if self.question is not None:
            self.language = self.language_for(self.question)
        written = self.written.get(self.open_id)
        return "" if written is None else written.text

    def read(self, id_: str) -> "Question | None":
        """A question; None if the bank no longer has it."""
        try:
            return self._services.bank.question(id_)
        except BankError:
            return None

    def language_for(self, question: "Question") -> Language:
        """The language of what was written, else the one chosen last, else the best to read."""
        written = self.written.get(question.id)
        return language_of(
            question,
            self._services.bank,
            self._services.preferences.languages,
            None if written is None else written.language,
            self._chosen,
        )

    def ask_in(self, language: Language) -> None:
        """Ask in another of the question's languages, also later questions that have it."""
        self.language = self._chosen = language

    # --- what is written

    def now(self, text: str) -> ExamAnswer:
        """The open question's answer at this moment."""
        before = self.written.get(self.open_id)
        seconds = (before.seconds if before else 0.0) + self.clock.used - self._since
        return ExamAnswer(text, self.language, seconds)

    def hand_in(self, text: str) -> None:
        """Save the answer as it is, even an empty one, for the time it took."""
        id_, now = self.open_id, self.now(text)
        self.written[id_], self._since = now, self.clock.used
        before = self._handed_in.get(id_, ExamAnswer("", now.language, 0.0))
        if replace(before, seconds=now.seconds) != now or now.seconds - before.seconds >= 1:
            self._handed_in[id_] = now
            self.keeper.add(self._answer(id_, now))

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
        """Save how far the exam is, with what is typed but not handed in."""
        now, used = self.now(text), self.clock.used
        spent = min(now.seconds, used)  # sums of times are not exact
        self.keeper.add(ExamPlace(self.id, self.at, used, now.text, now.language, spent))

    def stop(self, text: str) -> None:
        """Stop the clock and hand in `text`; `finish` then ends the exam."""
        self.clock.stop()
        self.hand_in(text)
        self.keep_place(text)

    def finish(self, how: How) -> None:
        """End the exam on the disk; blocks. Raises ProfileNotWritable; it is then not over."""
        self.keeper.finish(how, self.clock.used)

    # --- how far it is

    @property
    def unanswered(self) -> list[int]:
        """The positions, from 0, of the questions without an answer."""
        answers = [self.written.get(id_) for id_ in self.questions]
        return [at for at, each in enumerate(answers) if each is None or not each.text.strip()]

    @property
    def answered_words(self) -> str:
        """`2 of 3 questions answered; unanswered: 2`."""
        unanswered, total = self.unanswered, len(self.questions)
        if not unanswered:
            return f"All {total} questions are answered"
        numbers = ", ".join(str(at + 1) for at in unanswered)
        return f"{total - len(unanswered)} of {total} questions answered; unanswered: {numbers}"


# --- the clock


class ExamClock:
    """Runs from its creation until it is stopped, after the `used` seconds that passed before.

    Times are in seconds.
    """

    def __init__(self, used: float, limit: float | None, monotonic: Callable[[], float]) -> None:
        self.limit = limit
        self._monotonic = monotonic
        self._started = monotonic() - used
        self._stopped: float | None = None

    @property
    def used(self) -> float:
        """The time that has passed, at most the limit."""
        passed = self._monotonic() - self._started if self._stopped is None else self._stopped
        return passed if self.limit is None else min(passed, self.limit)

    @property
    def left(self) -> float | None:
        """The time left; None without a limit."""
        return None if self.limit is None else self.limit - self.used

    def stop(self) -> None:
        """Stop the clock for good."""
        self._stopped = self.used


def left_words(left: float | None) -> str:
    """The time left in words: in minutes, and in seconds during the last minute."""
    if left is None:
        return "no time limit"
    if left > MINUTE:
        return f"{ceil(left / MINUTE)} min left"
    return f"{ceil(left)} s left" if left > 0 else "the time is up"


def next_change(left: float) -> float:
    """The seconds until `left_words` changes."""
    step = MINUTE if left > MINUTE else 1.0
    return left - step * (ceil(left / step) - 1)


def warning(left: float | None, limit: float | None) -> str:
    """The warning to show now: at 10 minutes, for a minute, and in the last; else empty."""
    if left is None or limit is None:
        return ""
    for at, text in WARNINGS:
        if at - MINUTE < left <= at < limit:
            return text
    return ""


# --- saving


class ExamKeeper:
    """A queue of what to save, shared by several threads; what failed is written again.

    Adding does not touch the disk. If two answers to the same question or two places wait, only the
    later one is written.
    """

    def __init__(self, progress: Progress, exam: str) -> None:
        self._progress = progress
        self._exam = exam
        self._waiting: dict[str, ExamAnswered | ExamPlace] = {}
        self._adding = Lock()
        self._writing = RLock()
        self.over = False
        """Whether the exam has ended, so that nothing more is written."""

    @property
    def done(self) -> bool:
        """Whether everything is on the disk."""
        return not self._waiting

    def add(self, *entries: ExamAnswered | ExamPlace) -> None:
        """Save these with the next `write`."""
        with self._adding:
            self._waiting.update({_key(entry): entry for entry in entries})

    def write(self) -> None:
        """Write what waits; blocks. Raises ProfileNotWritable; the rest then keeps waiting."""
        with self._writing:
            while not self.over and (entry := self._next()) is not None:
                if isinstance(entry, ExamPlace):
                    self._progress.save_exam_place(entry)
                else:
                    self._progress.note(entry)
                with self._adding:
                    if self._waiting.get(_key(entry)) is entry:
                        del self._waiting[_key(entry)]

    def finish(self, how: How, used: float) -> None:
        """Write what waits and end the exam; nothing more is written after that.

        Raises ProfileNotWritable; the exam is then not over.
        """
        with self._writing:
            self.write()
            if not self.over:
                self._progress.end_exam(self._exam, how, used)
                self.over = True

    def _next(self) -> ExamAnswered | ExamPlace | None:
        """What to write next: answers first, since the place may refer to a question after them."""
        with self._adding:
            return self._waiting[max(self._waiting)] if self._waiting else None


def _key(entry: ExamAnswered | ExamPlace) -> str:
    """The key under which an entry replaces one that waits: its question, or empty for a place."""
    return "" if isinstance(entry, ExamPlace) else entry.question
