"""A command that opens the profile says what was repaired in it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("cached")
ID = "papers-ru.5.3"
ASK = ("ask", "--grader", "terms", "--questions", ID)
EXAM = ("exam", "start", "--number", "1", "--grader", "terms")


@pytest.fixture
def answered(cached: Path, run: Run) -> None:
    assert run(*ASK, stdin="Да.\n.\n").code == 0
    assert run(*ASK, stdin="Entwurf\n:quit\n").code == 0


def tear(home: Path) -> None:
    history = home / "attempts.jsonl"
    history.write_bytes(history.read_bytes()[:-30])


def garbage(home: Path) -> None:
    with (home / "attempts.jsonl").open("ab") as history:
        history.write(b"\x00" * 200 + b"\n")


def no_drafts(home: Path) -> None:
    (home / "drafts.json").write_bytes(b"{")


def bad_deck(home: Path) -> None:
    (home / "questions" / "mine").mkdir(parents=True, exist_ok=True)
    (home / "questions" / "mine" / "deck.yaml").write_text("title: [", encoding="utf-8")


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize(
    ("damage", "said", "arguments"),
    [
        (tear, "The last line of attempts.jsonl is incomplete", ASK),
        (tear, "The last line of attempts.jsonl is incomplete", EXAM),
        (garbage, "Damaged lines in attempts.jsonl: 1.", ASK),
        (no_drafts, "drafts.json was damaged", ASK),
        (bad_deck, "in the questions; list them with: tutor bank check", ASK),
    ],
    ids=["torn", "torn-exam", "garbage", "drafts", "deck"],
)
def test_every_command_that_opens_the_profile_says_it(
    run: Run, home: Path, damage: Callable[[Path], None], said: str, arguments: tuple[str, ...]
) -> None:
    damage(home)
    ran = run(*arguments, stdin=":quit\n")
    assert said in ran.err
    assert said not in ran.out


@pytest.mark.usefixtures("answered")
def test_as_json_it_is_an_event(run: Run, home: Path) -> None:
    tear(home)
    first = json.loads(run(*ASK, "--json", stdin=":quit\n").out.splitlines()[0])
    assert (first["event"], first["problems"]) == ("notices", 0)
    assert "attempts.jsonl" in first["notices"][0]
