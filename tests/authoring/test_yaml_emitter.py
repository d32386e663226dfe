"""YAML that the bank, and any other reader of YAML, reads back as the same texts."""

from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.authoring.notes import cleaned
from tutor.authoring.yaml_emitter import Value, emitted, entry
from tutor.bank.yaml_reader import read

FILE = Path("x.yaml")
NASTY = [
    "no", "Yes", "null", "~", "1.10", "0x1F", "1e3", "2026-11-29", "=", "<<", ".inf", "12:30:45",
    "a: b", "a #b", "# a", "- a", "? a", "! a", "& a", "* a", "*a", "a*", "@a", "`a`", "%a", "|",
    ">", "{a}", "[a]", "a, b", "'", "''", "it's", '"x"', "\\theta", "$\\nu$", "a:", ":a", "a\n#b",
    "---", "...", "a\n---\nb", "a\n  b\nc", "a\n\n\nb", "a\n- b", "🎉 emoji", "多 字：“好”",
    "Größe", "ё",
    "x" * 300, "word " * 60 + "end", "a  b " * 40 + "end", "多" * 300, "a\u00a0b", "\u2028", "a\tb",
    "word " * 30 + "\n" + "word " * 30 + "x", "word " * 19 + "# no comment", "e\u0301", "%YAML 1.2",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY)
def test_a_text_comes_back(text: str) -> None:
    value: dict[str, Value] = {
        "a": text,
        "b": {"c": text},
        "d": [text, "x"],
        "e": [{"f": text, "g": [text]}],
    }
    written = emitted(value)
    document = read(written.encode(), FILE)
    assert document.problems == ()
    assert document.value == value
    assert yaml.safe_load(written) == value


@given(st.text(max_size=200))
@example("a\nb")
def test_any_text_of_a_note_comes_back(raw: str) -> None:
    text = cleaned(raw)
    if text:
        value: dict[str, Value] = {"items": [{"a": text, "b": [text]}]}
        written = emitted(value)
        document = read(written.encode(), FILE)
        assert (document.problems, document.value) == ((), value)
        assert yaml.safe_load(written) == value


def test_numbers_and_truth() -> None:
    value: dict[str, Value] = {"a": 0.5, "b": 2, "c": 2.0, "d": 0.1234567, "e": True}
    assert emitted(value) == "a: 0.5\nb: 2\nc: 2\nd: 0.1234567\ne: true\n"


def test_what_is_written_can_be_read_by_people() -> None:
    value: dict[str, Value] = {
        "id": "x.1",
        "point": {"en": "Water boils at 100 °C."},
        "terms": [["boil*", "100 °C"], ["kocht"]],
        "answer": {"en": "One.\n\nTwo.", "de": "Wort " * 30 + "Ende"},
    }
    assert entry(value, "  ") == (
        "  - id: x.1\n"
        "    point:\n"
        "      en: Water boils at 100 °C.\n"
        "    terms:\n"
        "      - [boil*, '100 °C']\n"
        "      - [kocht]\n"
        "    answer:\n"
        "      en: |-\n"
        "        One.\n"
        "\n"
        "        Two.\n"
        "      de: >-\n"
        "        " + ("Wort " * 19).strip() + "\n"
        "        " + "Wort " * 11 + "Ende\n"
    )
