"""How often the student agrees with each grader, counted by point."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import Verdict
from tutor.grading import GraderId
from tutor.paths import Paths
from tutor.progress import Attempt
from tutor.progress.agreement import Agreement, agreement
from tutor.progress.archive.import_export import history_lines
from tutor.progress.errors import HistoryUnreadable, ProfileTooNew
from tutor.progress.read_only import read_history

from .builders import make_attempt, opened

TERMS = GraderId(name="terms", version="1")
MODEL = GraderId(name="model", version="1", model="f00", prompt="ba5")
OTHER = MODEL.model_copy(update={"model": "f01"})


def attempt(grader: GraderId, verdicts: str = "mpx", **mine: Verdict | None) -> Attempt:
    graded = make_attempt(1, verdicts=verdicts)
    grade = graded.grade.model_copy(update={"grader": grader}).overrule(mine)
    return graded.model_copy(update={"grade": grade})


def test_points_are_counted_by_grader() -> None:
    rows = agreement(
        [
            attempt(TERMS, what=Verdict.MISSED, how=Verdict.MET),
            attempt(MODEL),
            attempt(OTHER, why=Verdict.MET),
            attempt(MODEL, why=Verdict.MET),
        ]
    )
    assert rows == (
        Agreement("model", "f00", "1", points=6, overruled=1),
        Agreement("model", "f01", "1", points=3, overruled=1),
        Agreement("terms", None, "1", points=3, overruled=2),
    )
    assert [row.agreed for row in rows] == [5, 2, 1]
    assert [row.share for row in rows] == pytest.approx([5 / 6, 2 / 3, 1 / 3])


def test_what_no_grader_graded_does_not_count() -> None:
    by = [GraderId(name=name, version="1") for name in ("self", "rule")]
    assert agreement([attempt(grader) for grader in by]) == ()


def test_an_overruling_that_was_undone_is_agreement() -> None:
    (row,) = agreement([attempt(TERMS, what=Verdict.MET)])
    assert (row.points, row.overruled, row.share) == (3, 0, 1.0)


@given(st.lists(st.sampled_from([attempt(TERMS), attempt(MODEL, what=Verdict.MISSED)])))
def test_the_order_of_attempts_does_not_matter(attempts: list[Attempt]) -> None:
    rows = agreement(attempts)
    assert rows == agreement(reversed(attempts))
    assert sum(row.points for row in rows) == 3 * len(attempts)
    assert all(0 <= row.share <= 1 for row in rows)


def test_the_history_is_read_while_a_tutor_has_the_profile_open(paths: Paths) -> None:
    assert list(read_history(paths.history)) == []
    assert not paths.home.exists()
    with opened(paths) as progress:
        progress.record(make_attempt(1))
        progress.record(make_attempt(2, 2))
        progress.overrule("a1", {"what": Verdict.MISSED})
        with paths.history.open("ab") as file:
            file.write(b'{"v":1,"type":"att')
        before = paths.history.read_bytes()
        attempts = list(read_history(paths.history))
        assert attempts == list(progress.attempts())
        assert paths.history.read_bytes() == before, "a torn line is left alone"
    (row,) = agreement(attempts)
    assert (row.points, row.overruled) == (6, 1)


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
