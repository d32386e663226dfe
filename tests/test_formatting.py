"""How numbers and days are written, and where lines are broken."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.formatting import count_of, day_words, mark_in_words, number, percent, when_words
from tutor.line_breaks import wrap


def test_numbers() -> None:
    assert [number(value) for value in (0, 2, 2.5, 10, 1 / 3)] == ["0", "2", "2.5", "10", "0.33"]
    assert [percent(share) for share in (0.615, 0.636, 1)] == ["62 %", "64 %", "100 %"]
    assert (count_of(1, "line"), count_of(2, "line")) == ("1 line", "2 lines")


def test_marks_in_words() -> None:
    words = [mark_in_words(score) for score in (1, 0.9, 0.89, 0.5, 0.49, 0)]
    assert words == ["very good", "very good", "good", "just enough", "not yet", "not yet"]


def test_days() -> None:
    today = date(2026, 3, 4)
    assert day_words(today) == "4 Mar"
    words = [when_words(today.replace(day=day), today) for day in (1, 4, 5, 8)]
    assert words == ["today", "today", "tomorrow, 5 March", "in 4 days, 8 March"]
    assert when_words(date(2027, 1, 6), today) == "in 308 days, 6 January 2027"


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
