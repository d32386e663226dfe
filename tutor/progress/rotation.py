"""Which backups are kept: hourly for a day, daily for a month, monthly after."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

_HOUR, _DAY, _MONTH = timedelta(hours=1), timedelta(days=1), timedelta(days=30)


def to_keep(times: Iterable[datetime], now: datetime) -> frozenset[datetime]:
    """The `times` (with a timezone) whose backups stay.

    All of the last hour; then the first of each hour for a day, of each day (UTC) for 30 days, and
    of each month. The newest stays in any case, and so does what lies in the future: a clock that
    was set back must not cost a backup.

    The first and not the last of a period: the first of a month is also the first of its day and
    of its hour, so what is to stay later is never deleted earlier; and several mistaken restores
    within an hour leave the state before the first of them.
    """
    firsts: dict[tuple[int, ...], datetime] = {}
    ordered = sorted(times)
    for time in ordered:
        firsts.setdefault(_period(time, now), time)
    return frozenset([*firsts.values(), *ordered[-1:]])


def _period(time: datetime, now: datetime) -> tuple[int, ...]:
    """What names the period of which one backup stays."""
    age, utc = now - time, time.astimezone(UTC)
    if age < _HOUR:
        return (*utc.timetuple()[:6], utc.microsecond)
    if age < _DAY:
        return tuple(utc.timetuple()[:4])
    return tuple(utc.timetuple()[: 3 if age < _MONTH else 2])
