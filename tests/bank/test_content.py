"""What `check` says about decks, including the example in the documentation."""

import re
from pathlib import Path

import pytest

from tests.support.banks import edit, make_deck
from tutor.bank import Problem, check, open_bank

DOCS = Path(__file__).parents[2] / "docs" / "bank.md"


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    return make_deck(tmp_path / "questions" / "my-deck", questions=1)


def check_with(deck: Path, old: str, new: str) -> tuple[Problem, ...]:
    edit(deck / "01-part.yaml", old, new)
    return check([deck])


POINTS = "{de: Das Ergebnis ist gerade., en: The result is even.}"
PARITY = f"""      - id: parity
        point: {POINTS}
        weight: 0.5
        terms:
          - [even, gerade, чётн*]
"""
REASON = """      - id: reason
        point: {de: Verdoppeln heißt mit sich addieren., en: Doubling is adding to itself.}
        terms:
          - [add*, addier*, слож*]
          - [self, itself, sich]
"""
HINT = '      - {de: "1 + 1", en: "1 + 1"}\n'
REFERENCES = '    references: ["Euclid, Elements VII, definition 6"]\n'
TERMS = "        terms:\n          - [even, gerade, чётн*]\n"
SEVEN = "".join(PARITY.replace("parity", f"extra-{number}") for number in range(4))


@pytest.mark.parametrize(
    ("old", "new", "severity", "line", "field", "message"),
    [
        (", en: The result is even.", "", "error", 23, "rubric[2].point", "language, en"),
        ('      en: "What is', '      zh: "What is', "error", 7, "prompt", "language, en"),
        (", en: Do it in your head.", "", "error", 31, "hints[0]", "language, en"),
        ('      en: "2, as', '      ru: "2, as', "error", 27, "answer", "language, en"),
        (TERMS, "", "warning", 22, "rubric[2]", "no"),
        (HINT, "", "warning", 30, "hints", "1 of 2 hints"),
        (REFERENCES, "", "warning", 3, "", "no references"),
        (PARITY, PARITY + SEVEN, "warning", 11, "rubric", "7 rubric points"),
    ],
)
def test_missing_parts_of_a_question_are_reported(
    deck: Path, old: str, new: str, severity: str, line: int, field: str, message: str
) -> None:
    (problem,) = [p for p in check_with(deck, old, new) if "verdict" not in p.message]
    assert (problem.severity, problem.line) == (severity, line)
    assert problem.field == ".".join(filter(None, ("questions[0]", field)))
    assert message in problem.message
    assert problem.remedy


def test_missing_english_next_to_another_language_is_a_warning(deck: Path) -> None:
    edit(deck / "deck.yaml", "language: en", "language: de")
    assert check([deck]) == ()
    (problem,) = check_with(deck, ", en: The result is even.", "")
    assert (problem.severity, problem.field) == ("warning", "questions[0].rubric[2].point")
    assert "no English text" in problem.message


def test_two_rubric_points_are_enough_and_one_is_not(deck: Path) -> None:
    (deck / "01-part.samples.yaml").unlink()
    two = [problem.message for problem in check_with(deck, PARITY, "")]
    assert two == ["0 of 2 sample answers"]
    one = [problem.message for problem in check_with(deck, REASON, "")]
    assert sorted(one) == ["0 of 2 sample answers", "1 rubric point"]


def test_check_accepts_a_folder_of_decks_a_deck_or_a_file(deck: Path) -> None:
    other = make_deck(deck.parent / "other", questions=1)
    edit(other / "01-part.yaml", "What is 1 doubled, and why?", "Why twice?")
    (deck / "01-part.samples.yaml").unlink()
    (other / "01-part.samples.yaml").unlink()
    assert [p.file for p in check([deck.parent])] == [deck / "01-part.yaml", other / "01-part.yaml"]
    assert [p.file for p in check([other])] == [other / "01-part.yaml"]
    assert [p.file for p in check([other / "01-part.yaml"])] == [other / "01-part.yaml"]
    assert check([other / "deck.yaml"]) == ()
    assert len(check([deck, other / "01-part.yaml"])) == 2


