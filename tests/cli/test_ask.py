"""`tutor ask`: whole sessions through a pipe, with real decks, key terms and a real profile."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.cli.conftest import Run, lines
from tests.support.patience import SECONDS
from tests.support.profiles import open_profile
from tutor.bank import Bank, BankError, Verdict, open_bank
from tutor.cli.linemode.input import LineUnreadable
from tutor.engine import EngineError, ModelRefused
from tutor.errors import TutorError
from tutor.paths import Paths
from tutor.progress import Progress, Rating
from tutor.progress.errors import ProfileLocked

GERMAN, RUSSIAN, CHINESE = "lectures-de.11.5", "papers-ru.5.3", "transformer-bert-zh.1.1"
THREE = ",".join((GERMAN, RUSSIAN, CHINESE))


pytestmark = pytest.mark.usefixtures("cached")


@pytest.fixture
def bank(paths: Paths) -> Bank:
    return open_bank(paths.questions, paths.bank_cache)


@pytest.fixture
def opened(home: Path) -> Iterator[Callable[[], Progress]]:
    """Open the profile once the command has ended."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(open_profile(home))


@pytest.fixture
def full(bank: Bank) -> Callable[[str], str]:
    """The model answer to a question in its deck's language, as it would be typed."""

    def answer(id_: str) -> str:
        return bank.question(id_).answer.to(bank.deck(bank.info(id_).deck).language).strip()

    return answer


# --- a whole session


def test_a_whole_session_in_three_languages(
    run: Run, bank: Bank, full: Callable[[str], str], opened: Callable[[], Progress]
) -> None:
    answers = [full(id_) for id_ in (GERMAN, RUSSIAN, CHINESE)]
    ran = run("ask", "--questions", THREE, stdin="\n.\n".join(answers) + "\n.\n")
    assert ran.code == 0
    assert "Question 1 of 3. Deep Learning" in ran.out
    assert "in German, also in English. 2 hints." in ran.out
    for id_ in (GERMAN, RUSSIAN, CHINESE):
        question = bank.question(id_)
        language = bank.deck(bank.info(id_).deck).language
        assert question.prompt.to(language) in ran.out
        for at, point in enumerate(question.rubric, 1):
            (heard,) = [line for line in ran.out.splitlines() if point.point.to(language) in line]
            assert heard.startswith(f"Point {at} of {len(question.rubric)}, met")
    assert ran.out.count(" very good, by key terms.\n") == 3
    assert ran.out.count("You will see it again in ") == 3
    assert "Session finished. 3 questions answered, on average 100 %, very good.\n" in ran.out
    assert "key terms suggest each verdict" in ran.err.casefold()
    progress = opened()
    kept = [(each.question, each.language, each.answer) for each in progress.attempts()]
    assert kept == list(zip((GERMAN, RUSSIAN, CHINESE), ("de", "ru", "zh"), answers, strict=True))
    assert (progress.sessions(), dict(progress.drafts())) == ((), {})


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


def test_in_json_each_line_is_one_event(run: Run, full: Callable[[str], str]) -> None:
    typed = lines(":hint", full(RUSSIAN), ".", ":rate hard", ":foo", "", ":dontknow")
    ran = run("ask", "--questions", f"{RUSSIAN},{GERMAN}", "--json", stdin=typed)
    heard = [each["event"] for each in ran.events()]
    judged = ["hint", "judged", "rated", "refused"]
    assert heard == ["session", "grader", "question", *judged, "question", "judged", "over"]
    assert (ran.code, ran.err) == (0, "")
    first, second = ran.events("judged")
    assert (first["question"], first["score"], first["rating"]) == (RUSSIAN, 1.0, "good")
    assert [point["verdict"] for point in first["grade"]["points"]] == ["met"] * 4
    assert (second["gave_up"], second["rating"]) == (True, "again")
    (over,) = ran.events("over")
    assert (over["asked"], over["answered"]) == (2, 2)


HOSTILE = r'"rot\u202eAAA\u2066 [bold]x[/bold] \u3000wide \u00ad-\u200b\u2028next"'
"""All that a deck may hold; other control characters are refused."""


