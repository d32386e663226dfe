"""Every mistake in a deck is reported with file, line and field, and all of them at once."""

from pathlib import Path

import pytest

from tests.support.banks import edit, make_deck, question_yaml
from tutor.bank import Bank, Problem, open_bank

HEAD = "section: {en: Part}\nquestions:\n"


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    return make_deck(tmp_path / "questions" / "my-deck")


def open_decks(deck: Path) -> Bank:
    return open_bank([deck.parent], None)


def summaries(bank: Bank) -> list[tuple[str, int, str, str]]:
    return [(p.file.name, p.line, p.field, p.message) for p in bank.problems]


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message", "remedy"),
    [
        ("level: recall", "level: hard", 6, "level", "not one of the known words", "'derive'"),
        ("weight: 2", "weight: no", 14, "rubric[0].weight", "a number is needed", "0.5"),
        ("weight: 2", "weight: [2]", 14, "rubric[0].weight", "a number is needed", "0.5"),
        ("weight: 2", "weight: 11", 14, "rubric[0].weight", "must be at most 10", ""),
        ("weight: 2", "weight: 0", 14, "rubric[0].weight", "must be more than 0", ""),
        ("weight: 2", "weight: nan", 14, "rubric[0].weight", "a number is needed", "0.5"),
        ("weight: 2", "wieght: 2", 14, "rubric[0].wieght", "not known", "`weight`"),
        ("weight: 2", "zzz: 2", 14, "rubric[0].zzz", "not known", "id, point, accept, weight"),
        ("- id: value", "- id: My Point", 12, "rubric[0].id", "not a plain name", "hyphens"),
        ("id: my-deck.1.1", "id: x", 3, "id", "not a question's id", "my-deck.2.4"),
        ('["42"]', "forty", 16, "rubric[0].terms[0]", "a list is needed", "- item"),
        ('["42"]', "[{a: b}]", 16, "rubric[0].terms[0][0]", "text is needed", "quotes"),
        ('["42"]', "[]", 16, "rubric[0].terms[0]", "at least 1 needed, 0 given", ""),
        ('"42"', "x" * 301, 16, "rubric[0].terms[0][0]", "longer than 300 characters", "Shorten"),
        ("de: Rechne im Kopf.", 'de: "  "', 31, "hints[0].de", "the text is empty", "remove"),
        ("{de: Rechne im Kopf., en: Do it in your head.}", "x", 31, "hints[0]", "a mapping", ":"),
        ("{de: Rechne im Kopf., en: Do it in your head.}", "{}", 31, "hints[0]", "language", ""),
        ("de: Rechne im Kopf.", "fr: De tête.", 31, "hints[0].fr", "not known", "de, en, ru, zh"),
        ("de: Rechne im Kopf.", "de: [x]", 31, "hints[0].de", "text is needed", "quotes"),
        ("- id: reason", "- id: value", 3, "", "more than one point", ""),
        ("    answer:\n", "    answr:\n", 27, "answr", "not known", "`answer`"),
        (
            "    answer:\n",
            "    '[key]': x\n    answer:\n",
            27,
            "[key]",
            "`[key]` is not known",
            "id",
        ),
        ("id: reason", "id: &r reason", 17, "rubric[1].id", "the anchor &r is not allowed", "it"),
        ("- id: parity\n        point:", "- point:", 22, "rubric[2].id", "key is missing", "Add"),
    ],
)
def test_mistakes_in_a_question_are_reported(
    deck: Path, old: str, new: str, line: int, field: str, message: str, remedy: str
) -> None:
    entry = question_yaml("my-deck.1.1")
    assert old in entry
    (deck / "01-part.yaml").write_text(HEAD + entry.replace(old, new, 1), encoding="utf-8")
    (deck / "01-part.samples.yaml").unlink()
    problems = open_decks(deck).problems
    (problem,) = [problem for problem in problems if message in problem.message]
    assert len(problems) == 1 + (field == "answr"), "of which `answer` is missing"
    assert (problem.file, problem.line) == (deck / "01-part.yaml", line)
    assert problem.field == ".".join(filter(None, ("questions[0]", field)))
    assert remedy in problem.remedy


def test_all_problems_of_a_file_are_reported_at_once(deck: Path) -> None:
    text = (deck / "01-part.yaml").read_text(encoding="utf-8")
    text = text.replace("weight: 2", "weight: two").replace("level:", "levl:")
    (deck / "01-part.yaml").write_text(text + "  - !x {}\n", encoding="utf-8")
    fields = [problem.field for problem in open_decks(deck).problems]
    assert fields == [
        "questions[0].levl",
        "questions[0].rubric[0].weight",
        "questions[1].levl",
        "questions[1].rubric[0].weight",
        "questions[2]",
    ]