def test_check_accepts_the_current_folder_as_a_deck(
    deck: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (deck / "01-part.samples.yaml").unlink()
    monkeypatch.chdir(deck)
    assert [str(problem.file) for problem in check([Path()])] == ["01-part.yaml"]


def test_ids_must_be_unique_across_all_paths(deck: Path, tmp_path: Path) -> None:
    double = make_deck(tmp_path / "mine" / "my-deck", questions=1)
    for paths in ([deck.parent, double.parent], [deck, double]):
        (found,) = check(paths)
        assert (found.file, found.severity) == (double / "01-part.yaml", "error")
        assert "is already used" in found.message
    assert check([deck.parent, double.parent], as_opened=True) == ()


def test_a_missing_path_is_a_problem(tmp_path: Path) -> None:
    (problem,) = check([tmp_path / "missing"])
    assert str(problem) == f"{tmp_path / 'missing'}: there is no such deck, file or folder"


def test_a_folder_without_head_is_still_a_deck(deck: Path) -> None:
    (deck / "deck.yaml").unlink()
    assert [problem.message for problem in check([deck])] == ["the folder has no deck.yaml"]


def test_the_documented_example_has_no_problem(tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    folder = tmp_path / "my-deck"
    folder.mkdir()
    names = ("deck.yaml", "10-attention.yaml", "10-attention.samples.yaml")
    for name, block in zip(names, blocks, strict=True):
        (folder / name).write_text(block, encoding="utf-8")
    assert check([folder]) == ()
    bank = open_bank([tmp_path], None)
    assert len(bank.samples("my-deck.10.1")) == 2


def test_a_sample_that_nearly_repeats_another_is_reported(deck: Path) -> None:
    file = deck / "01-part.samples.yaml"
    text = file.read_text(encoding="utf-8")
    duplicate = """  - question: my-deck.1.1
    language: en
    kind: full
    answer: "It is 2, since 1 is added to  itself and so it is EVEN."
    verdicts: {value: met, reason: met, parity: met}
"""
    file.write_text(text + duplicate, encoding="utf-8")
    (problem,) = check([deck])
    assert problem.severity == "warning"
    assert problem.message == "nearly the same answer to my-deck.1.1 is already above"
    assert problem.line == text.count("\n") + 4


@pytest.mark.parametrize(
    ("prompt", "words"),
    [("very " * 27, 27), ("q, k, v, 1/2, 1/4 and x² " * 20, 20), ("这" * 60, 30)],
    ids=["English", "formulas", "Chinese"],
)
def test_long_prompts_are_reported(deck: Path, prompt: str, words: int) -> None:
    problems = check_with(deck, 'en: "What is 1 doubled, and why?"', f'en: "{prompt}"')
    messages = [p.message for p in problems if "25 are enough" in p.message]
    assert messages == ([f"the prompt has {words} words; 25 are enough"] if words > 25 else [])


@pytest.mark.parametrize(
    ("reference", "has_a_place"),
    [
        ("arXiv:1706.03762 §3.2", True),
        ("Bishop, chapter 4", True),
        ("Goodfellow et al., table 2", True),
        ("https://example.org/page", True),
        ("Müller, Grundriss, S. 12", True),
        ("Palandt, Kap. 3", True),
        ("Выготский, стр. 41", True),
        ("Конституция РФ, ст. 15", True),
        ("民法学，第3章", True),
        ("教材，图2", True),
        ("Attention Is All You Need", False),
        ("arXiv:1706.03762", False),
        ("Mein Lehrbuch", False),
        ("Учебник истории", False),
        ("教材", False),
    ],
)
def test_a_reference_must_name_a_place(deck: Path, reference: str, has_a_place: bool) -> None:
    problems = check_with(deck, '"Euclid, Elements VII, definition 6"', f'"{reference}"')
    messages = [problem.message for problem in problems]
    assert messages == ([] if has_a_place else ["the reference names no place in its source"])


FIRST = "  - id: my-deck.1.1\n"
DRAFTED = f"{FIRST}    drafted: true\n"


def test_a_drafted_deck_gets_one_warning(deck: Path) -> None:
    cut = re.compile(r"    (references|source): .*\n|    hints:\n(      - .*\n)+")
    path = deck / "01-part.yaml"
    edit(path, FIRST, DRAFTED)
    path.write_text(cut.sub("", path.read_text("utf-8")), "utf-8")
    (deck / "01-part.samples.yaml").unlink()
    (problem,) = check([deck])
    assert (problem.file, problem.severity) == (deck / "deck.yaml", "warning")
    assert problem.message == "1 of 1 question has a drafted rubric"


def test_a_drafted_question_keeps_its_errors(deck: Path) -> None:
    found = check_with(deck, FIRST, DRAFTED)
    assert [one.severity for one in found] == ["warning"]
    found = check_with(deck, '      en: "What is', '      zh: "What is')
    assert {(one.severity, one.field) for one in found} == {
        ("warning", ""),
        ("error", "questions[0].prompt"),
    }


@pytest.mark.parametrize(
    ("marked", "message"), [("[value, oddity]", "has no point oddity"), ("maybe", "drafted")]
)
def test_a_mark_names_points_of_the_rubric(deck: Path, marked: str, message: str) -> None:
    found = check_with(deck, FIRST, f"{FIRST}    drafted: {marked}\n")
    assert any(message in str(one) for one in found if one.severity == "error")