@pytest.fixture
def hostile(home: Path) -> str:
    """A deck of one question, every text of which would steer a terminal."""
    folder = home / "questions" / "hostile"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text(f"title: {{en: {HOSTILE}}}\nlanguage: en\n", encoding="utf-8")
    text = f"{{en: {HOSTILE}}}"
    (folder / "1-one.yaml").write_text(
        f"section: {text}\nquestions:\n- id: hostile.1\n  prompt: {text}\n"
        f"  rubric: [{{id: one, point: {text}, terms: [[gold]]}}]\n"
        f"  answer: {text}\n  hints: [{text}]\n  note: {text}\n",
        encoding="utf-8",
    )
    return "hostile.1"


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_text_steers_the_terminal(run: Run, hostile: str, form: tuple[str, ...]) -> None:
    answer = "the\x1b[A gold \x1bOP\x9b5m\u202e\x07 is gold"
    typed = lines(":hint", answer, ".", ":answer", ":notes", ":why", ":more 1", "x", ".", ":repeat")
    ran = run("ask", "--questions", hostile, *form, stdin=typed)
    assert ran.error is None
    assert ran.code == 0
    assert [c for c in ran.out + ran.err if not (c.isprintable() or c == "\n")] == []
    if form:
        (question,) = ran.events("question")
        assert (
            question["prompt"]
            == "rot\u202eAAA\u2066 [bold]x[/bold] \u3000wide \u00ad-\u200b\u2028next"
        )
    else:
        assert "\nrot\\u202eAAA\\u2066 [bold]x[/bold]  wide -\nnext\n" in ran.out


@pytest.mark.native
def test_a_model_grades(run: Run, dense_model: Path) -> None:
    typed = lines("Да. Нет.", ".", ":why 1")
    model = ("--model", str(dense_model), "--grader", "model")
    ran = run("ask", "--questions", RUSSIAN, *model, stdin=typed)
    assert ran.code == 0
    assert "by the model." in ran.out
    assert "a weak judge" in ran.out
    heard = ran.err.splitlines()
    waiting = ("Grading …", "Grading starts when the model has loaded …")
    assert sum(line in waiting for line in heard) == 1, "said once"
    assert "labels for this answer" in ran.out
    assert "token by token" not in ran.out


# --- what is asked


def test_without_a_wish_it_is_what_is_due_and_new(run: Run) -> None:
    ran = run("ask", "--json", "--limit", "3", stdin="")
    (session,) = ran.events("session")
    assert (session["kind"], len(session["questions"]), session["position"]) == ("due", 3, 0)


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        (("--deck", "papers-ru"), "deck"),
        (("--topic", "electra"), "topic"),
        (("--questions", f"{GERMAN}, {RUSSIAN}"), "browse"),
        (("--topic", "electra", "--deck", "papers-ru"), "topic"),
    ],
)
def test_the_wished_session_is_asked(
    run: Run, wish: tuple[str, ...], kind: str, opened: Callable[[], Progress]
) -> None:
    (session,) = run("ask", "--json", *wish, stdin="").events("session")
    assert session["kind"] == kind
    assert session["questions"]
    (kept,) = opened().sessions()
    assert (kept.kind, list(kept.questions)) == (kind, session["questions"])


def test_points_missed_last_time_are_asked(run: Run) -> None:
    ran = run("ask", "--weak", stdin="")
    assert (ran.code, ran.out.startswith("\nNothing to study right now.\n")) == (0, True)
    run("ask", "--questions", RUSSIAN, stdin=lines("Не знаю, но попробую угадать.", "."))
    (session,) = run("ask", "--weak", "--json", stdin="").events("session")
    assert session["questions"] == [RUSSIAN]


