"""A running exam, the one core of both front ends: where the student is, and what is written.

A screen or a command shows the question and passes on what is typed. What has to be saved goes to
the keeper at once and to the disk with its next `write`; time away from the exam does not count.
"""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, Literal

from tutor.bank import BankError, Language
from tutor.progress import ExamAnswered, ExamPlace, Progress
from tutor.study.exam import ExamAnswer, ExamState
from tutor.study.preferences import language_of

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.study.session import Services

How = Literal["handed-in", "time-up"]
BEAT = 15.0
"""Seconds after which the clock is saved though nothing is typed."""
MINUTE = 60.0
WARNINGS = ((MINUTE, "the last minute"), (10 * MINUTE, "10 minutes left"))
"""When the student is warned, and how."""


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
        reads = self._services.preferences.languages
        return language_of(question, self._services.bank, reads, *liked)

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


# --- the clock


class ExamClock:
    """Runs from its making until it is stopped; while the exam is closed, no time passes.

    Times are in seconds.
    """

    def __init__(self, used: float, limit: float | None, monotonic: Callable[[], float]) -> None:
        self.limit = limit
        self._monotonic = monotonic
        self._started = monotonic() - used
        self._stopped: float | None = None

    @property
    def used(self) -> float:
        """What has passed, the limit at most."""
        passed = self._monotonic() - self._started if self._stopped is None else self._stopped
        return passed if self.limit is None else min(passed, self.limit)

    @property
    def left(self) -> float | None:
        """What is left; None without a limit."""
        return None if self.limit is None else self.limit - self.used

    def stop(self) -> None:
        """Stand still for good."""
        self._stopped = self.used


def left_words(left: float | None) -> str:
    """What is left, by the minute, and by the second in the last one."""
    if left is None:
        return "no time limit"
    if left > MINUTE:
        return f"{ceil(left / MINUTE)} min left"
    return f"{ceil(left)} s left" if left > 0 else "the time is up"


def next_change(left: float) -> float:
    """After how many seconds `left_words` says something else."""
    step = MINUTE if left > MINUTE else 1.0
    return left - step * (ceil(left / step) - 1)


def warning(left: float | None, limit: float | None) -> str:
    """What to say at 10 minutes, for a minute, and at one; nothing where there never was more."""
    if left is None or limit is None:
        return ""
    for at, text in WARNINGS:
        if at - MINUTE < left <= at < limit:
            return text
    return ""


# --- saving


class ExamKeeper:
    """Writes what it is given, from several threads, in its order; what failed is tried again.

    Giving costs no disk; of two answers to the same question, and of two places, only the later is
    written if both wait.
    """

    def __init__(self, progress: Progress, exam: str) -> None:
        self._progress = progress
        self._exam = exam
        self._waiting: dict[str, ExamAnswered | ExamPlace] = {}
        self._giving = Lock()
        self._writing = Lock()
        self.over = False
        """Whether the exam has ended, so that nothing is written any more."""

    @property
    def done(self) -> bool:
        """Whether all that was given is on the disk."""
        return not self._waiting

    def give(self, *given: ExamAnswered | ExamPlace) -> None:
        """Have these written with the next `write`."""
        with self._giving:
            self._waiting.update({_name(each): each for each in given})

    def write(self) -> None:
        """Write what waits; blocks. Raises ProfileNotWritable; the rest then waits on."""
        with self._writing:
            self._write()

    def finish(self, how: How, used: float) -> None:
        """Write what waits and end the exam; afterwards nothing is written any more.

        Raises ProfileNotWritable; the exam then is not over.
        """
        with self._writing:
            self._write()
            if not self.over:
                self._progress.end_exam(self._exam, how, used)
                self.over = True

    def _write(self) -> None:
        while not self.over and (each := self._next()) is not None:
            if isinstance(each, ExamPlace):
                self._progress.save_exam_place(each)
            else:
                self._progress.note(each)
            self._written(each)

    def _next(self) -> ExamAnswered | ExamPlace | None:
        """Answers before the place, which names a question after them."""
        with self._giving:
            return self._waiting[max(self._waiting)] if self._waiting else None

    def _written(self, each: ExamAnswered | ExamPlace) -> None:
        with self._giving:
            if self._waiting.get(_name(each)) is each:
                del self._waiting[_name(each)]


def _name(given: ExamAnswered | ExamPlace) -> str:
    """What is replaced by it while it waits: an answer to the same question, or the place."""
    return "" if isinstance(given, ExamPlace) else given.question
