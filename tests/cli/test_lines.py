"""The lines of commands and of `tutor ask`: what is typed, and what is printed."""

import io
import json
import signal
from unittest.mock import Mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.conftest import FakeTerminal, Tty
from tutor.cli.ask import session_grading
from tutor.cli.linemode.input import (
    CUT_AT,
    Dot,
    End,
    Interrupts,
    Keyboard,
    LineUnreadable,
    Typed,
    TypedCommand,
    TypedText,
    meaning,
)
from tutor.cli.linemode.messages import grader_message
from tutor.cli.linemode.output import JsonOutput, Message, Output
from tutor.cli.output import Narration, print_json, print_table
from tutor.cli.terminal import Hanging, Span, Terminal, harmless, marked, plain, verdict_span
from tutor.engine import EngineState, Status
from tutor.engine.setup_state import SetupStage, SetupState

# --- typed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("text\r\n", TypedText("text")),
        ("", TypedText("")),
        ("  indented :hint", TypedText("  indented :hint")),
        ("\ufefffirst", TypedText("first")),
        ("a\x1b[1;5Db\x1bOPc\x1b[200~d\x1b[3~e\x00\x9b\u202ef", TypedText("abcdef")),
        ("tab\tstays", TypedText("tab\tstays")),
        ("::colon", TypedText(":colon")),
        ("：：= x", TypedText("：= x")),
        (".", Dot()),
        (" . \n", Dot()),
        ("。", Dot()),
        ("．", Dot()),
        ("..", TypedText("..")),
        (":hint", TypedCommand("hint")),
        (": HINT ", TypedCommand("hint")),
        ("：overrule  2  met ", TypedCommand("overrule", "2  met")),
        (":flag a: b", TypedCommand("flag", "a: b")),
        (":рште", TypedCommand("hint")),
        (":-) so", TypedCommand("-)", "so")),
        (":", TypedCommand("")),
    ],
)
def test_what_a_line_means(line: str, said: Typed) -> None:
    assert meaning(line) == said


@given(st.text())
@example("\x1b\x1b[31m\x9b")
def test_no_text_of_an_answer_could_steer_a_terminal(line: str) -> None:
    said = meaning(line)
    text = said.line if isinstance(said, TypedText) else getattr(said, "argument", "")
    assert not set(text) & {"\x1b", "\x9b", "\x07", "\u202e", "\u2028"}


def test_a_line_that_the_terminal_has_cut_is_omitted(interrupts: Interrupts) -> None:
    whole = b"x" * (CUT_AT - 2) + b"\n"
    keyboard = Keyboard(Tty(whole, b"x" + whole, "ж" * 2047 + "\n"), interrupts)
    assert keyboard.listen() == TypedText("x" * (CUT_AT - 2))
    with pytest.raises(LineUnreadable, match=f"line 2 .* longer than {CUT_AT - 1:,} bytes"):
        keyboard.listen()


def test_a_line_that_is_not_utf8_is_omitted_and_the_next_is_heard(
    interrupts: Interrupts,
) -> None:
    keyboard = Keyboard(io.BytesIO(b"gr\xf6\xdfer\nnext\n"), interrupts)
    with pytest.raises(LineUnreadable, match=r"line 1 .* \(byte 2; it looks like Windows-1252\)"):
        keyboard.listen()
    assert [keyboard.listen(), keyboard.listen()] == [TypedText("next"), End()]


def test_ctrl_c_waits_until_what_is_being_saved_is_saved(interrupts: Interrupts) -> None:
    steps = ["saving"]
    signal.raise_signal(signal.SIGINT)
    steps.append("saved")
    with pytest.raises(KeyboardInterrupt), interrupts.waiting():
        steps.append("waiting")
    assert steps == ["saving", "saved"]


def test_ctrl_c_ends_the_waiting_for_the_model() -> None:
    before = signal.getsignal(signal.SIGINT)
    loading = Mock(is_default=True)
    loading.wait_until_settled = lambda: signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts:
        session_grading(Mock(grading=loading), "auto", interrupts)
    assert signal.getsignal(signal.SIGINT) is before


# --- said


@given(st.text())
@example("\x1b[31m\u202e\ud800\x9b\u2028")
def test_whatever_is_said_is_printable(text: str) -> None:
    assert all(c.isprintable() or c == "\n" for c in harmless(text))


@given(st.text())
@example("\x1b[31m\u202e\ud800\x9b\U000e0001😀\n")
def test_json_is_printable_and_whole(text: str) -> None:
    printed: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.echo", printed.append)
        JsonOutput().show(Message("x", (), {"text": text}))
        print_json({"text": [text]})
    event, indented = printed
    assert event.isprintable()
    assert all(line.isprintable() for line in indented.split("\n"))
    assert json.loads(event) == {"event": "x", "text": text}
    assert json.loads(indented) == {"text": [text]}


def test_a_table_is_printable(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([("grader", "model"), ("model", "\x1b[31m\u202e")])
    assert capsys.readouterr().out == "grader  model\nmodel   \\x1b[31m\\u202e\n"


def test_words_go_to_one_stream_and_narration_to_the_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for inviting in (True, False):
        words = Output(inviting=inviting)
        words.show(Message("a", ("one\ntwo", "")))
        words.show(Message("b", ("aside",), aside=True))
        words.invite("type")
    shown = capsys.readouterr()
    assert shown.out == "one\ntwo\n\n" * 2
    assert shown.err == "aside\ntype\naside\n"


def test_a_judge_that_is_still_being_set_up_is_not_called_missing() -> None:
    off = Status(EngineState.OFF)
    assert plain(grader_message(off, "auto").lines[0]).startswith("There is no model.")
    coming = grader_message(off, "auto", SetupState(SetupStage.COMPILING))
    assert plain(coming.lines[0]).startswith("The judge is still being set up.")
    failed = grader_message(off, "auto", SetupState(SetupStage.FAILED))
    assert plain(failed.lines[0]).startswith("There is no model.")


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
