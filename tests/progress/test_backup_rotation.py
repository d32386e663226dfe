"""Which backups stay: hourly for a day, daily for a month, monthly after."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.progress.archive.backup import to_keep

NOW = datetime(2026, 11, 21, 13, 30, tzinfo=UTC)
ages = st.one_of(
    st.timedeltas(timedelta(0), timedelta(hours=3)),
    st.timedeltas(timedelta(0), timedelta(days=3)),
    st.timedeltas(timedelta(0), timedelta(days=900)),
)
times = st.sets(ages.map(lambda age: NOW - age), max_size=40)
later = st.timedeltas(timedelta(0), timedelta(days=400))


def every(step: timedelta, count: int) -> set[datetime]:
    return {NOW - number * step for number in range(count)}


def test_of_many_backups_those_of_the_rule_stay() -> None:
    kept = to_keep(every(timedelta(minutes=10), 6 * 24 * 100), NOW)
    ages = Counter((NOW - time).days for time in kept)
    assert sum((NOW - time) < timedelta(hours=1) for time in kept) == 6
    assert ages[0] == 6 + 24
    assert [ages[day] for day in range(2, 29)] == [1] * 27
    assert sorted(time for time in kept if NOW - time > timedelta(days=31)) == [
        min(every(timedelta(minutes=10), 6 * 24 * 100)),
        datetime(2026, 9, 1, tzinfo=UTC),
        datetime(2026, 10, 1, tzinfo=UTC),
    ]


MAY = [datetime(2024, 5, day, tzinfo=UTC) for day in range(1, 32)]
BEFORE = NOW - timedelta(hours=2)
MISTAKES = [BEFORE + timedelta(minutes=minute) for minute in range(20)]
LATER = [NOW + timedelta(seconds=second) for second in range(5)]


@pytest.mark.parametrize(
    ("backups", "kept"),
    [(MAY, [MAY[0], MAY[-1]]), ([*MISTAKES, NOW], [BEFORE, NOW]), (LATER, LATER)],
    ids=["the newest, however old", "the one before mistakes within an hour", "from the future"],
)
def test_what_stays(backups: list[datetime], kept: list[datetime]) -> None:
    assert to_keep(backups, NOW) == set(kept)


def test_a_period_is_one_of_utc_wherever_the_clock_stands() -> None:
    tokyo = timezone(timedelta(hours=9))
    backups = {NOW - timedelta(days=3, hours=hour) for hour in range(5)}
    moved = {time.astimezone(tokyo) for time in backups}
    assert to_keep(moved, NOW.astimezone(tokyo)) == to_keep(backups, NOW)


@given(times, later)
def test_thinning_out_early_loses_nothing_that_would_stay_later(
    backups: set[datetime], passed: timedelta
) -> None:
    late = to_keep(backups, NOW + passed)
    assert late <= to_keep(backups, NOW)
    assert to_keep(to_keep(backups, NOW), NOW + passed) == late


@given(times)
def test_every_backup_has_a_neighbour_that_stays(backups: set[datetime]) -> None:
    kept = to_keep(backups, NOW)
    for time in backups:
        age = NOW - time
        near = timedelta(hours=1) if age < timedelta(days=1) else timedelta(days=1)
        near = timedelta(days=31) if age >= timedelta(days=30) else near
        assert any(timedelta() <= time - one < near for one in kept)
