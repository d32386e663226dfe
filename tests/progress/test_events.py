"""Every kind of event survives a restart and a replay of the history, and undo reverts it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import Verdict
from tutor.grading import Grade
from tutor.paths import Paths
from tutor.progress import Attempt, Day, Progress, Rated, Rating, Scale
from tutor.progress.errors import NotInHistory
from tutor.progress.events import KINDS, ExamEnded, parse, to_line
from tutor.progress.records import UnknownLine
from tutor.progress.state import ProgressState

from .builders import START, make_attempt, make_grade, opened, question_id, state_of

HOME = Path("attempts.jsonl")


def replayed(paths: Paths) -> ProgressState:
    """All that a profile shows, rebuilt from the history alone."""
    paths.state.unlink()
    with opened(paths) as progress:
        return state_of(progress)


def other_points() -> Grade:
    """A grade by a rubric that has changed since the attempt was graded."""
    grade = make_grade(question_id(1))
    new = grade.points[0].model_copy(update={"id": "new"})
    return grade.model_copy(update={"points": (*grade.points[:2], new)})


CHANGES: dict[str, Callable[[Progress], object]] = {
    "rate": lambda it: it.rate("a2", Rating.HARD),
    "rate older": lambda it: it.rate("a1", Rating.HARD),
    "overrule": lambda it: it.overrule("a2", {"how": Verdict.MET}),
    "overrule older": lambda it: it.overrule("a1", {"what": Verdict.MISSED}),
    "regrade": lambda it: it.regrade("a2", make_grade(question_id(1), "mmx")),
    "regrade older": lambda it: it.regrade("a1", make_grade(question_id(1), "xxx")),
    "regrade other points": lambda it: it.regrade("a2", other_points()),
    "record": lambda it: it.record(make_attempt(9, at=START + timedelta(days=9))),
    "record new": lambda it: it.record(make_attempt(9, 2)),
    "delete": lambda it: it.delete(["a2", "a3"]),
    "delete all": lambda it: it.delete(["a1", "a2", "a3"]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_undo_and_redo_restore_everything_exactly(
    paths: Paths, change: Callable[[Progress], object]
) -> None:
    def everything(progress: Progress) -> tuple[ProgressState, list[Attempt]]:
        return state_of(progress), list(progress.attempts())

    with opened(paths) as progress:
        for number, question in ((1, 1), (2, 1), (3, 3)):
            progress.record(make_attempt(number, question, at=START + timedelta(days=number)))
        before = everything(progress)
        assert progress.redo() is None, "nothing was undone"
        change(progress)
        after = everything(progress)
        assert after[0] != before[0]
    assert replayed(paths) == after[0]
    with opened(paths) as progress:
        undone = progress.undo()
        assert undone is not None
        assert everything(progress) == before
    assert replayed(paths) == before[0]
    with opened(paths) as progress:
        assert progress.redo() == undone
        assert everything(progress) == after
        assert progress.redo() is None
    assert replayed(paths) == after[0]
    with opened(paths) as progress:
        assert progress.undo() == undone, "what was redone can be undone again"
        assert progress.redo() == undone
        assert everything(progress) == after


def test_an_overruling_of_version_1_is_not_jumped_over(paths: Paths) -> None:
    with opened(paths) as progress:
        progress.record(make_attempt(1))
    line = {"attempt": "a1", "at": START.isoformat(), "verdicts": {"why": "met"}}
    with paths.history.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"v": 1, "type": "overruling", "overruling": line}) + "\n")
    with opened(paths) as progress:
        assert progress.undo() is None
        assert len(list(progress.attempts())) == 1


def test_an_own_rating_counts_until_it_is_removed(progress: Progress) -> None:
    progress.record(make_attempt(1, verdicts="mmm"))
    easy = progress.standings()[question_id(1)]
    assert progress.rate("a1", Rating.AGAIN).rating is Rating.AGAIN
    again = progress.standings()[question_id(1)]
    assert (easy.rating, again.rating) == (Rating.EASY, Rating.AGAIN)
    assert easy.memory is not None
    assert again.memory is not None
    assert again.memory.stability < easy.memory.stability
    assert progress.rate("a1", None).rating is Rating.EASY
    assert progress.standings()[question_id(1)] == easy
    with pytest.raises(NotInHistory):
        progress.rate("a7", Rating.GOOD)
    with pytest.raises(NotInHistory):
        progress.delete(["a1", "a7"])
    progress.delete([])


def test_a_later_grade_counts_instead_and_a_rating_stays(progress: Progress) -> None:
    progress.record(make_attempt(1))
    progress.overrule("a1", {"how": Verdict.MET})
    progress.rate("a1", Rating.HARD)
    later = make_grade(question_id(1), "mmx")
    regraded = progress.regrade("a1", later)
    assert (regraded.grade, regraded.rating) == (later, Rating.HARD)
    progress.overrule("a1", {"how": Verdict.PARTIAL})
    (attempt,) = progress.attempts()
    assert [point.final.value for point in attempt.grade.points] == ["met", "met", "partial"]
    assert attempt.grade.points[2].verdict is Verdict.MISSED
    with pytest.raises(NotInHistory):
        progress.regrade("a7", later)


def test_a_point_that_a_later_grade_has_again_keeps_its_verdicts(paths: Paths) -> None:
    full = make_grade(question_id(1), "mmm")
    short = full.model_copy(update={"points": full.points[:2]})
    with opened(paths) as progress:
        progress.record(make_attempt(1, verdicts="mpx"))
        progress.record(make_attempt(2).model_copy(update={"grade": short}))
        progress.regrade("a2", full)
        assert dict(progress.standings()[question_id(1)].points)["how"] == "xm"
        before = state_of(progress)
    assert replayed(paths) == before


def test_the_rating_follows_score_hints_and_giving_up() -> None:
    full = make_attempt(1, verdicts="mmm")
    assert full.rating is Rating.EASY
    assert full.model_copy(update={"hints": 1}).rating is Rating.GOOD
    assert full.model_copy(update={"gave_up": True}).rating is Rating.AGAIN
    assert make_attempt(1, verdicts="mxx").rating is Rating.HARD
    assert make_attempt(1, verdicts="xxx").rating is Rating.AGAIN
    kind = make_attempt(1, verdicts="mxx").model_copy(update={"scale": Scale(0.1, 0.2, 0.9)})
    assert kind.rating is Rating.GOOD


def test_giving_up_costs_nothing_beyond_the_rating(progress: Progress) -> None:
    progress.record(make_attempt(1, verdicts="mpm"))
    fields = {"gave_up": True, "day": date(2026, 1, 9)}
    progress.record(make_attempt(2, verdicts="xxx").model_copy(update=fields))
    standing = progress.standings()[question_id(1)]
    assert standing.rating is Rating.AGAIN
    assert standing.points == (("what", "m"), ("why", "p"), ("how", "m"))
    assert standing.best == 3 / 3.5
    day = progress.days()[date(2026, 1, 9)]
    assert (day.attempts, day.scored, day.mean) == (1, 0, None)


def test_points_remember_their_recent_verdicts(progress: Progress) -> None:
    for number in range(12):
        progress.record(make_attempt(number, verdicts="mpx" if number % 2 else "xpm"))
    points = dict(progress.standings()[question_id(1)].points)
    assert points == {"what": "xmxmxmxm", "why": "pppppppp", "how": "mxmxmxmx"}
    progress.overrule("a11", {"how": Verdict.PARTIAL})
    points = dict(progress.standings()[question_id(1)].points)
    assert points["how"] == "mxmxmxmp"


def test_a_day_is_the_students_own(progress: Progress) -> None:
    late = datetime(2026, 1, 3, 0, 30, tzinfo=UTC)
    progress.record(make_attempt(1, at=late).model_copy(update={"day": date(2026, 1, 2)}))
    progress.record(make_attempt(2, at=late))
    progress.record(make_attempt(3, 2, at=late))
    assert progress.days() == {
        date(2026, 1, 2): Day(date(2026, 1, 2), 1, 1, 1, 714_286, 12_500),
        date(2026, 1, 3): Day(date(2026, 1, 3), 2, 1, 2, 1_428_572, 25_000),
    }


def test_flags_and_skips_survive_reopening(paths: Paths) -> None:
    with opened(paths) as progress:
        progress.flag(question_id(1), "Punkt 2 ist falsch: [/b]")
        progress.flag(question_id(2), "")
        progress.flag(question_id(3), "no")
        progress.flag(question_id(3), None)
        progress.skip(question_id(4), date(2026, 1, 2))
        progress.skip(question_id(4), date(2026, 1, 3))
    with opened(paths) as progress:
        assert progress.flags() == {question_id(1): "Punkt 2 ist falsch: [/b]", question_id(2): ""}
        assert progress.skipped() == {question_id(4): date(2026, 1, 3)}
        assert progress.standings() == {}
        state = state_of(progress)
    assert replayed(paths) == state


def test_a_kind_of_a_later_version_is_kept_and_reported(paths: Paths) -> None:
    later = b'{"v":2,"type":"dreamt","dreamt":{"of":"matrix[i][j]"}}\n'
    with opened(paths) as progress:
        progress.record(make_attempt(1))
    with paths.history.open("ab") as file:
        file.write(later)
    with opened(paths) as progress:
        assert progress.damaged_lines == 0
        assert "later version in attempts.jsonl: 1" in progress.notices[0]
        progress.record(make_attempt(2))
        assert [attempt.id for attempt in progress.attempts()] == ["a1", "a2"]
    assert later in paths.history.read_bytes()
    with opened(paths) as progress:
        assert progress.notices == ()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'{"v":2,"type":"dreamt"}', UnknownLine("dreamt")),
        (b'{"v":1,"type":"dreamt"}', None),
        (b'{"v":2,"type":"rating"}', None),
        (b'{"v":2,"type":5}', None),
        (b'{"v":true,"type":"dreamt"}', None),
        (b'{"type":"dreamt"}', None),
        (b'["v",2]', None),
    ],
)
def test_only_a_whole_line_of_another_kind_is_of_a_later_version(
    line: bytes, found: UnknownLine | None
) -> None:
    assert parse(line, HOME) == found


def test_every_kind_of_line_is_recognised_unread() -> None:
    assert {"attempt", "overruling", "rating", "deleted", "undone"} < KINDS
    rated = Rated(id="r1", at=START, attempt="a1", rating=Rating.HARD)
    assert parse(to_line(rated), HOME) == rated
    line = to_line(make_attempt(1, answer=' "rating" "undone" '))
    assert not any(f'"{kind}"'.encode() in line for kind in KINDS - {"attempt"})
    day = make_attempt(1).model_copy(update={"day": date(2026, 1, 2), "exam": "e1"})
    assert parse(to_line(day), HOME) == day


def test_an_exam_that_took_longer_than_a_life_is_damaged() -> None:
    ended = ExamEnded(id="e2", at=START, exam="e1", how="time-up", used=12.5)
    line = to_line(ended)
    assert parse(line, HOME) == ended
    for number in (b"1e300", b"1e999", b"-1"):
        assert parse(line.replace(b"12.5", number), HOME) is None


@given(st.binary(max_size=80), st.sampled_from(sorted(KINDS)))
def test_no_bytes_and_no_half_line_of_any_kind_are_read(rest: bytes, kind: str) -> None:
    start = f'{{"v":2,"type":"{kind}","{kind}":{{'.encode()
    assert parse(start + rest, HOME) is None
    assert parse(rest, HOME) is None


@pytest.mark.usefixtures("quick_disk")
def test_undo_looks_back_further_than_the_end_of_a_long_history(paths: Paths) -> None:
    with opened(paths) as progress:
        progress.record(make_attempt(1))
        progress.record(make_attempt(2, 2))
        for _ in range(300):
            progress.flag(question_id(3), "long " * 800)
        assert paths.history.stat().st_size > 1 << 20
        assert progress.undo() == make_attempt(2, 2)
        assert progress.undo() == make_attempt(1)
        assert progress.undo() is None


def test_overruling_what_was_given_up_changes_the_score_alone(progress: Progress) -> None:
    given_up = make_attempt(1, verdicts="xxx").model_copy(update={"gave_up": True})
    progress.record(given_up)
    progress.overrule("a1", {"what": Verdict.MET})
    standing = progress.standings()[question_id(1)]
    assert (standing.last, standing.points, standing.rating) == (2 / 3.5, (), Rating.AGAIN)