def test_a_session_continues_where_it_was_left(run: Run) -> None:
    run("ask", "--topic", "electra", "--limit", "3", stdin=lines(":dontknow", ":quit"))
    (left,) = run("ask", "--json", stdin="").events("session")
    assert (left["topic"], left["position"], len(left["questions"])) == ("electra", 1, 3)
    (same,) = run("ask", "--json", "--topic", "electra", stdin="").events("session")
    assert same["position"] == 1
    (other,) = run("ask", "--json", "--due", stdin="").events("session")
    assert (other["kind"], other["position"]) == ("due", 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--due", "--weak"),
        ("--due", "--deck", "papers-ru"),
        ("--topic", "electra", "--questions", RUSSIAN),
        ("--questions", RUSSIAN, "--deck", "papers-ru"),
        ("--limit", "0"),
        ("--language", "fr"),
        ("--grader", "oracle"),
        ("words",),
    ],
)
def test_wrong_usage_is_two(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run("ask", *arguments)
    assert (ran.code, ran.out) == (2, "")


def test_named_errors(run: Run, tmp_path: Path, home: Path) -> None:
    (home / "settings.toml").parent.mkdir(parents=True, exist_ok=True)
    for arguments, kind, message in (
        (("--deck", "nowhere"), BankError, "no deck nowhere"),
        (("--topic", "electro"), BankError, "no topic electro"),
        (("--questions", "papers-ru.99"), BankError, "no question papers-ru.99"),
        (("--grader", "model"), EngineError, "no model to grade with"),
        (("--model", str(tmp_path / "none.gguf")), ModelRefused, "no model file"),
    ):
        error = run("ask", *arguments, stdin="x\n.\n").error
        assert isinstance(error, kind)
        assert isinstance(error, TutorError)
        assert message in error.message
        assert error.remedy


def test_one_process_a_profile(run: Run, opened: Callable[[], Progress]) -> None:
    opened()
    ran = run("ask", stdin="")
    assert isinstance(ran.error, ProfileLocked)
    assert (ran.code, ran.out) == (1, "")


# --- what is typed


def test_an_unfinished_answer_stays_a_draft(run: Run, opened: Callable[[], Progress]) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin="Первая строка\n\nи вторая")
    assert (ran.code, "Point " in ran.out) == (0, False)
    heard = "Session paused with 1 question to go. Your draft of 3 lines is saved. Run `tutor ask`"
    assert heard in ran.err
    draft = opened().draft(RUSSIAN)
    assert draft is not None
    assert (draft.text, draft.language) == ("Первая строка\n\nи вторая", "ru")


def test_a_draft_is_continued(run: Run, opened: Callable[[], Progress]) -> None:
    run("ask", "--questions", RUSSIAN, stdin="Первая\n")
    ran = run("ask", stdin=lines("вторая", "не та", ":drop", "."))
    assert "So far you have 1 line:\nПервая\n" in ran.out
    (attempt,) = opened().attempts()
    assert attempt.answer == "Первая\nвторая"


def test_text_like_a_command_needs_a_second_colon(run: Run, opened: Callable[[], Progress]) -> None:
    typed = lines("::= heißt", "：：auch", ":clear", "::= ist das Zeichen", "x. y", " . ")
    run("ask", "--questions", GERMAN, stdin=typed)
    (attempt,) = opened().attempts()
    assert attempt.answer == ":= ist das Zeichen\nx. y"


def test_nothing_written_is_not_graded(run: Run, opened: Callable[[], Progress]) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin=lines("", ".", " ", "."))
    assert ran.err.count("Nothing is written yet. :dontknow shows the answer") == 2
    assert list(opened().attempts()) == []


def test_hints_count(run: Run, opened: Callable[[], Progress], full: Callable[[str], str]) -> None:
    ran = run(
        "ask", "--questions", RUSSIAN, stdin=lines(":hint", ":hint", ":hint", full(RUSSIAN), ".")
    )
    assert "Hint 2 of 2: " in ran.out
    assert "There are no more hints." in ran.err
    (attempt,) = opened().attempts()
    assert (attempt.hints, attempt.rating) == (2, Rating.GOOD)


def test_a_hint_is_kept_when_leaving(run: Run) -> None:
    run("ask", "--questions", RUSSIAN, stdin=lines(":hint", ":quit"))
    (question,) = run("ask", "--json", stdin="").events("question")
    assert len(question["hints"]) == 1


def test_who_gives_up_hears_the_model_answer(
    run: Run, opened: Callable[[], Progress], full: Callable[[str], str]
) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin=lines("half", ":dontknow"))
    assert "You gave up, so every point counts as missed.\n" in ran.out
    assert f"Model answer: {full(RUSSIAN)}\n" in ran.out
    assert "You will see it again today.\n" in ran.out
    (attempt,) = opened().attempts()
    assert (attempt.gave_up, attempt.answer) == (True, "half")


def test_a_skipped_question_is_not_asked_again_today(
    run: Run, opened: Callable[[], Progress]
) -> None:
    ran = run("ask", "--due", "--limit", "2", "--json", stdin=lines("half", ":skip"))
    first, second = (each["question"] for each in ran.events("question"))
    progress = opened()
    assert list(progress.skipped()) == [first]
    assert list(progress.drafts()) == [first]
    (session,) = progress.sessions()
    assert session.questions[session.position] == second


