"""`tutor ask` at a terminal, where a person can try again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from _pytest.capture import CaptureResult

from tests.cli.conftest import Tty
from tests.support.banks import make_deck
from tutor.bank import Bank, BankError, Question, Verdict, open_bank
from tutor.cli.linemode.base import SessionContext
from tutor.cli.linemode.input import (
    Dot,
    Interrupts,
    Keyboard,
    Typed,
    TypedText,
)
from tutor.cli.linemode.loop import converse
from tutor.cli.linemode.messages import over_message
from tutor.cli.linemode.output import Output
from tutor.clock import utc_now
from tutor.engine import EngineCrashed
from tutor.grader import open_key_terms
from tutor.grading import Grade, GradingService
from tutor.profile import Profile
from tutor.progress import Draft, ProfileNotWritable, Progress, SessionState, open_progress
from tutor.study import StudySession
from tutor.study.follow_up import MISSING
from tutor.study.session_report import Next, SessionReport
from tutor.wiring import Tutor


@dataclass(frozen=True)
class Talk:
    """Sessions of two questions at a terminal."""

    tutor: Tutor
    grading: GradingService
    interrupts: Interrupts
    capsys: pytest.CaptureFixture[str]

    def __call__(
        self,
        *typed: str | bytes,
        feedback: bool = True,
        hears: Callable[[Typed], None] = lambda _: None,
    ) -> CaptureResult[str]:
        """What is printed while these lines are typed; `hears` is called with each."""

        class HeardKeyboard(Keyboard):
            def listen(self) -> Typed:
                said = super().listen()
                hears(said)
                return said

        session = StudySession(self.tutor)
        session.state = SessionState("small", ("small.1.1", "small.1.2"), 0, self.tutor.clock())
        converse(
            SessionContext(
                tutor=self.tutor,
                grading=self.grading,
                grader="auto",
                feedback=feedback,
                output=Output(inviting=True),
                keyboard=HeardKeyboard(Tty(*typed), self.interrupts),
                interrupts=self.interrupts,
                session=session,
            )
        )
        return self.capsys.readouterr()

    @property
    def progress(self) -> Progress:
        return self.tutor.progress

    @property
    def draft(self) -> tuple[str, str] | None:
        """Text and language of the draft for the first question."""
        draft = self.progress.draft("small.1.1")
        return None if draft is None else (draft.text, draft.language)


@pytest.fixture
def talk(home: Path, interrupts: Interrupts, capsys: pytest.CaptureFixture[str]) -> Iterator[Talk]:
    make_deck(home / "questions" / "small", questions=2)
    profile = Profile({"TUTOR_HOME": str(home)}, {})
    with open_progress(profile.paths, clock=utc_now) as progress:
        tutor = Tutor(profile, open_bank([home / "questions"], None), progress)
        yield Talk(tutor, open_key_terms(profile.paths), interrupts, capsys)


def test_ctrl_d_ends_the_answer_and_then_the_session(talk: Talk) -> None:
    said = talk("It is 2, as one is added to itself.\n", "", "\n", "half\n", ":quit\n")
    (attempt,) = talk.progress.attempts()
    assert attempt.question == "small.1.1"
    beginnings = (
        "Type your answer, then a line with only a dot.",
        "Press Enter to continue. :answer",
        "Your answer:",
        "Session paused with 1 question to go. Your draft of 1 line is saved.",
    )
    for line, beginning in zip(said.err.splitlines(), beginnings, strict=True):
        assert line.startswith(beginning)


def test_ctrl_d_with_nothing_written_leaves(talk: Talk) -> None:
    assert "Session paused with 2 questions to go. Run `tutor ask`" in talk("").err


def test_an_answer_typed_too_early_is_not_taken_for_the_next_question(talk: Talk) -> None:
    said = talk("Two.\n", ".\n", "four\n", ":quit\n")
    assert "The next question is not asked yet. Press Enter to continue." in said.err
    assert dict(talk.progress.drafts()) == {}


def test_a_bad_line_is_reported_and_typing_continues(talk: Talk) -> None:
    said = talk("one\n", b"\xff\n", "two\n", ":quit\n")
    assert "Line 2 of the input is not UTF-8 (byte 0; it looks like" in said.err
    assert talk.draft == ("one\ntwo", "en")


class Full:
    """A disk that is full until it is said to have space."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.is_full = True
        method: Callable[..., None] = getattr(Progress, name)

        def call(progress: Progress, *arguments: object) -> None:
            if self.is_full:
                raise ProfileNotWritable(Path("drafts.json"), OSError(28, "No space left"))
            method(progress, *arguments)

        monkeypatch.setattr(Progress, name, call)


