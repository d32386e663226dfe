"""An answer is graded and saved once, never lost, and the session moves on."""

from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.support.patience import SECONDS
from tests.support.services import NOW, Services
from tutor.bank import Bank, Language, Question, Verdict
from tutor.engine import Cancelled
from tutor.grading import Grade, self_grade
from tutor.progress import (
    Draft,
    ProfileNotWritable,
    Progress,
    Rating,
    Scale,
    SessionState,
)
from tutor.study import Preferences, StudySession, Submission
from tutor.study.follow_up import second_question

DECKS = {"first": 3}


@pytest.fixture
def services(bank: Bank, progress: Progress) -> Services:
    return Services(bank, progress)


@pytest.fixture
def session(services: Services) -> StudySession:
    opened = StudySession(services)
    opened.begin("deck", deck="first")
    opened.save()
    return opened


def met(question: Question, _: str, language: Language) -> Grade:
    return self_grade(question, {point.id: Verdict.MET for point in question.rubric}, language)


def submission(session: StudySession, answer: str = "an answer") -> Submission:
    asked = session.ask_next()
    assert asked is not None
    return session.submission(asked, answer, asked.language, 1, NOW - timedelta(seconds=30))


def first(session: StudySession) -> str:
    assert session.state is not None
    return session.state.questions[0]