def test_the_language_holds_for_the_session(run: Run, opened: Callable[[], Progress]) -> None:
    typed = lines(":language en", "One half.", ".", "Two.", ".")
    ran = run("ask", "--questions", f"{RUSSIAN},papers-ru.5.1", stdin=typed)
    assert "In English:\nWhich" in ran.out or "In English:\nWhat" in ran.out
    assert [each.language for each in opened().attempts()] == ["en", "en"]


def test_a_draft_keeps_its_language_and_that_is_said(run: Run) -> None:
    run("ask", "--questions", RUSSIAN, "--grader", "terms", stdin="Первая строка\n")
    typed = ":language en\n:repeat\n:quit\n"
    ran = run("ask", "--questions", RUSSIAN, "--language", "en", "--grader", "terms", stdin=typed)
    said = "Your draft is in Russian, and so is the question. :language en asks in English."
    assert ran.out.count(said) == 1, "the question is in English from then on"
    assert "Первая строка" in ran.out


def test_the_language_can_be_chosen_at_the_start(run: Run) -> None:
    ran = run(
        "ask", "--questions", THREE, "--language", "ru", "--json", stdin=lines(":skip", ":skip")
    )
    assert [each["language"] for each in ran.events("question")] == ["de", "ru", "zh"]
    refused = run("ask", "--questions", GERMAN, stdin=lines(":language fr"))
    assert "The question is available in de for German, en for English." in refused.err


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        (":foo", "There is no :foo here. :help lists the commands."),
        (":hnt", "There is no :hnt here. Did you mean :hint?"),
        (":h", "It can be :hint or :help."),
        (":answer", "The model answer comes after yours. :dontknow shows it now."),
        (":drop", "Nothing is written yet."),
        (":flag", "Say what is wrong with the question. :flag what is wrong."),
        (":flag " + "x" * 1001, "A note has at most 1,000 characters."),
        (":", ":hint shows a hint; hints are counted."),
        (":рудз", ":quit leaves; the session and what you wrote are kept."),
        ("：HEL", ":flag note reports a problem with the question, with a note for its author."),
        (":undo", "There is nothing to undo."),
    ],
)
def test_what_cannot_be_done_is_reported_and_the_session_continues(
    run: Run, typed: str, heard: str
) -> None:
    ran = run("ask", "--questions", GERMAN, stdin=lines(typed))
    assert ran.code == 0
    assert heard in (ran.out + ran.err).splitlines()
    assert "Session paused with 1 question to go." in ran.err


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        (".", "The answer is already graded. Enter continues."),
        (":overrule 9 met", "Say which point, from 1 to 4."),
        (":overrule 2", "Say which verdict. :overrule 2 met, or partial, or missed."),
        (":overrule 2 m", "Say which verdict. :overrule 2 met, or partial, or missed."),
        (":rate fine", "Rate it again, hard, good or easy. :rate auto removes your rating."),
        (":more x", "Say which point, from 1 to 4."),
        (":help", ":why 2 explains the verdict on point 2, or all verdicts."),
    ],
)
def test_after_the_verdict_too(run: Run, typed: str, heard: str) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin=lines("Слова.", ".", typed))
    assert ran.code == 0
    assert heard in ran.err.splitlines()
    assert "Session finished." in ran.out


def test_more_than_is_asked_for_is_not_read(run: Run, opened: Callable[[], Progress]) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin=lines("Слова.", ".", "Ещё.", "."))
    assert "The rest of the input was not read." in ran.err
    assert len(list(opened().attempts())) == 1


# --- after the verdict


def test_a_verdict_is_overruled_and_undone(
    run: Run, opened: Callable[[], Progress], bank: Bank
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


@pytest.mark.parametrize("word", ["partial", "partly", "p"])
def test_partial_is_understood_by_its_old_name_too(
    word: str, run: Run, opened: Callable[[], Progress]
) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin=lines("Слова.", ".", f":overrule 2 {word}"))
    assert "Point 2, partial (you), missed (grader)." in ran.out
    (attempt,) = opened().attempts()
    assert attempt.grade.points[1].final is Verdict.PARTIAL


