"""Changes of a deck's text that leave every other line alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.banks import question_yaml, samples_yaml
from tests.support.questions import question
from tutor.authoring.deck_text import DeckText, UnusualLayout
from tutor.bank import Text
from tutor.bank.outline import Parsed, parse

SECTION = (
    "# my notes\nsection: {en: Part}   # its title\nquestions:\n"
    + question_yaml("deck.1.1")
    + "\n  # the second one\n"
    + question_yaml("deck.1.2")
    + "# the end\n"
)
NEW = question(id="deck.1.3")
HARD = question(
    prompt={"en": "yes: no #1 - 'x' \"y\" [z] {w}", "zh": "什么是 ∇θ？"},
    answer={"en": "First line\n\n  indented \\theta\nlast: \u2028 line 𝒩 1.10"},
    references=("arXiv:1706.03762 §3", "- no", "1.10"),
    hints=({"en": "null"}, {"en": "~"}),
    drafted=True,
)
Change = Callable[[DeckText], None]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "1-part.yaml"


def parsed(file: Path, text: str) -> Parsed:
    file.write_bytes(text.encode())
    return parse(file, "section")


def changed(file: Path, text: str, change: Change) -> str:
    deck_text = DeckText.of(parsed(file, text))
    change(deck_text)
    return deck_text.written().decode()


def ids(file: Path, text: str) -> list[str]:
    return [each.id for each in parsed(file, text).questions]


def test_a_new_section_reads_back_as_its_questions(file: Path) -> None:
    text = DeckText.new(Text(en="Part", de="Teil"))
    text.add(HARD)
    text.add(NEW)
    assert parsed(file, text.written().decode()).questions == (HARD, NEW)


@pytest.mark.parametrize(
    "text",
    [
        SECTION,
        SECTION.removesuffix("# the end\n").rstrip(),
        SECTION.replace("\n", "\r\n"),
        f"\ufeff{SECTION}",
    ],
    ids=["whole lines", "no end of the last line", "lines of Windows", "byte order mark"],
)
def test_an_entry_is_added_at_the_end(file: Path, text: str) -> None:
    result = changed(file, text, lambda section: section.add(NEW))
    assert result.startswith(text)
    assert result.count("\r\n") in (0, result.count("\n"))
    assert ids(file, result) == ["deck.1.1", "deck.1.2", "deck.1.3"]


HEAD, QUESTIONS = SECTION.split("   # its title\n")
LONE_HYPHEN = SECTION.replace("  - id: deck.1.1", "  -\n    id: deck.1.1")
MARKED = SECTION.replace("    level: recall\n", "    drafted:\n      - value\n", 1)


@pytest.mark.parametrize(
    ("text", "change"),
    [
        (f"{QUESTIONS}{HEAD}\n", lambda section: section.add(NEW)),
        (LONE_HYPHEN, lambda section: section.add(NEW)),
        (LONE_HYPHEN, lambda section: section.remove(0)),
        (SECTION.replace("level", "levl"), lambda _: None),
        (SECTION, lambda section: section.add(question(id="deck.1.3", prompt=Text(en="x\x1b")))),
        (SECTION, lambda section: section.add(question(id="deck.1.3", prompt=Text(en="\udcff")))),
        (SECTION, lambda section: section.mark(0, ())),
        (MARKED, lambda section: section.mark(0, ())),
    ],
    ids=[
        "another key follows",
        "lone hyphen",
        "lone hyphen left",
        "mistake",
        "control character",
        "surrogate",
        "no mark",
        "list",
    ],
)
def test_a_text_that_cannot_be_changed_is_refused(file: Path, text: str, change: Change) -> None:
    with pytest.raises(UnusualLayout):
        changed(file, text, change)


def test_a_file_that_has_just_become_shorter_is_refused(file: Path) -> None:
    marked = SECTION.replace("- id: deck.1.2\n", "- id: deck.1.2\n    drafted: true\n")
    before = parsed(file, marked)
    lines = marked.splitlines(keepends=True)

    def unmarked() -> bytes:
        text = DeckText.of(before)
        text.mark(1, ())
        return text.written()

    for number in range(len(lines) - 1):  # the last one is a comment
        file.write_text("".join(lines[:number]))
        with pytest.raises(UnusualLayout):
            unmarked()


def test_entries_are_removed_and_comments_stay(file: Path) -> None:
    result = changed(file, SECTION, lambda section: section.remove(0))
    assert result.startswith(f"{HEAD}   # its title\nquestions:\n")
    assert "  # the second one\n" in result
    assert result.endswith("# the end\n")
    assert ids(file, result) == ["deck.1.2"]


def test_samples_are_removed(file: Path) -> None:
    file.write_text("samples:\n" + samples_yaml("deck.1.1") + samples_yaml("deck.1.2"), "utf-8")
    text = DeckText.of(parse(file, "samples"))
    text.remove(0)
    text.remove(2)
    file.write_bytes(text.written())
    left = parse(file, "samples").samples
    assert left
    assert [(each.question, each.kind) for each in left.samples] == [
        ("deck.1.1", "wrong"),
        ("deck.1.2", "wrong"),
    ]
    text.remove(1)
    text.remove(3)
    assert text.written() == b""


def test_an_entry_is_replaced_and_comments_stay(file: Path) -> None:
    new = question(id="deck.1.1")
    result = changed(file, SECTION, lambda section: section.replace(0, new))
    assert "  # the second one\n" in result
    first, second = parsed(file, result).questions
    assert (first, second.id) == (new, "deck.1.2")


@pytest.mark.parametrize(
    ("old", "marked", "points", "left"),
    [
        ("    level: recall\n", "    drafted: true  # by a program\n", (), ""),
        ("  - id: deck", "  - drafted: true\n    id: deck", (), "  - drafted: false\n    id: deck"),
        ("level: recall", "drafted: true", ["value"], "drafted: [value]"),
        ("level: recall", 'drafted: "true"', ["value"], "drafted: [value]"),
        ("level: recall", "drafted: [value, reason] # x", ["value"], "drafted: [value] # x"),
        ("    level: recall\n", "    drafted: [value]\n", (), ""),
        ("- id: deck.1.1", "-\n    drafted: true\n    id: deck.1.1", (), "-\n    id: deck.1.1"),
    ],
)
def test_the_mark_is_removed_or_left_on_some_points(
    file: Path, old: str, marked: str, points: list[str], left: str
) -> None:
    assert old in SECTION
    text = SECTION.replace(old, marked, 1)
    result = changed(file, text, lambda section: section.mark(0, points))
    assert result == SECTION.replace(old, left, 1)
    assert parsed(file, result).questions[0].drafted == (tuple(points) or False)
