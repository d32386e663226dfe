"""`tutor ask`: whole sessions through a pipe, with real decks, key terms and a real profile."""

from pathlib import Path

import pytest

from tests.cli.conftest import Full, Opened, Run, lines
from tutor.bank import Bank, BankError
from tutor.cli.linemode.input import LineUnreadable
from tutor.engine import EngineError
from tutor.errors import TutorError
from tutor.progress import Rating

GERMAN, RUSSIAN, CHINESE = "lectures-de.11.5", "papers-ru.5.3", "transformer-bert-zh.1.1"
THREE = ",".join((GERMAN, RUSSIAN, CHINESE))
JSON = ("--json",)

pytestmark = pytest.mark.usefixtures("cached")


# --- a whole session


def test_a_whole_session_in_three_languages(
    ask: Run, our_bank: Bank, full: Full, opened: Opened
) -> None:
    answers = [full(id_) for id_ in (GERMAN, RUSSIAN, CHINESE)]
    ran = ask(THREE, "\n.\n".join(answers), ".")
    assert ran.code == 0
    assert "Question 1 of 3. Deep Learning" in ran.out
    assert "in German, also in English. 2 hints." in ran.out
    for id_ in (GERMAN, RUSSIAN, CHINESE):
        question = our_bank.question(id_)
        language = our_bank.deck(our_bank.info(id_).deck).language
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


def test_in_json_each_line_is_one_event(ask: Run, full: Full) -> None:
    typed = (":hint", full(RUSSIAN), ".", ":rate hard", ":foo", "", ":dontknow")
    ran = ask(f"{RUSSIAN},{GERMAN}", *typed, options=JSON)
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


@pytest.mark.parametrize("form", [(), JSON], ids=["text", "JSON"])
def test_no_text_steers_the_terminal(
    ask: Run, run: Run, hostile: str, form: tuple[str, ...]
) -> None:
    answer = "the\x1b[A gold \x1bOP\x9b5m\u202e\x07 is gold"
    typed = (":hint", answer, ".", ":answer", ":notes", ":why", ":more 1", "x", ".", ":repeat")
    ran, shown = ask(hostile, *typed, options=form), run("bank", "show", hostile, *form)
    assert (ran.code, ran.error) == (0, None)
    printed = ran.out + ran.err + shown.out
    assert [c for c in printed if not (c.isprintable() or c == "\n")] == []
    if form:
        (question,) = ran.events("question")
        whole = "rot\u202eAAA\u2066 [bold]x[/bold] \u3000wide \u00ad-\u200b\u2028next"
        assert question["prompt"] == whole
    else:
        assert "\nrot\\u202eAAA\\u2066 [bold]x[/bold]  wide -\nnext\n" in ran.out


@pytest.mark.native
def test_a_model_grades(ask: Run, dense_model: Path) -> None:
    model = ("--model", str(dense_model), "--grader", "model")
    ran = ask(RUSSIAN, "Да. Нет.", ".", ":why 1", options=model)
    assert ran.code == 0
    assert "by a model." in ran.out
    assert "a weak grader" in ran.out
    heard = ran.err.splitlines()
    assert "Loading the model …" in heard
    waiting = ("Grading …", "Grading starts when the model has loaded …")
    assert sum(line in waiting for line in heard) == 1, "said once"
    assert "labels for this answer" in ran.out
    assert "token by token" not in ran.out


# --- what is asked


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        (("--limit", "3"), "due"),
        (("--deck", "papers-ru"), "deck"),
        (("--topic", "electra"), "topic"),
        (("--questions", f"{GERMAN}, {RUSSIAN}"), "browse"),
        (("--topic", "electra", "--deck", "papers-ru"), "topic"),
    ],
    ids=lambda each: each if isinstance(each, str) else " ".join(each),
)
def test_options_choose_the_session(
    run: Run, wish: tuple[str, ...], kind: str, opened: Opened
) -> None:
    (session,) = run("ask", "--json", *wish, stdin="").events("session")
    assert (session["kind"], session["position"]) == (kind, 0)
    assert session["questions"]
    assert kind != "due" or len(session["questions"]) == 3
    (kept,) = opened().sessions()
    assert (kept.kind, list(kept.questions)) == (kind, session["questions"])


def test_points_missed_last_time_are_asked(run: Run, ask: Run) -> None:
    ran = run("ask", "--weak", stdin="")
    assert (ran.code, ran.out.startswith("\nYou have no weak points right now.\n")) == (0, True)
    ask(RUSSIAN, "Не знаю, но попробую угадать.", ".")
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


def test_named_errors(run: Run) -> None:
    for arguments, kind, message in (
        (("--deck", "nowhere"), BankError, "no deck nowhere"),
        (("--topic", "electro"), BankError, "no topic electro"),
        (("--questions", "papers-ru.99"), BankError, "no question papers-ru.99"),
        (("--grader", "model"), EngineError, "no model to grade with"),
    ):
        error = run("ask", *arguments, stdin="x\n.\n").error
        assert isinstance(error, kind)
        assert isinstance(error, TutorError)
        assert message in error.message
        assert error.remedy


# --- what is typed


@pytest.mark.parametrize(
    ("typed", "heard", "answers"),
    [
        (("::= x", "：：y", ":clear", "::= heißt", "x. y", " . "), "", [":= heißt\nx. y"]),
        (("", ".", " ", "."), "Nothing is written yet. :dontknow shows the answer", []),
        (("Eins.", ".", "Zwei.", "."), "The rest of the input was not read.", ["Eins."]),
    ],
    ids=["a second colon makes it text", "nothing is not graded", "the rest is not read"],
)
def test_what_becomes_an_answer(
    ask: Run, opened: Opened, typed: tuple[str, ...], heard: str, answers: list[str]
) -> None:
    assert heard in ask(GERMAN, *typed).err
    assert [attempt.answer for attempt in opened().attempts()] == answers


