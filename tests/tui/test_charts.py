"""The charts of the progress screen, in every width."""

from datetime import date

from tests.tui.doubles import NOON
from tutor.progress import Day
from tutor.study.exam_report import Mark, TakenExam
from tutor.study.overview import Tile
from tutor.study.statistics import Agreement, year_of
from tutor.tui.charts import (
    columns,
    due_table,
    exam_lines,
    grader_lines,
    legend,
    month_table,
    score_table,
    tile_rows,
    year_map,
)

MONDAY = date(2026, 3, 2)


def test_a_map_has_a_row_for_each_day_and_the_months_above() -> None:
    days = {MONDAY: Day(MONDAY, 20), date(2026, 1, 1): Day(date(2026, 1, 1), 4)}
    lines = year_map(year_of(days, MONDAY), 75).plain.splitlines()
    assert [line[:3] for line in lines[1:]] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    assert lines[1] == "Mon  " + "·" * 52 + "█"
    assert lines[4] == "Thu  " + "·" * 43 + "░" + "·" * 8
    assert lines[0].index("Jan") == 5 + 43
    assert "Mar" not in lines[0], "it begins in the last week, where its name does not fit"


def test_a_map_fills_its_width() -> None:
    year = year_of({MONDAY: Day(MONDAY, 1)}, MONDAY)
    assert year_map(year, 111).plain.splitlines()[1] == "Mon  " + "··" * 52 + "░░"
    assert year_map(year, 110).plain.splitlines()[1] == "Mon  " + "·" * 52 + "░"
    assert year_map(year, 25).plain.splitlines()[1] == "Mon  " + "·" * 19 + "░"
    assert year_map(year, 1).plain.splitlines()[1] == "Mon  ░"
    assert legend(80).plain.startswith("· none   ░ 1 to 4")
    assert legend(34).plain.splitlines() == [
        "· none   ░ 1 to 4   ▒ 5 to 9",
        "▓ 10 to 19",
        "█ 20 or more  answers a day",
    ]


def test_tables_have_bars_and_numbers() -> None:
    year = year_of({MONDAY: Day(MONDAY, 2, scored=1, millionths=500_000)}, MONDAY)
    assert score_table(year.months[-1:]).plain.splitlines() == [
        "Week from  mean marks         answers",
        "    1 Mar  █████·····   50 %  ██████     2",
    ]
    assert score_table(year.months[-1:], roomy=False).plain.splitlines() == [
        "Week from  mean marks       answers",
        "    1 Mar  █████·····   50 %      2",
    ]
    january = date(2026, 1, 12)
    first = {january: Day(january, 1, scored=1, millionths=1_000_000)}
    year = year_of({MONDAY: Day(MONDAY, 2, scored=1, millionths=500_000), **first}, MONDAY)
    assert month_table(year.months).plain.splitlines() == [
        "Month     answers  days  mean marks",
        "Mar 2026        2     1        50 %",
        "Feb 2026        –     –           –",
        "Jan 2026        1     1       100 %",
    ], "and no month before the first answer"
    assert due_table((4, 0, 1), MONDAY).plain.splitlines() == [
        "Due           questions",
        "Mon  2 Mar  ██████    4",
        "Tue  3 Mar  ······    –",
        "Wed  4 Mar  █▌····    1",
    ]


def test_graders_and_exams_have_a_line_each() -> None:
    rows = (Agreement("terms", None, "2", 8, 2), Agreement("model", "f00ba5ed99", "3", 1, 0))
    assert [line.plain for line in grader_lines(rows)] == [
        "███████▌··   75 %  6 of 8 points: key terms, version 2",
        "██████████  100 %  1 of 1 point: a model, version 3, file f00ba5ed",
    ]
    exam = TakenExam("e", NOON, Mark("e", 4.5, 10, 2), 2)
    (line,) = exam_lines((exam,), NOON.date())
    said = "████▌·····   45 %  4.5 of 10 marks on 20 November; 2 answers not graded yet"
    assert line.plain == said
    (line,) = exam_lines((TakenExam("e", NOON, Mark("e", 1, 1, 1), 0),), NOON.date())
    assert "1 of 1 mark on 20 November" in line.plain
    (line,) = exam_lines((exam,), date(2027, 1, 1))
    assert "on 20 November 2026" in line.plain


def test_columns_are_above_their_numbers() -> None:
    assert columns((16, 0, 1, 132), ("Mo", "Tu", "We", "Th"), height=2).plain.splitlines() == [
        "          ██",
        "▂▂    ▁▁  ██",
        "16  ·  1 132",
        "Mo Tu We  Th",
    ]


def test_tiles_have_a_line_each_if_they_do_not_fit() -> None:
    both = (Tile("Due now", "3", "1 tomorrow"), Tile("Streak", "4 days", "best 9 days"))
    assert tile_rows(both, 24).plain.splitlines() == [
        "Due now      Streak",
        "3            4 days",
        "1 tomorrow   best 9 days",
    ]
    assert tile_rows(both, 23).plain.splitlines() == [
        "Due now  3",
        "         1 tomorrow",
        "Streak   4 days",
        "         best 9 days",
    ]
    three = (*both, Tile("Known", "1 of 9", "8 new"))
    assert tile_rows(three, 29).plain.splitlines() == [
        "Due now  3       1 tomorrow",
        "Streak   4 days  best 9 days",
        "Known    1 of 9  8 new",
    ]
