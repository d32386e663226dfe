"""The clock of an exam: what has passed, what is left, and when that is to be told."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tutor.formatting import count_of, number
from tutor.tui.keys import with_cyrillic
from tutor.tui.widgets.answer_editor import AnswerEditor
from tutor.tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    from datetime import datetime

    from tutor.bank import Bank, Language, Question
    from tutor.progress import ExamRecord


MINUTE = 60.0
TOLD_AT = ((MINUTE, "1 minute left"), (10 * MINUTE, "10 minutes left"))
"""When the student is told, and what."""


class ExamClock:
    """Runs from its making until it is stopped: while the exam is away from the screen it stands.

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
    """What is told at 10 minutes, for a minute, and at one; nothing where there never was more."""
    if left is None or limit is None:
        return ""
    for at, told in TOLD_AT:
        if at - MINUTE < left <= at < limit:
            return told
    return ""


NEXT, BACK = "f5,ctrl+j,ctrl+enter", "f3"


class ExamEditor(AnswerEditor):
    """An editor that goes from question to question in the order of the keys.

    As bindings these keys would overtake what is typed before them, or come after what is typed
    next: the letters of a burst would end up in another question's answer.
    """

    async def _on_key(self, event: events.Key) -> None:
        action = _GOES.get(event.key)
        if action is None:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        await self.run_action(f"screen.{action}")


_GOES = {
    each: action
    for action, keys in (("next", NEXT), ("back", BACK))
    for each in with_cyrillic(keys).split(",")
}


class ExamBar(TopBar):
    """Where one is in the exam and what is left of it; the model has nothing to say here."""

    DEFAULT_CSS = """
    ExamBar {
        #clock { width: auto; margin-left: 2; text-style: bold; }
        #clock.-soon { color: $text-warning; text-style: bold reverse; }
    }
    """

    def __init__(self) -> None:
        super().__init__("Exam")
        self._title = Static(id="place", markup=False)
        self._number = Static(id="count", markup=False)
        self._clock = Static(id="clock", markup=False)

    def compose(self) -> ComposeResult:
        """Title, number and clock."""
        yield self._title
        yield self._number
        yield self._clock

    def show_question(self, title: str, count: str) -> None:
        """Show which question it is."""
        self._title.update(Content(title))
        self._number.update(Content(count))

    def show_clock(self, words: str, *, soon: bool) -> None:
        """Show what is left."""
        self._clock.update(Content(words))
        self._clock.set_class(soon, "-soon")


def when(moment: datetime) -> str:
    """A moment by the system's clock: `2026-11-20 13:05`."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def span(seconds: float) -> str:
    """A time that was measured: `4:05`, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def limit_words(minutes: float | None) -> str:
    """The time limit: `30 min`, `no time limit`."""
    return "no time limit" if minutes is None else f"{number(minutes)} min"


def exam_words(record: ExamRecord) -> str:
    """What kind of exam it is: `10 questions · 30 min · seed 7`."""
    begun = record.begun
    many = count_of(len(begun.questions), "question")
    return f"{many} · {limit_words(begun.minutes)} · seed {begun.seed}"


def language_of(bank: Bank, question: Question, *liked: Language) -> Language:
    """The first language of `liked` that the question has, else its deck's own."""
    wanted = (*liked, bank.deck(bank.info(question.id).deck).language)
    there = question.languages
    return next((language for language in wanted if language in there), there[0])
