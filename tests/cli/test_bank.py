"""`tutor bank`: a student's own decks are made, edited, shared, imported and drafted."""

import shlex
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tutor.authoring import DRAFTED
from tutor.authoring.copies import DeckRefused
from tutor.authoring.deck_id import DeckNameUnusable
from tutor.authoring.sharing import ArchiveRefused
from tutor.bank.problems import AmbiguousQuestionError, UnknownQuestionError

EDITOR = """\
import pathlib, sys
file = pathlib.Path(sys.argv[-1])
text = file.read_text("utf-8")
assert sys.argv[1] in text
file.write_text(text.replace(sys.argv[1], sys.argv[2]), "utf-8", newline="")
"""


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Have the editor replace one text by another."""
    monkeypatch.delenv("VISUAL", raising=False)
    script = tmp_path / "editor.py"
    script.write_text(EDITOR, "utf-8")

    def does(old: str, new: str) -> None:
        monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(script), old, new]))

    return does


def test_a_deck_is_made_and_checked(home: Path, run: Run) -> None:
    made = run("bank", "new", "my-deck", "--title", "My deck", "--language", "en")
    assert made.out == f"{home / 'questions' / 'my-deck'}\n"
    checked = run("bank", "check", "--strict", made.out.strip())
    assert (checked.code, checked.err) == (0, "0 errors, 0 warnings\n")
    assert run("bank", "check", "my-deck").code == 0
    assert run("bank", "check", "no-deck").code == 1
    assert run("bank", "check", "compute").code == 0
    again = run("bank", "new", "my-deck", "--title", "My deck", "--language", "en")
    assert isinstance(again.error, DeckNameUnusable)
    removed = run("bank", "remove", "my-deck").out.strip()
    assert Path(removed, "deck.yaml").exists()
    assert "my-deck" not in run("bank", "list").out


def test_a_question_is_changed_compared_and_reverted(
    home: Path, run: Run, editor: Callable[[str, str], None]
) -> None:
    editor("id: compute.1.1\n", "id: compute.1.1\n    note: {en: Mine.}\n")
    edited = run("bank", "edit", "compute.1.1")
    file = home / "questions" / "compute" / "1-attention-and-losses.yaml"
    assert edited.out == f"{file}\n"
    assert "compute is now your own copy" in edited.err
    assert "compute\t24 questions" in run("bank", "list").out
    (line,) = [each for each in run("bank", "list").out.splitlines() if each.endswith("your copy")]
    assert line.startswith("compute\t")
    (copy,) = [deck for deck in run("bank", "list", "--json").json["decks"] if deck["copy"]]
    assert copy["id"] == "compute"
    assert run("doctor", "--json").json["bank"]["your_copies"] == ["compute"]
    diff = run("bank", "diff")
    assert diff.out.splitlines()[0] == "compute.1.1: you changed"
    assert "    +    en: Mine." in diff.out
    assert diff.err.endswith("compute: 1 question differs\n")
    (deck,) = run("bank", "diff", "compute", "--json").json["decks"]
    (change,) = deck["questions"]
    assert (change["question"], change["kind"], change["ours_changed"]) == (
        "compute.1.1",
        "changed",
        False,
    )
    assert run("bank", "revert", "compute.1.1").out == f"{file}\n"
    assert run("bank", "diff").err.endswith("compute: 0 questions differ\n")
    assert Path(run("bank", "revert", "compute").out.strip()).name.startswith(".compute.reverted")
    assert run("bank", "diff").err == "You have no copy of a built-in deck.\n"
    assert isinstance(run("bank", "revert", "compute").error, DeckRefused)


def test_a_text_with_mistakes_is_kept(
    home: Path, run: Run, editor: Callable[[str, str], None]
) -> None:
    run("bank", "new", "my-deck", "--title", "My deck", "--language", "en")
    editor("level:", "levl:")
    refused = run("bank", "edit", "my-deck.1.1")
    assert refused.code == 1
    assert "questions[0].levl: the key `levl` is not known" in refused.out
    assert f"Not saved. Your text is kept in {home / 'edits'}" in refused.err
    assert run("bank", "show", "my-deck.1.1").code == 0
    editor("levl:", "level:")
    again = run("bank", "edit", "my-deck.1.1").err
    assert again.splitlines() == [
        "You continue with your earlier text, which is not saved yet.",
        "Nothing was changed.",
    ]
    editor("weight: 2", "weight: 3")
    assert run("bank", "edit", "my-deck.1.1").err == "Saved.\n"
    assert run("bank", "show", "my-deck.1.1", "--json").json["rubric"][0]["weight"] == 3
    assert isinstance(run("bank", "edit", "my-deck.1.9").error, UnknownQuestionError)


def test_imported_questions_are_found_by_their_words_and_named_briefly(
    run: Run, tmp_path: Path, editor: Callable[[str, str], None]
) -> None:
    notes = tmp_path / "law.csv"
    notes.write_text(
        "question,answer\nWhat is an offer?,A promise to be bound.\n"
        "What is consideration?,The price of a promise.\n",
        encoding="utf-8",
    )
    assert run("bank", "import", str(notes), "--language", "en").code == 0
    rows = [line.split("\t") for line in run("bank", "list", "--deck", "law").out.splitlines()]
    assert [row[-1] for row in rows] == ["What is an offer?", "What is consideration?"]
    first, second = (row[0] for row in rows)
    short = next(first[:end] for end in range(5, len(first)) if not second.startswith(first[:end]))
    for command in (("bank", "show"), ("grade", "--grader", "terms", "--answer", "A promise.")):
        assert run(*command, short).out.startswith(first)
    editor("offer", "offer")
    assert run("bank", "edit", short).err == "Nothing was changed.\n"
    asked = run("ask", "--questions", f"{second},{short}", "--json", stdin=":quit\n")
    assert asked.events("question")[0]["question"] == second
    assert isinstance(run("bank", "show", "law.").error, AmbiguousQuestionError)


@pytest.mark.parametrize(
    ("settings", "told"),
    [('languages = ["en"]', True), ("languages = 7", False)],
    ids=["another language", "Today reports them"],
)
def test_a_new_deck_that_today_would_not_list(
    home: Path,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: str,
    told: bool,
) -> None:
    monkeypatch.delenv("TUTOR_LANGUAGES")
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text(settings, encoding="utf-8")
    notes = tmp_path / "law.csv"
    notes.write_text(
        "Frage,Antwort\nWas ist ein Antrag?,Eine Willenserklärung.\n", encoding="utf-8"
    )
    made = run("bank", "new", "made", "--title", "Gemacht", "--language", "de")
    packed = tmp_path / "made.zip"
    run("bank", "pack", "made", "--out", str(packed))
    for done in (
        made,
        run("bank", "import", str(notes), "--language", "de"),
        run("bank", "unpack", str(packed), "--force"),
    ):
        assert done.code == 0
        assert ("Today does not list" in done.err) is told


def test_a_deck_is_copied_once(home: Path, run: Run) -> None:
    folder = home / "questions" / "compute"
    assert run("bank", "copy", "compute").out == f"{folder}\n"
    again = run("bank", "copy", "compute")
    assert (again.code, again.out) == (0, f"{folder}\n")
    assert "already in your profile" in again.err


def test_a_deck_is_packed_and_unpacked(home: Path, run: Run, tmp_path: Path) -> None:
    run("bank", "new", "my-deck", "--title", "My deck", "--language", "en")
    file = tmp_path / "deck.zip"
    packed = run("bank", "pack", "my-deck", "--out", str(file))
    digest = sha256(file.read_bytes()).hexdigest()
    assert packed.out == f"{digest}  {file}\n"
    refused = run("bank", "unpack", str(file))
    assert isinstance(refused.error, ArchiveRefused)
    assert "already exists" in refused.error.message
    refused = run("bank", "unpack", str(file), "--sha256", "0" * 64)
    assert isinstance(refused.error, ArchiveRefused)
    assert "not the one that you gave" in refused.error.message
    (home / "questions" / "my-deck").rename(tmp_path / "elsewhere")
    unpacked = run("bank", "unpack", str(file), "--sha256", digest)
    assert unpacked.out == f"{home / 'questions' / 'my-deck'}\n"
    assert run("bank", "show", "my-deck.1.1").code == 0


# --- drafted


SECTION = """\
section: {en: Own}
questions:
  - id: own.1.1
    prompt: {en: Who wrote it?}
    rubric:
      - {id: p1, point: {en: Ada Lovelace wrote it.}, terms: [[Ada], [Lovelac*]]}
    answer: {en: Ada Lovelace wrote it.}
    drafted: true
"""


@pytest.mark.parametrize("drafted", [True, False])
def test_a_verdict_says_that_the_rubric_was_drafted(run: Run, home: Path, drafted: bool) -> None:
    folder = home / "questions" / "own"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text("title: {en: Own}\nlanguage: en\n", encoding="utf-8")
    section = SECTION if drafted else SECTION.replace("    drafted: true\n", "")
    (folder / "1-own.yaml").write_text(section, encoding="utf-8")
    ran = run("ask", "--questions", "own.1.1", "--grader", "terms", stdin="Lovelace\n.\n")
    assert ran.out.splitlines().count(DRAFTED) == drafted
    shown = run("bank", "show", "own.1.1").out.splitlines()
    assert (shown[shown.index("Model answer") - 2] == DRAFTED) is drafted
    assert "Hints" not in shown
