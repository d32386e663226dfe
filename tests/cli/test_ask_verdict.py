"""`tutor ask`: the words of a verdict, and what can be done after it."""

import pytest

from tests.cli.conftest import Full, Opened, Run
from tutor.bank import Bank, Verdict

GERMAN, RUSSIAN, CHINESE = "lectures-de.11.5", "papers-ru.5.3", "transformer-bert-zh.1.1"

pytestmark = pytest.mark.usefixtures("cached")


def test_a_verdict_is_overruled_and_undone(ask: Run, opened: Opened, our_bank: Bank) -> None:
    ran = ask(
        RUSSIAN, "Слова.", ".", ":overrule 2 met", ":over 3 part", ":undo", ":rate easy", ":undo"
    )
    assert "Point 2, met (you), missed (grader).\n1 of 5 marks, not yet, by key terms.\n" in ran.out
    assert "1.5 of 5 marks" in ran.out
    assert "Rated easy by you.\n" in ran.out
    assert f"Undone: your own verdict on 1 point of {RUSSIAN}.\n1 of 5 marks" in ran.out
    assert ran.out.count("Point 2 of 4") == 1, "the rest is not read again"
    (attempt,) = opened().attempts()
    finals = [point.final for point in attempt.grade.points]
    assert finals == [Verdict.MISSED, Verdict.MET, Verdict.MISSED, Verdict.MISSED]
    assert attempt.rated is None


def test_a_verdict_after_dontknow_has_its_marks(ask: Run) -> None:
    """Nobody graded; what counts is the student's."""
    ran = ask(RUSSIAN, ":dontknow", ":overrule 1 met")
    assert (
        "Point 1, met (you), missed (before).\n2 of 5 marks, not yet. You said you don't know.\n"
    ) in ran.out


def test_partial_is_understood_by_its_old_name_too(ask: Run) -> None:
    words = ("partial", "partly", "p")
    typed = (f":overrule {number} {word}" for number, word in enumerate(words, 1))
    ran = ask(RUSSIAN, "Слова.", ".", *typed)
    assert ran.out.count(", partial (you), missed (grader).") == 3


def test_a_question_whose_answer_is_undone_is_asked_again(ask: Run, opened: Opened) -> None:
    ran = ask(f"{RUSSIAN},{GERMAN}", "Слова.", ".", ":undo", "Ещё слова.", ".", "", ":undo")
    assert ran.out.count(f"Undone: the answer to {RUSSIAN}; its text is a draft again.") == 2
    assert "So far you have 2 lines:\nСлова.\nЕщё слова.\n" in ran.out
    progress = opened()
    assert list(progress.attempts()) == []
    (session,) = progress.sessions()
    assert session.position == 0


def test_what_was_undone_is_redone(ask: Run, opened: Opened) -> None:
    typed = ("Слова.", ".", ":overrule 2 met", ":undo", ":redo", ":redo", ":undo", ":undo")
    ran = ask(f"{RUSSIAN},{GERMAN}", *typed, ":redo")
    assert f"Redone: your own verdict on 1 point of {RUSSIAN}." in ran.out
    assert "There is nothing to redo." in ran.out
    assert f"Redone: the answer to {RUSSIAN}." in ran.out
    progress = opened()
    (attempt,) = progress.attempts()
    assert attempt.grade.points[1].overruled is None, "the verdict was undone twice, redone once"
    assert progress.drafts() == {}


def test_the_same_question_again(ask: Run, opened: Opened) -> None:
    ask(RUSSIAN, "Слова.", ".", ":again", "И ещё.", ".", ":again", ":clear", "Иначе.", ".")
    answers = [attempt.answer for attempt in opened().attempts()]
    assert answers == ["Слова.", "Слова.\nИ ещё.", "Иначе."]


def test_model_answer_notes_reasons_and_flags(ask: Run, opened: Opened, full: Full) -> None:
    ran = ask(RUSSIAN, "Слова.", ".", ":answer", ":notes", ":why 2", ":flag  zu  lang", ":repeat")
    assert f"Model answer: {full(RUSSIAN)}\n" in ran.out
    assert "See arXiv:2003.10555" in ran.out
    assert "\n2. При равных размерах" in ran.out
    assert "\n1. Лучше всего" not in ran.out
    assert "Reported: zu lang\n" in ran.out
    assert ran.out.count("Point 1 of 4") == 2
    assert dict(opened().flags()) == {RUSSIAN: "zu lang"}


def test_a_second_question_about_one_point(ask: Run, opened: Opened) -> None:
    second = "При равных размерах шаг обучения стоит вдвое больше вычислений."
    ran = ask(
        RUSSIAN, "Слова.", ".", ":more 2", ".", second, ".", ":more 3", ":back", ":more 1", "x"
    )
    assert "Point 2 of 4 again.\nЧего ещё не хватает?" in ran.out
    assert "Nothing is written yet. :back goes back to the verdict." in ran.err
    assert "Point 2, this time met. The score does not change.\n" in ran.out
    assert ran.out.count("0 of 5 marks") == 1
    progress = opened()
    (kept,) = progress.follow_ups()
    assert (kept.answer, kept.verdict, kept.language) == (second, Verdict.MET, "ru")
    assert len(list(progress.attempts())) == 1
    assert dict(progress.drafts()) == {}


def test_what_cannot_be_done_after_the_verdict_is_reported(ask: Run) -> None:
    which_point = "Say which point, from 1 to 4."
    which_verdict = "Say which verdict. :overrule 2 met, or partial, or missed."
    refused = {
        ".": "The answer is already graded. Press Enter to continue.",
        ":overrule 9 met": which_point,
        ":why " + "9" * 5000: which_point,
        ":more x": which_point,
        ":overrule 2": which_verdict,
        ":overrule 2 m": which_verdict,
        ":rate fine": "The ratings are again, hard, good and easy. :rate auto removes your rating.",
    }
    ran = ask(RUSSIAN, "Слова.", ".", *refused, ":help")
    assert (ran.code, "Session finished." in ran.out) == (0, True)
    heard = ran.err.splitlines()
    start = heard.index(refused["."])
    assert heard[start : start + len(refused)] == list(refused.values())
    assert ":why 2 explains the verdict on point 2, or all verdicts." in heard[start:]


def test_every_verdict_is_in_words_alone(ask: Run) -> None:
    ran = ask(RUSSIAN, "Лучше всего генератор от 1/4 до 1/2 размера дискриминатора.", ".")
    heard = [line for line in ran.out.splitlines() if line.startswith("Point ")]
    assert heard[0].startswith("Point 1 of 4, met, 2 marks: ")
    assert heard[0].endswith(
        " Shown by sentence 1: Лучше всего генератор от 1/4 до 1/2 размера дискриминатора."
    )
    assert all(line.split(", ")[1].startswith("missed") for line in heard[1:])
    assert not set("✓◐✗│─┌█·") & set(ran.out + ran.err)


def test_a_sentence_that_shows_two_points_is_read_once(ask: Run, full: Full) -> None:
    ran = ask(CHINESE, full(CHINESE), ".")
    shown = [line.rpartition("Shown by ")[2] for line in ran.out.splitlines() if "Shown" in line]
    numbers = [heard.split()[1].rstrip(":.") for heard in shown]
    assert len(numbers) == 6
    assert len([heard for heard in shown if ":" in heard]) == len(set(numbers))