def test_a_broken_file_does_not_stop_the_others(deck: Path) -> None:
    (deck / "02-more.yaml").write_text(HEAD + question_yaml("my-deck.2.1"), encoding="utf-8")
    (deck / "01-part.yaml").write_bytes(b"\xff\xfe")
    bank = open_decks(deck)
    utf_16 = "the file is not UTF-8 text; it looks like UTF-16"
    assert summaries(bank) == [("01-part.yaml", 1, "", utf_16)]
    assert bank.question_ids == ("my-deck.2.1",)


def test_a_broken_head_affects_only_its_deck(deck: Path) -> None:
    make_deck(deck.parent / "other")
    (deck / "deck.yaml").write_text("title: {en: x}\nlanguage: english\n", encoding="utf-8")
    bank = open_decks(deck)
    assert summaries(bank) == [("deck.yaml", 2, "language", "not one of the known words")]
    assert [one.id for one in bank.decks] == ["other"]


def test_an_id_of_another_deck_is_reported(deck: Path) -> None:
    text = HEAD + question_yaml("other.1.1") + question_yaml("my-deck.9.1")
    (deck / "02-more.yaml").write_text(text, encoding="utf-8")
    bank = open_decks(deck)
    assert summaries(bank) == [
        ("02-more.yaml", 3, "questions[0].id", "the id other.1.1 does not begin with the deck's id")
    ]
    assert "my-deck.9.1" in bank
    assert "other.1.1" not in bank


def test_a_duplicate_id_is_reported_in_one_file_and_in_two(deck: Path) -> None:
    text = HEAD + question_yaml("my-deck.2.1") * 2 + question_yaml("my-deck.1.2")
    (deck / "02-more.yaml").write_text(text, encoding="utf-8")
    bank = open_decks(deck)
    twice = f"the id my-deck.2.1 is already used in {deck / '02-more.yaml'}:3"
    other = f"the id my-deck.1.2 is already used in {deck / '01-part.yaml'}:34"
    assert summaries(bank) == [
        ("02-more.yaml", 34, "questions[1].id", twice),
        ("02-more.yaml", 65, "questions[2].id", other),
    ]
    assert bank.info("my-deck.1.2").file.name == "01-part.yaml"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "message", "remedy"),
    [
        ("my-deck.1.1", "my-deck.1.8", 2, "question", "no question my-deck.1.8", "my-deck.1."),
        ("reason: met, ", "", 6, "verdicts", "no verdict for reason", "missed"),
        ("value: met", "value: met, x: met", 6, "verdicts", "no point x", "value, reason, parity"),
        ("value: met", "value: right", 6, "verdicts.value", "not one of the known", "'partial'"),
        ("kind: full", "kind: best", 4, "kind", "not one of the known", "'full'"),
        ("kind: full", "kind: full\n    markd: x", 5, "markd", "not known", "question"),
        ("value: met", "My P: met", 6, "verdicts.My P", "not a plain name", "hyphens"),
    ],
)
def test_mistakes_in_samples_are_reported(
    deck: Path, old: str, new: str, line: int, field: str, message: str, remedy: str
) -> None:
    path = deck / "01-part.samples.yaml"
    edit(path, old, new)
    problem = open_decks(deck).problems[0]
    assert (problem.file, problem.line) == (path, line)
    assert problem.field == f"samples[0].{field}"
    assert message in problem.message
    assert remedy in problem.remedy


def test_a_sample_that_does_not_fit_is_omitted(deck: Path) -> None:
    edit(deck / "01-part.samples.yaml", "value: met", "worth: met")
    bank = open_decks(deck)
    assert [p.message for p in bank.problems] == [
        "no verdict for value",
        "the question has no point worth",
    ]
    assert [sample.kind for sample in bank.samples("my-deck.1.1")] == ["wrong"]
    assert len(bank.samples("my-deck.1.2")) == 2


def test_samples_of_a_broken_section_are_not_reported(deck: Path) -> None:
    (deck / "01-part.yaml").write_text("section: x\n", encoding="utf-8")
    assert {problem.file.name for problem in open_decks(deck).problems} == {"01-part.yaml"}


def test_a_problem_is_one_line_without_control_characters() -> None:
    problem = Problem(Path("a\x1b[31m.yaml"), 3, "questions[0]", "un\nexpected")
    assert str(problem) == "a\\x1b[31m.yaml:3: questions[0]: un\\nexpected"
