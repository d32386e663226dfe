"""How a question is asked, how a session moves, and what undo and redo do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.attempts import attempt_with
from tests.support.services import NOW, Services
from tutor.bank import Bank, BankError, Language, Text
from tutor.grading import self_grade
from tutor.progress import Attempt, Draft, Progress, Rating, SessionState
from tutor.study import AskedQuestion, Preferences, StudySession
from tutor.study.undo import redo_last, redone_words, undo_last, undone_words

ID = "first.1"
DECKS = {"first": 3}


def attempt_at(bank: Bank, answer: str, *, hints: int = 0) -> Attempt:
    return attempt_with(self_grade(bank.question(ID), {}, "de"), NOW, "a1", answer, hints=hints)


def test_a_question_is_asked_in_the_language_of_what_was_written(
    bank: Bank, progress: Progress
) -> None:
    question, services = bank.question(ID), Services(bank, progress)
    russian = StudySession(services, "ru")
    assert StudySession(services).ask(ID) == AskedQuestion(question, "en")
    assert russian.ask(ID).language == "ru"
    assert StudySession(services, "zh").ask(ID).language == "en"
    progress.save_draft(Draft(ID, "halb", "de", NOW, hints=9))
    asked = russian.ask(ID)
    assert (asked.language, asked.text, asked.hints) == ("de", "halb", len(question.hints))
    earlier = russian.ask(ID, attempt_at(bank, "ganz"))
    assert (earlier.language, earlier.text, earlier.hints) == ("de", "ganz", 0)
    assert earlier.again
    with pytest.raises(BankError):
        russian.ask("first.99")


@pytest.mark.parametrize(
    ("reads", "wanted", "language"),
    [
        (("de", "en"), None, "en"),
        (("zh", "ru", "de"), None, "ru"),
        (("zh",), None, "en"),
        (("ru",), "de", "de"),
    ],
)
def test_a_question_is_asked_in_a_language_that_the_student_reads(
    bank: Bank,
    progress: Progress,
    reads: tuple[Language, ...],
    wanted: Language | None,
    language: Language,
) -> None:
    """The deck's own, English, is used if it is one of them, whatever their order."""
    services = Services(bank, progress, Preferences(languages=reads))
    assert StudySession(services, wanted).ask(ID).language == language
    progress.save_draft(Draft(ID, "halb", "de", NOW))
    assert StudySession(services).ask(ID).language == "de"


@pytest.mark.parametrize("cover", [True, False])
def test_what_to_cover_is_asked_unless_the_student_hides_it(
    bank: Bank, progress: Progress, monkeypatch: pytest.MonkeyPatch, cover: bool
) -> None:
    covered = bank.question(ID).model_copy(update={"cover": Text(en="The loss.")})
    monkeypatch.setattr(bank, "question", lambda _: covered)
    services = Services(bank, progress, Preferences(cover=cover))
    assert (StudySession(services).ask(ID).question.cover is not None) is cover


def test_a_session_is_as_long_as_the_student_prefers(bank: Bank, progress: Progress) -> None:
    session = StudySession(Services(bank, progress, Preferences(session_length=2)))
    assert len(session.begin("deck", deck="first").questions) == 2


def test_a_session_goes_past_a_question_and_back_to_it() -> None:
    session = SessionState("first", ("first.1", "first.2", "first.3"), 1, NOW)
    assert session.past("first.2").position == 2
    assert session.past("first.1") == session, "never backwards"
    assert session.past("else.1") == session
    assert session.back_to("first.1").position == 0
    assert session.back_to("first.3") == session, "never forwards"
    assert session.back_to("else.1") == session


def test_an_undone_answer_is_a_draft_until_it_is_redone(bank: Bank, progress: Progress) -> None:
    progress.record(attempt_at(bank, "ganz", hints=1))
    undone = undo_last(progress, ID, NOW)
    assert undone_words(undone) == f"Undone: the answer to {ID}; its text is a draft again."
    assert progress.draft(ID) == Draft(ID, "ganz", "de", NOW, hints=1)
    assert undo_last(progress, ID, NOW) is None
    assert redone_words(redo_last(progress, ID)) == f"Redone: the answer to {ID}."
    assert [each.id for each in progress.attempts()] == ["a1"]
    assert progress.draft(ID) is None
    assert redo_last(progress, ID) is None
    undo_last(progress, ID, NOW)
    edited = Draft(ID, "ganz anders", "de", NOW)
    progress.save_draft(edited)
    assert redo_last(progress, ID) is not None
    assert progress.draft(ID) == edited, "what was edited since is kept"


def test_an_undone_answer_that_becomes_no_draft_is_not_called_one(
    bank: Bank, progress: Progress
) -> None:
    """An answer of an exam waits to be graded again, and a newer draft stays."""
    progress.record(attempt_at(bank, "ganz").model_copy(update={"exam": "e1"}))
    assert undone_words(undo_last(progress, ID, NOW)) == f"Undone: the answer to {ID}."
    assert progress.draft(ID) is None
    newer = Draft(ID, "ganz neu", "de", NOW + timedelta(seconds=1))
    progress.record(attempt_at(bank, "ganz").model_copy(update={"id": "a2"}))
    progress.save_draft(newer)
    assert undone_words(undo_last(progress, ID, NOW)) == f"Undone: the answer to {ID}."
    assert progress.draft(ID) == newer


def test_a_rating_is_undone_before_its_answer_and_redone(bank: Bank, progress: Progress) -> None:
    progress.record(attempt_at(bank, ""))
    progress.rate("a1", Rating.EASY)
    for change, words, rating in (
        (undo_last(progress, ID, NOW), undone_words, None),
        (redo_last(progress, ID), redone_words, Rating.EASY),
        (undo_last(progress, ID, NOW), undone_words, None),
    ):
        assert change is not None
        assert words(change).endswith(f"done: your rating of {ID}.")
        assert change.attempt is not None
        assert change.attempt.rated is rating
        assert words(replace(change, attempt=None)).endswith("done: your rating of an answer.")
    assert undone_words(undo_last(progress, None, NOW)) == f"Undone: the answer to {ID}."
    assert progress.draft(ID) is None, "nothing was written"
