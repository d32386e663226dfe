"""How well a question is remembered after one more review, by FSRS.

From version 6 of the model on this needs the ratings and the days between them and nothing else:
the desired retention, exams and other settings decide only when a question is due, not this.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

from fsrs import Card, Scheduler, State
from fsrs import Rating as FsrsRating

from tutor.progress.records import Memory, Rating

_START = datetime(2000, 1, 1, tzinfo=UTC)
"""Only the time between two reviews matters; from here no calendar ends."""
_LONGEST = timedelta(days=36_500)


def remember(before: Memory | None, rating: Rating, at: datetime) -> Memory:
    """The memory after a review at `at`; one that seems earlier than the last counts as same day.

    No steps of minutes: an answer in free text takes minutes itself.
    """
    card, now = _card(before), _START
    if before is not None:
        now += min(max(at - before.at, timedelta()), _LONGEST)
    after, _ = _scheduler().review_card(card, FsrsRating(rating), now)
    assert after.stability is not None
    assert after.difficulty is not None
    return Memory(after.stability, after.difficulty, at)


def _card(memory: Memory | None) -> Card:
    """A number for its id, since without one a card waits for the clock."""
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