def test_a_judgement_undone_is_asked_again(run: Run, opened: Callable[[], Progress]) -> None:
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


def test_a_flag_is_removed(run: Run, opened: Callable[[], Progress]) -> None:
    run("ask", "--questions", RUSSIAN, stdin=lines(":flag bad", ":flag"))
    assert dict(opened().flags()) == {}


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


# --- a process of its own


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start_(*arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tutor", "ask", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TUTOR_HOME": str(home), "PYTHONIOENCODING": "latin-1"},
        )
        started.append(process)
        return process

    yield start_
    for process in started:
        process.kill()
        process.wait()


def hear(process: subprocess.Popen[bytes], *typed: str, until: str) -> None:
    """Type, then listen until the program says that."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join(typed).encode())
    process.stdin.flush()
    while until.encode() not in (line := process.stdout.readline()):
        assert line, f"{until!r} was never said"


def test_killed_in_the_middle_at_most_the_last_line_is_lost(
    start: Callable[..., subprocess.Popen[bytes]],
    opened: Callable[[], Progress],
) -> None:
    process = start("--questions", RUSSIAN)
    typed = ("Первая строка", "вторая строка", ":repeat", "полови")
    hear(process, *typed, until="вторая строка")
    process.kill()
    process.wait()
    draft = opened().draft(RUSSIAN)
    assert draft is not None
    assert draft.text == "Первая строка\nвторая строка"


def test_nobody_listens_any_more(
    start: Callable[..., subprocess.Popen[bytes]], opened: Callable[[], Progress]
) -> None:
    process = start("--questions", RUSSIAN)
    hear(process, until="Cover:")  # the last that it says before it listens
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    process.stdin.write("Слова.\n.\n:answer\n:answer\n".encode())
    process.stdin.close()
    assert process.wait(SECONDS) == 1
    assert process.stderr is not None
    assert b"Traceback" not in process.stderr.read()
    assert [each.answer for each in opened().attempts()] == ["Слова."]


def test_what_is_not_utf8_is_a_named_error(
    start: Callable[..., subprocess.Popen[bytes]], opened: Callable[[], Progress]
) -> None:
    process = start("--questions", GERMAN)
    _, heard = process.communicate("Erste Zeile\ngrößer\n.\n".encode("latin-1"))
    assert process.returncode == 1
    message = heard.decode().splitlines()[-2:]
    assert message[0].startswith("tutor: line 2 of the input is not UTF-8 (byte 2; it looks like")
    assert message[1].startswith("It was ignored.")
    draft = opened().draft(GERMAN)
    assert draft is not None
    assert draft.text == "Erste Zeile"


def test_an_answer_too_long_is_a_named_error(run: Run, opened: Callable[[], Progress]) -> None:
    long = lines("x" * 150_000)
    error = run("ask", "--questions", GERMAN, stdin=long + long + ".\n").error
    assert isinstance(error, LineUnreadable)
    assert "more than 200,000 characters" in error.message
    draft = opened().draft(GERMAN)
    assert draft is not None
    assert len(draft.text) == 150_000


def test_a_model_that_is_set_and_not_there_is_reported(run: Run, home: Path) -> None:
    (home / "settings.toml").write_text("model = 'none.gguf'\n", encoding="utf-8")
    ran = run("ask", "--questions", GERMAN, stdin="")
    assert "no model file" in ran.err.casefold()
    assert "Key terms suggest each verdict" in ran.err
    assert isinstance(run("ask", "--grader", "model", stdin="").error, EngineError)


def test_a_line_without_an_end_is_a_named_error(run: Run) -> None:
    error = run("ask", "--questions", GERMAN, stdin="x" * 900_000).error
    assert isinstance(error, LineUnreadable)
    assert "longer than 799,999 bytes" in error.message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal for a pipe")
def test_ctrl_c_leaves_in_order(
    start: Callable[..., subprocess.Popen[bytes]], opened: Callable[[], Progress]
) -> None:
    process = start("--questions", GERMAN)
    hear(process, "Erste Zeile", ":repeat", "", until="Erste Zeile")
    process.send_signal(signal.SIGINT)
    assert process.wait(SECONDS) == 130
    assert process.stderr is not None
    assert b"every finished line are saved" in process.stderr.read()
    assert list(opened().drafts()) == [GERMAN]