def test_a_draft_that_cannot_be_saved_is_reported_once_and_again_after_it_could(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Full(monkeypatch, "save_draft")

    def hears(said: Typed) -> None:
        disk.is_full = said in (TypedText("one"), TypedText("two"), TypedText("four"))

    said = talk("one\n", "two\n", "three\n", "four\n", ":quit\n", hears=hears)
    assert said.err.count("cannot be written: No space left") == 2
    assert talk.draft == ("one\ntwo\nthree\nfour", "en"), "leaving tries again"


@pytest.mark.parametrize(("late", "left"), [(True, " Your draft of 1 line is saved."), (False, "")])
def test_only_a_saved_draft_is_called_saved(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, *, late: bool, left: str
) -> None:
    disk = Full(monkeypatch, "save_draft")

    def hears(said: Typed) -> None:
        disk.is_full = not late or said == TypedText("one")

    said = talk("one\n", ":quit\n", hears=hears)
    assert said.err.count("No space left") == 1
    assert f"Session paused with 2 questions to go.{left} Run `tutor ask`" in said.err


def test_what_could_not_be_saved_can_be_tried_again(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, heard = Full(monkeypatch, "record"), list[Typed]()

    def hears(said: Typed) -> None:
        heard.append(said)
        disk.is_full = heard.count(Dot()) < 2

    said = talk("It is 2.\n", ".\n", ".\n", ":quit\n", hears=hears)
    assert said.err.count("No space left") == 1
    assert said.out.count("You will see it again") == 1
    assert [each.answer for each in talk.progress.attempts()] == ["It is 2."]


def test_a_model_that_fails_leaves_the_answer(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Grade:
        raise EngineCrashed("the model's process has died", remedy="Write on.")

    monkeypatch.setattr(GradingService, "grade", fail)
    said = talk("It is 2.\n", ".\n", ":quit\n")
    assert "The model's process has died. Write on." in said.err
    assert talk.draft == ("It is 2.", "en")


def test_feedback_is_shown_in_one_piece(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = iter(("\nSay ", "why", ".\nThen ", "continue. "))
    monkeypatch.setattr(GradingService, "feedback", lambda *_: pieces)
    said = talk("It is 2.\n", ".\n", ":quit\n")
    assert "\nFeedback: Say why.\nThen continue.\n" in said.out


def test_a_model_that_writes_words_the_second_question(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def ask_about(
        _: GradingService, question: Question, answer: str, number: int, *__: object
    ) -> str:
        asked.append((answer, number))
        return "Which one comes after it?"

    monkeypatch.setattr(GradingService, "writes", True)
    monkeypatch.setattr(GradingService, "ask_about", ask_about)
    said = talk("No idea.\n", ".\n", ":more 1\n", "Two.\n", ".\n", ":quit\n")
    assert asked == [("No idea.", 1)]
    worded = f"{MISSING['en']}\nWhich one comes after it?"
    assert f"{worded}\n" in said.out
    assert [each.asked for each in talk.progress.follow_ups()] == [worded]


def test_without_feedback_the_model_is_not_asked_for_any(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def feedback(*_: object) -> tuple[str, ...]:
        raise AssertionError("nobody wants it")

    monkeypatch.setattr(GradingService, "feedback", feedback)
    said = talk("It is 2.\n", ".\n", ":again\n", ":dontknow\n", ":quit\n", feedback=False)
    assert "You said you don't know." in said.out


def test_leaving_after_the_last_verdict_asks_for_nothing_more(talk: Talk) -> None:
    said = talk("Zwei\n", ".\n", "\n", "Zwei\n", ".\n", ":quit\n")
    assert said.err.rstrip().endswith("Session finished.")
    assert "`tutor ask`" not in said.err


@pytest.mark.parametrize(
    ("following", "count", "next_day", "words"),
    [
        ("due", 1, None, "Still due today: 1 question."),
        ("new", 2, None, "Still new today: 2 questions."),
        (
            "weak",
            3,
            None,
            "Nothing is due. To practise 3 questions with weak points: `tutor ask --weak`.",
        ),
        ("rest", 0, date(2026, 3, 8), "The next question is due in 4 days, 8 March."),
        ("rest", 0, None, "Nothing else is due."),
    ],
)
def test_the_end_says_what_is_left(
    following: Next, count: int, next_day: date | None, words: str, talk: Talk
) -> None:
    report = SessionReport("due", 0, 2, None, (), (), None, following, count, next_day)
    lines = over_message(report, talk.tutor.bank, date(2026, 3, 4)).lines
    assert lines == ("", "Session finished. You answered no questions.", words)


def test_a_question_that_is_gone_is_skipped(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Bank.question

    def question(bank: Bank, id_: str) -> Question:
        if id_ == "small.1.1":
            raise BankError(f"the question {id_} no longer exists", remedy="Start again.")
        return read(bank, id_)

    monkeypatch.setattr(Bank, "question", question)
    said = talk(":quit\n")
    assert "The question small.1.1 no longer exists. Start again." in said.err
    assert "Question 2 of 2." in said.out
    (session,) = talk.progress.sessions()
    assert session.position == 1


def test_the_end_says_what_changed(talk: Talk) -> None:
    talk.progress.save_draft(Draft("small.1.2", "It is 4.", "en", talk.tutor.clock()))
    said = talk("It is 2.\n", ".\n", ":again\n", ":clear\n", "Even.\n", ".\n", "\n", ".\n", "\n")
    attempts = [each.grade.points for each in talk.progress.attempts()]
    assert [[point.final for point in points] for points in attempts[:2]] == [
        [Verdict.MET, Verdict.MISSED, Verdict.MISSED],
        [Verdict.MISSED, Verdict.MISSED, Verdict.MET],
    ]
    assert "1 point newly met:\nThe result is even. Question small.1.1.\n" in said.out
    assert "1 point no longer met:\nThe result is 2. Question small.1.1.\n" in said.out
    assert "Continue, or :clear it. A line with only a dot submits it." in said.err
