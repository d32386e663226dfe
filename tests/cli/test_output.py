"""What commands print: aligned tables, lines broken between words, colours only where wanted.

The progress of a long job is reported now and then, not for each step.
"""

import io

import pytest

from tutor.cli.output import Narration, print_table
from tutor.cli.terminal import Hanging, Span, Terminal, marked, plain, verdict_span


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_text_unchanged() -> None:
    terminal = Terminal.of(io.StringIO(), {"TERM": "xterm"})
    assert terminal.text(("Point 1, ", verdict_span("met", "met"), " word" * 60)) == (
        "Point 1, met" + " word" * 60
    )


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
    ],
)
def test_colours_only_where_they_are_wanted(environ: dict[str, str], coloured: bool) -> None:
    text = Terminal.of(FakeTerminal(), environ).text((verdict_span("missed"),))
    assert text == ("\x1b[31m✗\x1b[0m" if coloured else "✗")


def test_a_line_hangs_below_its_own_text() -> None:
    line = Hanging((Span("✓", "good"), " one two 三四五 six"), 2)
    assert Terminal(width=9).text(line) == "✓ one two\n  三四五\n  six"


def test_a_tone_continues_after_a_break() -> None:
    text = Terminal(width=8, colour=True).text(("a ", Span("bold words", "strong")))
    assert text == "a \x1b[1mbold\x1b[0m\n\x1b[1mwords\x1b[0m"


def test_marks_in_a_text_of_ours_have_their_tones() -> None:
    line = tuple(marked("1 ✓ 2 ✗"))
    assert plain(line) == "1 ✓ 2 ✗"
    assert [part.tone for part in line if isinstance(part, Span)] == ["good", "bad"]


def test_the_columns_of_a_table_are_below_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([("deck", "new"), ("注意力", "3"), ("Потоки", "4")])
    assert capsys.readouterr().out == "deck    new\n注意力  3\nПотоки  4\n"


def test_progress_is_reported_every_ten_seconds_with_the_time_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = [0.0]
    narration = Narration(100, "answers", lambda: now[0])
    for _ in range(100):
        now[0] += 4
        narration.one_more()
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "3 of 100 answers, 0.25 a second, about 7 minutes left"
    assert said[-1] == "99 of 100 answers, 0.25 a second, about 4 seconds left"
    assert len(said) == 33


def test_a_short_job_is_done_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    narration = Narration(1000, "answers", lambda: 0.0)
    for _ in range(1000):
        narration.one_more()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
