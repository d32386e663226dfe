"""A drafted rubric, where the command line shows one."""

from pathlib import Path

from tests.cli.conftest import Run
from tutor.authoring import DRAFTED

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


def own_deck(home: Path, section: str) -> None:
    folder = home / "questions" / "own"
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text("title: {en: Own}\nlanguage: en\n", encoding="utf-8")
    (folder / "1-own.yaml").write_text(section, encoding="utf-8")


def test_a_verdict_says_that_the_rubric_was_drafted(run: Run, home: Path) -> None:
    own_deck(home, SECTION)
    ran = run("ask", "--questions", "own.1.1", "--grader", "terms", stdin="Lovelace\n.\n")
    assert ran.out.splitlines().count(DRAFTED) == 1
    shown = run("bank", "show", "own.1.1").out.splitlines()
    assert shown[shown.index("Model answer") - 2] == DRAFTED
    assert "Hints" not in shown


def test_of_a_rubric_that_somebody_wrote_nothing_is_said(run: Run, home: Path) -> None:
    own_deck(home, SECTION.replace("    drafted: true\n", ""))
    ran = run("ask", "--questions", "own.1.1", "--grader", "terms", stdin="Lovelace\n.\n")
    assert "Point 1 of 1" in ran.out
    assert DRAFTED not in ran.out + run("bank", "show", "own.1.1").out