def test_an_answer_is_graded_saved_and_the_session_moved_on_in_one_write(
    session: StudySession, progress: Progress, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = first(session)
    progress.save_draft(Draft(question, "an answer", "en", NOW))
    written: list[str] = []
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        written.append(Path(target).name)
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    answered = submission(session).grade(met)
    assert written.count("drafts.json") == 1
    attempt = answered.attempt
    assert (attempt.answer, attempt.seconds, attempt.hints, attempt.at) == ("an answer", 30, 1, NOW)
    assert [each.id for each in progress.attempts()] == [attempt.id]
    assert progress.draft(question) is None
    (saved,) = progress.sessions()
    assert saved == session.state
    assert saved.position == 1
    assert answered.due is not None
    assert answered.due > NOW.date()


def test_the_last_answer_ends_the_session(session: StudySession, progress: Progress) -> None:
    while session.current is not None:
        submission(session).grade(met)
    assert session.state is not None
    assert session.state.done
    assert progress.sessions() == ()


def test_what_was_graded_and_not_saved_is_saved_without_grading_again(
    session: StudySession, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded: list[str] = []

    def grade(question: Question, answer: str, language: Language) -> Grade:
        graded.append(answer)
        return met(question, answer, language)

    def fail(*_: object) -> None:
        raise ProfileNotWritable(Path("home"), OSError(28, "No space left"))

    answer = submission(session)
    with monkeypatch.context() as broken:
        broken.setattr(progress, "record", fail)
        with pytest.raises(ProfileNotWritable):
            answer.give_up()
        with pytest.raises(ProfileNotWritable):
            answer.grade(grade)
    assert (session.current, [*progress.attempts()]) == (first(session), [])
    saved = answer.grade(grade)
    assert graded == ["an answer"], "although it was “don't know” before"
    assert [each.id for each in progress.attempts()] == [saved.attempt.id]
    assert not saved.attempt.gave_up


def test_a_suggestion_taken_while_the_grader_is_busy_is_what_is_saved(
    session: StudySession, progress: Progress
) -> None:
    begun, released = Event(), Event()
    results: list[object] = []

    def slow(question: Question, answer: str, language: Language) -> Grade:
        begun.set()
        released.wait(SECONDS)
        return met(question, answer, language)

    answer = submission(session)
    worker = Thread(target=lambda: results.append(answer.grade(slow)))
    worker.start()
    assert begun.wait(SECONDS)
    accepted = answer.accept(self_grade(answer.question, {}, "en"))
    released.set()
    worker.join(SECONDS)
    assert results == [accepted], "the second to finish returns what is saved"
    (attempt,) = progress.attempts()
    assert attempt == accepted.attempt


def test_an_answer_can_be_cancelled_until_it_is_saved(
    session: StudySession, progress: Progress
) -> None:
    answer = submission(session)

    def cancelled(question: Question, text: str, language: Language) -> Grade:
        assert answer.cancel()
        return met(question, text, language)

    with pytest.raises(Cancelled):
        answer.grade(cancelled)
    assert [*progress.attempts()] == []
    assert not answer.is_for("an answer", "en")
    saved = submission(session)
    saved.grade(met)
    assert not saved.cancel()


def test_an_answer_is_saved_with_the_settings_of_its_time(
    session: StudySession, services: Services
) -> None:
    services.preferences = Preferences(scale=Scale(0.1, 0.2, 0.3), day_starts=13)
    attempt = submission(session).grade(met).attempt
    assert (attempt.scale, attempt.day) == (Scale(0.1, 0.2, 0.3), services.preferences.day(NOW))


def test_giving_up_misses_every_point(session: StudySession) -> None:
    attempt = submission(session, "").give_up().attempt
    assert attempt.gave_up
    assert {point.verdict for point in attempt.grade.points} == {Verdict.MISSED}


def test_an_answer_outside_of_a_session_leaves_the_kept_one_alone(
    session: StudySession, services: Services, progress: Progress
) -> None:
    (saved,) = progress.sessions()
    outside = StudySession(services)
    asked = outside.ask(saved.questions[-1])
    outside.submission(asked, "x", asked.language, 0, NOW).grade(met)
    outside.skip(saved.questions[1])
    outside.save()
    assert progress.sessions() == (saved,)


def test_a_skipped_question_waits_until_tomorrow(session: StudySession, progress: Progress) -> None:
    question = first(session)
    session.skip(question)
    assert session.current != question
    assert progress.skipped() == {question: NOW.date()}
    assert progress.sessions() == (session.state,)


def test_an_undone_grade_is_asked_again(session: StudySession, progress: Progress) -> None:
    question = first(session)
    submission(session).grade(met)
    undone = session.undo(question)
    assert undone is not None
    assert undone.reopened == question
    assert (session.current, progress.sessions()) == (question, (session.state,))
    assert session.ask(question).text == "an answer"
    assert session.undo(None) is None
    assert session.redo(question) is not None
    assert session.current != question, "the session is where it was"
    assert progress.sessions() == (session.state,)
    assert progress.draft(question) is None
    assert session.redo(None) is None


def test_overruling_and_rating_change_the_attempt_and_its_day(session: StudySession) -> None:
    before = submission(session).grade(met)
    point = before.attempt.grade.points[0].id
    overruled = session.overrule(before.attempt, {point: Verdict.MISSED})
    assert overruled.attempt.grade.points[0].final is Verdict.MISSED
    own = session.rate(overruled.attempt, Rating.AGAIN)
    assert (own.attempt.rated, own.due) == (Rating.AGAIN, NOW.date())
    by_score = own.attempt.model_copy(update={"rated": None}).rating
    assert session.rate(own.attempt, by_score).attempt.rated is None


def test_a_second_answer_is_saved_beside_the_first(
    session: StudySession, progress: Progress
) -> None:
    answered = submission(session).give_up()
    second = second_question(answered.question, answered.attempt, 1)
    grade = met(second.question, "", "en")
    follow_up = session.answer_follow_up(second, "more", grade, NOW - timedelta(seconds=5))
    assert (follow_up.attempt, follow_up.point, follow_up.seconds) == (
        answered.attempt.id,
        second.point,
        5,
    )
    assert [*progress.follow_ups()] == [follow_up]


def test_a_session_replaces_none_of_another_source(
    session: StudySession, services: Services, progress: Progress
) -> None:
    submission(session).grade(met)
    left = session.state
    assert left is not None
    due = session.begin("due")
    session.save()
    assert progress.sessions() == (due, left)
    assert session.unfinished() == (left,), "nothing is lost of what was only looked at"
    submission(session).grade(met)
    assert session.unfinished() == (session.state, left)
    assert session.resume(left) == left
    assert StudySession(services).begin("deck", deck="first") == left


def test_chosen_questions_are_taken_up_and_never_replaced(
    services: Services, progress: Progress
) -> None:
    session = StudySession(services)
    first = session.choose(("first.1", "first.2"))
    session.save()
    submission(session).grade(met)
    services.now += timedelta(minutes=1)
    second = session.choose(("first.3", "first.1"))
    session.save()
    assert [each.questions for each in session.unfinished()] == [second.questions, first.questions]
    taken_up = session.choose(first.questions)
    assert (taken_up.position, taken_up.started) == (1, first.started)
    session.save()
    assert len(progress.sessions()) == 2


def test_one_question_that_was_only_looked_at_leaves_no_session(
    services: Services, progress: Progress
) -> None:
    session = StudySession(services)
    for question in ("first.1", "first.2", "first.3"):
        services.now += timedelta(minutes=1)
        session.choose((question,))
        session.save()
        assert session.unfinished() == ()
    assert [each.questions for each in progress.sessions()] == [("first.3",)]
    progress.save_draft(Draft("first.3", "half", "en", services.now))
    services.now += timedelta(minutes=1)
    session.begin("due")
    session.save()
    assert [each.questions for each in session.unfinished()] == [("first.3",)]


def test_a_session_that_is_ended_does_not_come_back(
    session: StudySession, progress: Progress
) -> None:
    submission(session).grade(met)
    left = session.state
    assert left is not None
    session.end(left)
    assert (session.unfinished(), session.state) == ((), None)
    session.undo(None)
    assert progress.sessions() == ()


@pytest.mark.parametrize(
    ("questions", "position", "rest"),
    [
        (("first.8", "first.3", "first.9", "first.1", "first.2"), 3, (("3", "1", "2"), 1)),
        (("first.1", "first.2"), 2, None),
        (("first.1", "first.99"), 1, None),
        ((), 0, None),
    ],
    ids=["some are gone", "finished", "the rest is gone", "empty"],
)
def test_a_session_continues_without_questions_that_are_gone(
    bank: Bank, questions: tuple[str, ...], position: int, rest: tuple[tuple[str, ...], int] | None
) -> None:
    left = SessionState("first", questions, position, NOW).without_missing(bank)
    shown = None if left is None else (left.questions, left.position)
    assert shown == (None if rest is None else (tuple(f"first.{n}" for n in rest[0]), rest[1]))
