"""The messages of a session: pure functions from what happened to words and data."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from tutor.bank import ENGLISH_NAMES, Bank, Language
from tutor.cli.linemode.output import Message, Output
from tutor.engine import EngineState, Status
from tutor.engine.setup_state import SetupState
from tutor.errors import TutorError
from tutor.formatting import (
    count_of,
    mark_in_words,
    one_line,
    percent,
    sentence,
    when_words,
)
from tutor.progress import SessionKind, SessionState
from tutor.study import languages_for

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.grading import Choice
    from tutor.study.session_report import SessionReport
    from tutor.wiring import Tutor

_KINDS: Mapping[SessionKind, str] = {"due": "Due and new", "weak": "Weak points"}
_POINTS_SHOWN = 3


def session_message(session: SessionState, bank: Bank, reads: tuple[Language, ...]) -> Message:
    """What the session is about, and how many of its questions are done."""
    done = f", {session.position} done" if session.position else ""
    data = {
        "kind": session.kind,
        "deck": session.deck,
        "topic": session.topic,
        "questions": session.questions,
        "position": session.position,
    }
    many = count_of(len(session.questions), "question")
    return Message("session", (f"{_about(session, bank, reads)}: {many}{done}.",), data, aside=True)


def _about(session: SessionState, bank: Bank, reads: tuple[Language, ...]) -> str:
    parts = [_KINDS[session.kind]] if session.kind in _KINDS else []
    if session.topic is not None:
        parts.append(f"Topic {session.topic}")
    if session.deck is not None and session.deck in {deck.id for deck in bank.decks}:
        deck = bank.deck(session.deck)
        parts.append(one_line(deck.title.to(*languages_for(deck.language, reads))))
    return ", ".join(parts) or "Your selection"


def show_notices(output: Output, tutor: "Tutor") -> None:
    """Show what was repaired when the profile was opened, and how many problems decks have."""
    notices, problems = tutor.progress.notices, len(tutor.bank.problems)
    lines = [f"! {one_line(notice)}" for notice in notices]
    if problems:
        count = count_of(problems, "problem")
        lines.append(f"! {count} in the questions; list them with: tutor bank check")
    if lines:
        data = {"notices": list(notices), "problems": problems}
        output.show(Message("notices", tuple(lines), data, aside=True))


def grader_message(status: Status, grader: "Choice", setup: SetupState | None = None) -> Message:
    """What will grade; `setup` is how far the judge's set-up is, if there is one."""
    terms = "Key terms suggest each verdict; please confirm or correct it."
    if grader == "terms":
        words = terms
    elif status.state is EngineState.OFF:
        coming = setup is not None and not setup.is_over
        why = "The judge is still being set up" if coming else "There is no model"
        words = f"{why}. {terms}"
    elif status.state is EngineState.FAILED:
        words = f"{sentence(status.detail)} {status.remedy} {terms}"
    else:
        words = "A model grades your answers."
    return Message("grader", (words,), {"state": status.state.value, "text": words}, aside=True)


def languages_words(question: "Question", language: Language) -> str:
    """The language that it is asked in, and those it is also available in."""
    others = " and ".join(ENGLISH_NAMES[other] for other in question.languages if other != language)
    return ENGLISH_NAMES[language] + (f", also in {others}" if others else "")


def text_lines(text: str) -> tuple[str, ...]:
    """The answer so far, which is not empty."""
    lines = text.splitlines()
    return (f"So far you have {count_of(len(lines), 'line')}:", *lines)


def refused_message(error: TutorError) -> Message:
    """An error, after which the session continues."""
    words = " ".join(sentence(part) for part in (error.message, error.remedy) if part)
    words = words[:1].upper() + words[1:]
    return Message(
        "refused", (words,), {"message": error.message, "remedy": error.remedy}, aside=True
    )


def left_message(session: SessionState, draft_lines: int) -> Message:
    """The session was left before its end."""
    count = len(session.questions)
    rest = count - session.position
    saved = f" Your draft of {count_of(draft_lines, 'line')} is saved." if draft_lines else ""
    paused = f"Session paused with {count_of(rest, 'question')} to go."
    words = f"{paused}{saved} Run `tutor ask` to continue." if rest else f"Session finished.{saved}"
    data = {"position": session.position, "count": count, "draft_lines": draft_lines}
    return Message("left", (words,), data, aside=True)


def over_message(report: "SessionReport", bank: Bank, today: date) -> Message:
    """The session is over: what was answered, which points changed, what comes next."""
    data = {
        "asked": report.asked,
        "answered": report.answered,
        "mean": None if report.mean is None else round(report.mean, 6),
        "won": report.won,
        "lost": report.lost,
        "next": report.following,
        "left": report.count,
    }
    return Message("over", ("", *_over_lines(report, bank, today)), data)


def _over_lines(report: "SessionReport", bank: Bank, today: date) -> Iterator[str]:
    if not report.asked:
        weak = report.kind == "weak"
        yield "You have no weak points right now." if weak else "Nothing to study right now."
    elif not report.answered:
        yield "Session finished. You answered no questions."
    elif report.mean is None:
        yield "Session finished. You said you don't know each time. The questions come again soon."
    else:
        mean = f"{percent(report.mean)}, {mark_in_words(report.mean)}"
        many = count_of(report.answered, "question")
        yield f"Session finished. {many} answered, on average {mean}."
    yield from _changed("newly met", report.won, bank)
    yield from _changed("no longer met", report.lost, bank)
    yield _following(report, today)


def _changed(words: str, points: tuple[tuple[str, str], ...], bank: Bank) -> Iterator[str]:
    if points:
        yield f"{count_of(len(points), 'point')} {words}:"
    for id_, point_id in points[:_POINTS_SHOWN]:
        language = bank.deck_of(id_).language
        for point in bank.question(id_).rubric:
            if point.id == point_id:
                yield f"{sentence(one_line(point.point.to(language)))} Question {id_}."


def _following(report: "SessionReport", today: date) -> str:
    questions = count_of(report.count, "question")
    match report.following:
        case "due":
            return f"Still due today: {questions}."
        case "new":
            return f"Still new today: {questions}."
        case "weak":
            return f"Nothing is due. To practise {questions} with weak points: `tutor ask --weak`."
        case "rest":
            pass
    next_day = report.next_day
    when = when_words(next_day, today) if next_day else ""
    return f"The next question is due {when}." if when else "Nothing else is due."
