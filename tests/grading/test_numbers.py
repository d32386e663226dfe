"""Numbers as they are spelled in four languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.grading.keyterms.numbers import readings
from tutor.grading.text import tokens


def read(text: str) -> list[str]:
    return [reading.word for reading in readings(tokens(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fünfzehn Prozent", ["15", "%"]),
        ("fifteen percent", ["15", "%"]),
        ("fifteen per cent", ["15", "%"]),
        ("пятнадцать процентов", ["15", "%"]),
        ("百分之十五", ["15", "%"]),
        ("百分之80", ["80", "%"]),
        ("twenty-one", ["21"]),
        ("two hundred and fifty", ["250"]),
        ("fifteen hundred", ["1500"]),
        ("a hundred", ["100"]),
        ("five thousand two hundred", ["5200"]),
        ("einundzwanzig", ["21"]),
        ("zweihundertfünfzig", ["250"]),
        ("hundertundeins", ["101"]),
        ("zweitausenddreihundert", ["2300"]),
        ("двадцать пять", ["25"]),
        ("две тысячи пятьсот", ["2500"]),
        ("двухсот", ["200"]),
        ("二百五十", ["250"]),
        ("三千零五", ["3005"]),
        ("一万二千", ["12000"]),
        ("1 000 000", ["1000000"]),
        ("1.000", ["1000", "1"]),
        ("1.50", ["1.5"]),
        ("10^-4", ["1e-4"]),
        ("2·10⁻⁵", ["2e-5"]),
        ("3e8", ["3e8"]),
        ("σ", ["sigma"]),
        ("d_k", ["dk"]),
        ("pre-training", ["pretraining"]),
    ],
)
def test_numbers_are_read(text: str, found: list[str]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    "text",
    ["one", "eine", "一个", "und", "rund", "Stunde", "wunderbar", "两两", "2018 300", "S-Kurve",
     "10^x", "百分之", "bundhundert", "f_"],
)  # fmt: skip
def test_other_words_are_not_read(text: str) -> None:
    assert read(text) == []


def test_two_numbers_in_a_row_stay_two() -> None:
    assert (read("two three"), read("zehn, elf")) == (["2", "3"], ["10", "11"])


@given(st.text() | st.text("一二百千万分之10.,^-e% and", max_size=30))
def test_readings_are_within_the_text_and_do_not_overlap(text: str) -> None:
    words = tokens(text)
    found = list(readings(words))
    assert all(0 <= reading.start < reading.end <= len(words) for reading in found)
    assert [reading.start for reading in found] == sorted(reading.start for reading in found)


@given(st.integers(1, 9999))
def test_chinese_numbers_are_read_correctly(number: int) -> None:
    digits = "零一二三四五六七八九"
    written = "".join(
        digits[number // size % 10] + unit
        for size, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, ""))
        if number // size % 10
    )
    assert read(f"共{written}个") == ([str(number)] if number != 1 else [])
