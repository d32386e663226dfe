"""Lines are broken at words, and between Chinese characters by the usual rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.line_breaks import wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("It doesn’t end within a word", 10, ["It doesn’t", "end within", "a word"]),
        ("sagt „nein“ und geht", 11, ["sagt „nein“", "und geht"]),
        ("говорит «да» и «нет»", 12, ["говорит «да»", "и «нет»"]),
        ("一二三四五六七八", 6, ["一二三", "四五六", "七八"]),
        ("他说“一二”。三四", 8, ["他说“一", "二”。三", "四"]),
        ("用 NLP“一二", 8, ["用 NLP", "“一二"]),
        ("two\nlines, and a blank\n\none", 12, ["two", "lines, and a", "blank", "", "one"]),
        ("right on 87 % of them", 12, ["right on", "87 % of them"]),
        ("一致率超过 80 %，与人", 14, ["一致率超过", "80 %，与人"]),
        ("unbreakable-and-long", 6, ["unbreakable-and-long"]),
        ("", 10, [""]),
    ],
)
def test_where_a_line_is_broken(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width).split("\n") == lines


@given(st.text(alphabet="一二，。（）“”ab’ \n", max_size=60), st.integers(8, 40))
def test_nothing_is_lost(text: str, width: int) -> None:
    assert "".join(wrap(text, width).split()) == "".join(text.split())


@given(st.lists(st.text(alphabet="一二ab，", min_size=1, max_size=3)), st.integers(16, 40))
def test_no_line_is_too_wide(words: list[str], width: int) -> None:
    assert all(cell_len(line) <= width for line in wrap(" ".join(words), width).split("\n"))
