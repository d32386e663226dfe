"""`tutor ask`: the words of a verdict, and what can be done after it."""

from collections.abc import Callable

import pytest

from tests.cli.conftest import Run, lines
from tutor.bank import Bank, Verdict
from tutor.progress import Progress

GERMAN, RUSSIAN, CHINESE = "lectures-de.11.5", "papers-ru.5.3", "transformer-bert-zh.1.1"

pytestmark = pytest.mark.usefixtures("cached")


def test_a_verdict_is_overruled_and_undone(
    run: Run, opened: Callable[[], Progress], our_bank: Bank
) -> None:
    typed = lines("Слова.", ".", ":overrule 2 met", ":over 3 part", ":undo", ":rate easy", ":undo")
    ran = run("ask", "--questions", RUSSIAN, stdin=typed)
    assert "Point 2, met (you), missed (grader).\n1 of 5 marks, not yet, by key terms.\n" in ran.out
    assert "1.5 of 5 marks" in ran.out
    assert "Rated easy by you.\n" in ran.out
    assert f"Undone: your own verdict on 1 point of {RUSSIAN}.\n1 of 5 marks" in ran.out
    assert ran.out.count("Point 2 of 4") == 1, "the rest is not read again"
    (attempt,) = opened().attempts()
    finals = [point.final for point in attempt.grade.points]
    assert finals == [Verdict.MISSED, Verdict.MET, Verdict.MISSED, Verdict.MISSED]
    assert attempt.rated is None


def test_a_verdict_after_dontknow_has_its_marks(run: Run) -> None:
    """Nobody graded; what counts is the student's."""
    ran = run("ask", "--questions", RUSSIAN, stdin=lines(":dontknow", ":overrule 1 met"))
    assert (
        "Point 1, met (you), missed (before).\n2 of 5 marks, not yet. You said you don't know.\n"
    ) in ran.out


@pytest.mark.parametrize("word", ["partial", "partly", "p"])
def test_partial_is_understood_by_its_old_name_too(
    word: str, run: Run, opened: Callable[[], Progress]
) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin=lines("Слова.", ".", f":overrule 2 {word}"))
    assert "Point 2, partial (you), missed (grader)." in ran.out
    (attempt,) = opened().attempts()
    assert attempt.grade.points[1].final is Verdict.PARTIAL


def test_a_question_whose_answer_is_undone_is_asked_again(
    run: Run, opened: Callable[[], Progress]
) -> None:
    typed = lines("Слова.", ".", ":undo", "Ещё слова.", ".", "", ":undo")
    ran = run("ask", "--questions", f"{RUSSIAN},{GERMAN}", stdin=typed)
    assert ran.out.count(f"Undone: the answer to {RUSSIAN}; its text is a draft again.") == 2
    assert "So far you have 2 lines:\nСлова.\nЕщё слова.\n" in ran.out
    progress = opened()
    assert list(progress.attempts()) == []
    (session,) = progress.sessions()
    assert session.position == 0


def test_what_was_undone_is_redone(run: Run, opened: Callable[[], Progress]) -> None:
    typed = lines("Слова.", ".", ":overrule 2 met", ":undo", ":redo", ":redo", ":undo", ":undo")
    ran = run("ask", "--questions", f"{RUSSIAN},{GERMAN}", stdin=typed + lines(":redo"))
    assert f"Redone: your own verdict on 1 point of {RUSSIAN}." in ran.out
    assert "There is nothing to redo." in ran.out
    assert f"Redone: the answer to {RUSSIAN}." in ran.out
    progress = opened()
    (attempt,) = progress.attempts()
    assert attempt.grade.points[1].overruled is None, "the verdict was undone twice, redone once"
    assert progress.drafts() == {}


def test_the_same_question_again(run: Run, opened: Callable[[], Progress]) -> None:
    typed = lines("Слова.", ".", ":again", "И ещё.", ".", ":again", ":clear", "Иначе.", ".")
    run("ask", "--questions", RUSSIAN, stdin=typed)
    answers = [attempt.answer for attempt in opened().attempts()]
    assert answers == ["Слова.", "Слова.\nИ ещё.", "Иначе."]


