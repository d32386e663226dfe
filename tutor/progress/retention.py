"""How well a question is remembered after one more review, by FSRS.

Since version 6 of the model this depends only on the ratings and the days between them. The desired
retention, exams and other settings decide only when a question is due.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

from fsrs import Card, Scheduler, State
from fsrs import Rating as FsrsRating

from tutor.progress.records import Memory, Rating

_START = datetime(2000, 1, 1, tzinfo=UTC)
"""Any day will do, since only the time between two reviews matters."""
_LONGEST = timedelta(days=36_500)


def remember(before: Memory | None, rating: Rating, at: datetime) -> Memory:
    """The memory after a review at `at`; if that is before the last one, it counts as the same day.

    There are no steps of minutes, since an answer in free text takes minutes itself.
    """
    card, now = _card(before), _START
    if before is not None:
        now += min(max(at - before.at, timedelta()), _LONGEST)
    after, _ = _scheduler().review_card(card, FsrsRating(rating), now)
    assert after.stability is not None
    assert after.difficulty is not None
    return Memory(after.stability, after.difficulty, at)


def _card(memory: Memory | None) -> Card:
    """FSRS's card for a memory. Its id is fixed: FSRS would wait a millisecond to make one."""
    if memory is None:
        return Card(card_id=0, due=_START)
    return Card(
        card_id=0,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_START,
        last_review=_START,
    )


@cache
def _scheduler() -> Scheduler:
    return Scheduler(
        learning_steps=(), relearning_steps=(), maximum_interval=1, enable_fuzzing=False
    )
