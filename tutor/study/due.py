"""When a question is due: plain arithmetic over what FSRS remembers.

The formulas are those of FSRS-6 with its default parameters, as py-fsrs 6.3 has them; the tests
hold both side by side. They stand here again because importing py-fsrs would delay the first
screen, and because its fuzz comes from the global random source and could not be replayed.
"""

from datetime import date, datetime, timedelta
from zlib import crc32

from tutor.progress import Memory, Rating, Standing

_DECAY = -0.1542
_FACTOR = 0.9 ** (1 / _DECAY) - 1
LONGEST = 36_500
"""Days that an interval has at most."""
_FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float(LONGEST), 0.05))
"""From how many days to how many which share of them may be added or taken away."""


def retrievability(memory: Memory | None, now: datetime) -> float:
    """The probability that the question is remembered at `now`; 0 for what was never learnt."""
    if memory is None:
        return 0.0
    days = max(0, (now - memory.at).days)
    return float((1 + _FACTOR * days / memory.stability) ** _DECAY)


def interval(stability: float, retention: float) -> int:
    """The whole days, at least one, until retrievability has fallen to `retention`."""
    days: float = stability / _FACTOR * (retention ** (1 / _DECAY) - 1)
    return round(min(max(days, 1), LONGEST))


def fuzzed(days: int, seed: str) -> int:
    """`days`, a little more or less, so that what was learnt together does not stay together.

    The same seed always gives the same.
    """
    if days < 2.5:
        return days
    delta = 1 + sum(factor * max(min(days, end) - start, 0) for start, end, factor in _FUZZ)
    low, high = max(2, round(days - delta)), min(round(days + delta), LONGEST)
    return low + crc32(seed.encode()) * (high - low + 1) // 2**32


def due_day(standing: Standing, retention: float) -> date:
    """The day on which a question is due again: the same one after `AGAIN`."""
    if standing.memory is None or standing.rating is Rating.AGAIN:
        return standing.on
    days = fuzzed(interval(standing.memory.stability, retention), standing.attempt)
    return standing.on + timedelta(days=min(days, (date.max - standing.on).days))
