"""Changes of a deck's text that leave every other line alone."""

from pathlib import Path

import pytest

from tests.support.banks import question_yaml, samples_yaml
from tests.support.questions import question
from tutor.authoring.yaml_text import (
    question_entry,
    with_entry,
    with_entry_instead,
    with_mark,
    without_entries,
)
from tutor.bank import Question
from tutor.bank.section_reader import read_samples, read_section

SECTION = (
    "# my notes\nsection: {en: Part}   # its title\nquestions:\n"
    + question_yaml("deck.1.1")
    + "\n  # the second one\n"
    + question_yaml("deck.1.2")
    + "# the end\n"
)


def read_back(text: str, tmp_path: Path) -> tuple[Question, ...]:
    file = tmp_path / "1-part.yaml"
    file.write_text(text, encoding="utf-8")
    section = read_section(file, "deck")
    assert section.problems == ()
    return section.questions


def test_an_entry_reads_back_as_the_question(tmp_path: Path) -> None:
    hard = question(
        prompt={"en": "yes: no #1 - 'x' \"y\" [z] {w}", "zh": "什么是 ∇θ？"},
        answer={"en": "First line\n\n  indented \\theta\nlast: \u2028 line 𝒩 1.10"},
        references=("arXiv:1706.03762 §3", "- no", "1.10"),
        hints=({"en": "null"}, {"en": "~"}),
        drafted=True,
    )
    text = "section: {en: Part}\nquestions:\n" + question_entry(hard)
    assert read_back(text, tmp_path) == (hard,)


def test_an_entry_is_added_at_the_end(tmp_path: Path) -> None:
    changed = with_entry(SECTION, "questions", question_entry(question(id="deck.1.3")))
    assert changed is not None
    assert changed.startswith(SECTION)
    assert [each.id for each in read_back(changed, tmp_path)] == [
        "deck.1.1",
        "deck.1.2",
        "deck.1.3",
    ]


def test_an_entry_is_added_after_a_last_line_without_end(tmp_path: Path) -> None:
    text = SECTION.removesuffix("\n# the end\n").rstrip()
    changed = with_entry(text, "questions", question_entry(question(id="deck.1.3")))
    assert changed is not None
    assert len(read_back(changed, tmp_path)) == 3


def test_no_entry_is_added_where_another_key_follows() -> None:
    head, _, rest = SECTION.partition("section: {en: Part}   # its title\n")
    text = head + rest + "section: {en: Part}\n"
    assert with_entry(text, "questions", question_entry(question(id="deck.1.3"))) is None


def test_no_entry_is_added_to_a_list_in_brackets() -> None:
    assert with_entry("samples: [a, b]\n", "samples", "- c\n") is None
    assert with_entry("samples:\n", "samples", "- c\n") is None


def test_entries_are_removed_and_comments_stay(tmp_path: Path) -> None:
    changed = without_entries(SECTION, "questions", {0})
    assert changed is not None
    assert changed.startswith("# my notes\nsection: {en: Part}   # its title\nquestions:\n")
    assert "  # the second one\n" in changed
    assert changed.endswith("# the end\n")
    assert [each.id for each in read_back(changed, tmp_path)] == ["deck.1.2"]


def test_samples_are_removed() -> None:
    text = "samples:\n" + samples_yaml("deck.1.1") + samples_yaml("deck.1.2")
    changed = without_entries(text, "samples", {0, 2})
    assert changed is not None
    file, _ = read_samples(changed.encode(), Path("x"))
    assert file is not None
    assert [(each.question, each.kind) for each in file.samples] == [
        ("deck.1.1", "wrong"),
        ("deck.1.2", "wrong"),
    ]


def test_an_entry_is_replaced(tmp_path: Path) -> None:
    new = question(id="deck.1.1")
    changed = with_entry_instead(SECTION, "questions", 0, question_entry(new))
    assert changed is not None
    assert "  # the second one\n" in changed
    first, second = read_back(changed, tmp_path)
    assert (first, second.id) == (new, "deck.1.2")


def test_the_mark_goes_with_its_line_alone(tmp_path: Path) -> None:
    marked = SECTION.replace("    level: recall\n", "    drafted: true  # by a program\n", 1)
    changed = with_mark(marked, 0, ())
    assert changed == marked.replace("    drafted: true  # by a program\n", "")
    assert not read_back(changed, tmp_path)[0].drafted


def test_the_mark_goes_from_a_line_that_says_more(tmp_path: Path) -> None:
    marked = SECTION.replace("  - id: deck.1.1\n", "  - drafted: true\n    id: deck.1.1\n")
    changed = with_mark(marked, 0, ())
    assert changed == marked.replace("drafted: true", "drafted: false")
    assert not read_back(changed, tmp_path)[0].drafted
    assert with_mark(SECTION, 0, ()) is None


@pytest.mark.parametrize("before", ["true", '"true"', "[p1, p2]  # by a program"])
def test_the_mark_is_left_on_some_points(before: str) -> None:
    marked = SECTION.replace("    level: recall\n", f"    drafted: {before}\n", 1)
    after = "[p2]  # by a program" if "#" in before else "[p2]"
    expected = marked.replace(f"drafted: {before}", f"drafted: {after}")
    assert with_mark(marked, 0, ["p2"]) == expected
    assert with_mark(expected, 0, ()) == SECTION.replace("    level: recall\n", "", 1)


def test_a_mark_over_several_lines_stays() -> None:
    marked = SECTION.replace("    level: recall\n", "    drafted:\n      - p1\n", 1)
    assert with_mark(marked, 0, ()) is None
