"""How numbers and days are written."""

from datetime import date

from tutor.formatting import count_of, day_words, mark_in_words, number, percent, when_words


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