def test_model_answer_notes_reasons_and_flags(
    run: Run, opened: Callable[[], Progress], full: Callable[[str], str]
) -> None:
    typed = lines("Слова.", ".", ":answer", ":notes", ":why 2", ":flag  zu  lang", ":repeat")
    ran = run("ask", "--questions", RUSSIAN, stdin=typed)
    assert f"Model answer: {full(RUSSIAN)}\n" in ran.out
    assert "See arXiv:2003.10555" in ran.out
    assert "\n2. При равных размерах" in ran.out
    assert "\n1. Лучше всего" not in ran.out
    assert "Reported: zu lang\n" in ran.out
    assert ran.out.count("Point 1 of 4") == 2
    assert dict(opened().flags()) == {RUSSIAN: "zu lang"}


def test_a_second_question_about_one_point(run: Run, opened: Callable[[], Progress]) -> None:
    second = "При равных размерах шаг обучения стоит вдвое больше вычислений."
    typed = lines("Слова.", ".", ":more 2", ".", second, ".", ":more 3", ":back", ":more 1", "x")
    ran = run("ask", "--questions", RUSSIAN, stdin=typed)
    assert "Point 2 of 4 again.\nЧего ещё не хватает?" in ran.out
    assert "Nothing is written yet. :back goes back to the verdict." in ran.err
    assert "Point 2, this time met. The score does not change.\n" in ran.out
    assert ran.out.count("0 of 5 marks") == 1
    progress = opened()
    (kept,) = progress.follow_ups()
    assert (kept.answer, kept.verdict, kept.language) == (second, Verdict.MET, "ru")
    assert len(list(progress.attempts())) == 1
    assert dict(progress.drafts()) == {}


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        (".", "The answer is already graded. Enter continues."),
        (":overrule 9 met", "Say which point, from 1 to 4."),
        (":overrule 2", "Say which verdict. :overrule 2 met, or partial, or missed."),
        (":overrule 2 m", "Say which verdict. :overrule 2 met, or partial, or missed."),
        (
            ":rate fine",
            "The ratings are again, hard, good and easy. :rate auto removes your rating.",
        ),
        (":more x", "Say which point, from 1 to 4."),
        (":help", ":why 2 explains the verdict on point 2, or all verdicts."),
    ],
)
def test_what_cannot_be_done_after_the_verdict_is_reported(
    run: Run, typed: str, heard: str
) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin=lines("Слова.", ".", typed))
    assert ran.code == 0
    assert heard in ran.err.splitlines()
    assert "Session finished." in ran.out


def test_every_verdict_is_in_words_alone(run: Run) -> None:
    answer = lines("Лучше всего генератор от 1/4 до 1/2 размера дискриминатора.", ".")
    ran = run("ask", "--questions", RUSSIAN, stdin=answer)
    heard = [line for line in ran.out.splitlines() if line.startswith("Point ")]
    assert heard[0].startswith("Point 1 of 4, met, 2 marks: ")
    assert heard[0].endswith(
        " Shown by sentence 1: Лучше всего генератор от 1/4 до 1/2 размера дискриминатора."
    )
    assert all(line.split(", ")[1].startswith("missed") for line in heard[1:])
    assert not set("✓◐✗│─┌█·") & set(ran.out + ran.err)


def test_a_sentence_that_shows_two_points_is_read_once(
    run: Run, full: Callable[[str], str]
) -> None:
    ran = run("ask", "--questions", CHINESE, stdin=lines(full(CHINESE), "."))
    shown = [line.rpartition("Shown by ")[2] for line in ran.out.splitlines() if "Shown" in line]
    numbers = [heard.split()[1].rstrip(":.") for heard in shown]
    assert len(numbers) == 6
    assert len([heard for heard in shown if ":" in heard]) == len(set(numbers))
