"""Moments and spans of time in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.tui.text import count_of, number

if TYPE_CHECKING:
    from datetime import datetime

    from tutor.bank import Bank, Language, Question
    from tutor.progress import ExamRecord


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