def test_an_unfinished_answer_is_a_draft_that_continues(run: Run, opened: Opened) -> None:
    ran = run("ask", "--questions", RUSSIAN, stdin="Первая строка\n\nи вторая")
    assert (ran.code, "Point " in ran.out) == (0, False)
    heard = "Session paused with 1 question to go. Your draft of 3 lines is saved. Run `tutor ask`"
    assert heard in ran.err
    ran = run("ask", stdin=lines("третья", "не та", ":drop", "."))
    assert "So far you have 3 lines:\nПервая строка\n\nи вторая\n" in ran.out
    (attempt,) = opened().attempts()
    assert attempt.answer == "Первая строка\n\nи вторая\nтретья"
    assert attempt.language == "ru"


def test_hints_count_and_are_kept_when_leaving(
    run: Run, ask: Run, opened: Opened, full: Full
) -> None:
    ask(RUSSIAN, ":hint", ":quit")
    (question,) = run("ask", "--json", stdin="").events("question")
    assert len(question["hints"]) == 1
    ran = ask(RUSSIAN, ":hint", ":hint", full(RUSSIAN), ".")
    assert "Hint 2 of 2: " in ran.out
    assert "There are no more hints." in ran.err
    (attempt,) = opened().attempts()
    assert (attempt.hints, attempt.rating) == (2, Rating.GOOD)


def test_dontknow_shows_the_model_answer(ask: Run, opened: Opened, full: Full) -> None:
    ran = ask(RUSSIAN, "half", ":dontknow")
    assert "0 of 5 marks, not yet. You said you don't know.\n" in ran.out
    assert f"Model answer: {full(RUSSIAN)}\n" in ran.out
    assert "You will see it again today.\n" in ran.out
    (attempt,) = opened().attempts()
    assert (attempt.gave_up, attempt.answer) == (True, "half")


def test_a_skipped_question_is_not_asked_again_today(run: Run, opened: Opened) -> None:
    ran = run("ask", "--due", "--limit", "2", "--json", stdin=lines("half", ":skip"))
    first, second = (each["question"] for each in ran.events("question"))
    progress = opened()
    assert list(progress.skipped()) == [first]
    assert list(progress.drafts()) == [first]
    (session,) = progress.sessions()
    assert session.questions[session.position] == second


def test_a_chosen_language_is_used_for_the_rest_of_the_session(ask: Run, opened: Opened) -> None:
    ran = ask(f"{RUSSIAN},papers-ru.5.1", ":language en", "One half.", ".", "Two.", ".")
    assert "In English:\nWhich" in ran.out or "In English:\nWhat" in ran.out
    assert [each.language for each in opened().attempts()] == ["en", "en"]


def test_a_draft_keeps_its_language_and_says_so(ask: Run) -> None:
    ask(RUSSIAN, "Первая строка")
    ran = ask(RUSSIAN, ":language en", ":repeat", ":quit", options=("--language", "en"))
    said = "Your draft is in Russian, and so is the question. :language en asks in English."
    assert ran.out.count(said) == 1, "the question is in English from then on"
    assert "Первая строка" in ran.out


def test_what_cannot_be_done_is_reported_and_the_session_continues(ask: Run) -> None:
    refused = {
        ":foo": "There is no :foo here. :help lists the commands.",
        ":hnt": "There is no :hnt here. Did you mean :hint?",
        ":h": "It can be :hint or :help.",
        ":answer": "The model answer comes after yours. :dontknow shows it now.",
        ":drop": "Nothing is written yet.",
        ":language fr": "The question is available in de for German, en for English.",
        ":flag": "Say what is wrong with the question. :flag what is wrong.",
        ":flag " + "x" * 1001: "A note has at most 1,000 characters.",
    }
    ran = ask(GERMAN, *refused, ":undo")
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "There is nothing to undo.")
    *_, last = heard = ran.err.splitlines()
    assert heard[-1 - len(refused) : -1] == list(refused.values())
    assert last.startswith("Session paused with 1 question to go.")


@pytest.mark.parametrize("typed", [":", ":рудз", "：HEL"])
def test_help_lists_the_commands(ask: Run, typed: str) -> None:
    heard = ask(GERMAN, typed).err.splitlines()
    for line in (
        ":hint shows a hint; hints are counted.",
        ":flag note reports a problem with the question, with a note for its author.",
        ":quit leaves; the session and what you wrote are kept.",
    ):
        assert line in heard


def test_a_flag_is_removed(ask: Run, opened: Opened) -> None:
    ask(RUSSIAN, ":flag bad", ":flag")
    assert dict(opened().flags()) == {}


def test_an_answer_or_a_line_too_long_is_a_named_error(run: Run, opened: Opened) -> None:
    long = lines("x" * 150_000)
    for typed, message in (
        ("x" * 900_000, "longer than 799,999 bytes"),
        (long + long + ".\n", "more than 200,000 characters"),
    ):
        error = run("ask", "--questions", GERMAN, stdin=typed).error
        assert isinstance(error, LineUnreadable)
        assert message in error.message
    draft = opened().draft(GERMAN)
    assert draft is not None
    assert len(draft.text) == 150_000


def test_a_missing_model_in_the_settings_is_reported(ask: Run, home: Path) -> None:
    (home / "settings.toml").write_text("model = 'none.gguf'\n", encoding="utf-8")
    ran = ask(GERMAN)
    assert "no model file" in ran.err.casefold()
    assert "Key terms suggest each verdict" in ran.err
