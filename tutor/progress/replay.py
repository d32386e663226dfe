"""Replays the history: attempts as they count now, and the state built from them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tutor.progress.events import (
    Amendment,
    Attempt,
    Deleted,
    Event,
    Overruling,
    Rated,
    Regraded,
    Undone,
)
from tutor.progress.history import History
from tutor.progress.records import UnknownLine
from tutor.progress.state import ProgressState

_AMENDING = tuple(
    f'"{kind.kind}"'.encode() for kind in (Overruling, Rated, Regraded, Deleted, Undone)
)
"""Every line that changes earlier attempts contains one of these, and no other line does: in a text
`"` is escaped, and no field has such a name."""
Change = Overruling | Rated | Regraded
"""The events that change one attempt."""
Undoable = Attempt | Change | Deleted


@dataclass(frozen=True)
class Changes:
    """The effect of the amendments in a part of the history."""

    by_attempt: Mapping[str, Sequence[Change]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    """The ids of attempts that were deleted, and of whatever was undone."""

    def applied(self, attempt: Attempt) -> Attempt | None:
        """The attempt as it counts now; None if it no longer counts."""
        if attempt.id in self.gone:
            return None
        return amended(attempt, self.by_attempt.get(attempt.id, ()))


def gather(events: Iterable[Event | UnknownLine | None]) -> Changes:
    """The amendments among `events`, oldest first."""
    amendments = [event for event in events if isinstance(event, Amendment)]
    undone = _undone(amendments)
    gone = set(undone)
    by_attempt: defaultdict[str, list[Change]] = defaultdict(list)
    for event in amendments:
        if event.id in undone:
            continue
        if isinstance(event, Deleted):
            gone.update(event.attempts)
        elif not isinstance(event, Undone):
            by_attempt[event.attempt].append(event)
    return Changes(by_attempt, frozenset(gone))


def _undone(events: Sequence[Event | UnknownLine | None]) -> set[str]:
    """The ids of what is undone; an undo that is itself undone has no effect."""
    ids: set[str] = set()
    for event in reversed(events):
        if isinstance(event, Undone) and event.id not in ids:
            ids.add(event.target)
    return ids


def amended(attempt: Attempt, changes: Iterable[Change]) -> Attempt:
    """`attempt` after these changes, oldest first.

    What does not fit the attempt, as in a damaged history, is ignored: a verdict on a point that
    it does not have, or a grade for another question.
    """
    grade, rated = attempt.grade, attempt.rated
    ids = {point.id for point in grade.points}
    for change in changes:
        if isinstance(change, Rated):
            rated = change.rating
        elif isinstance(change, Regraded):
            if change.grade.question == attempt.question:
                grade, ids = change.grade, {point.id for point in change.grade.points}
        elif change.verdicts.keys() <= ids:
            grade = grade.overrule(change.verdicts)
    if grade is attempt.grade and rated is attempt.rated:
        return attempt
    return attempt.model_copy(update={"grade": grade, "rated": rated})


def read_attempts(
    history: History, *, question: str = "", having: Sequence[bytes] = ()
) -> Iterator[Attempt]:
    """The attempts in the history, oldest first, as they count now; damaged lines are skipped.

    `question` limits them to one question, `having` to lines that contain one of its strings. The
    history is read twice, so that it is never in memory as a whole. Raises ProfileTooNew, OSError.
    """
    end = history.size
    changes = gather(history.events(end=end, having=_AMENDING))
    marks = (question.encode(),) if question else having
    for event in history.events(end=end, having=marks):
        if isinstance(event, Attempt) and question in ("", event.question):
            attempt = changes.applied(event)
            if attempt is not None:
                yield attempt


def events_about(history: History, question: str) -> list[Event]:
    """The events that name a question, and every amendment, for `attempts_among`."""
    events = history.events(having=(question.encode(), *_AMENDING))
    return [event for event in events if isinstance(event, Event)]


def attempts_among(events: Sequence[Event], question: str) -> tuple[Attempt, ...]:
    """The attempts at a question among `events`, oldest first, as they count after all of them."""
    changes = gather(events)
    attempts = (event for event in events if isinstance(event, Attempt))
    amended = (changes.applied(attempt) for attempt in attempts if attempt.question == question)
    return tuple(attempt for attempt in amended if attempt is not None)


def find_attempt(history: History, attempt_id: str) -> Attempt | None:
    """The attempt with this id, as it counts now. Raises ProfileTooNew, OSError."""
    events = list(history.events(having=(attempt_id.encode(), _AMENDING[-1])))
    attempts = [event for event in events if isinstance(event, Attempt) and event.id == attempt_id]
    return gather(events).applied(attempts[-1]) if attempts else None


_TAIL = 1 << 20


Target = tuple[str, Undoable]
"""The id of what is undone, and the event that then has no effect, or has one again."""


def last_undoable(history: History) -> Target | None:
    """The last event that can be undone and has not been.

    An overruling without an id (version 1) blocks what is before it: undo works in order.
    """
    for event in _newest_first(history):
        if isinstance(event, Undoable):
            return (event.id, event) if event.id is not None else None
    return None


def last_redoable(history: History) -> Target | None:
    """The undo that can be undone next, with what it undid; None if something has followed it."""
    for event in _newest_first(history):
        if isinstance(event, Undoable):
            return None
        target = _find(history, event.target)
        if target is not None:
            return event.id, target
    return None


def _newest_first(history: History) -> Iterator[Undoable | Undone]:
    """What is not undone, newest first: in the history's tail, then again in all of it."""
    for start in dict.fromkeys((history.line_after(history.size - _TAIL), 0)):
        events = list(history.events(start))
        undone = _undone(events)
        for event in reversed(events):
            if isinstance(event, Undoable | Undone) and event.id not in undone:
                yield event


def _find(history: History, id_: str) -> Undoable | None:
    """The event with this id that can be undone; None if the id is an undo's."""
    events = history.events(having=(id_.encode(),))
    return next((each for each in events if isinstance(each, Undoable) and each.id == id_), None)


def questions_of(history: History, event: Undoable) -> set[str]:
    """The questions whose attempts `event` is about."""
    if isinstance(event, Attempt):
        return {event.question}
    ids = _targets(event)
    events = history.events(having=tuple(id_.encode() for id_ in ids))
    return {each.question for each in events if isinstance(each, Attempt) and each.id in ids}


@dataclass(frozen=True)
class Replay:
    """The state after a part of the history, and what that part contained."""

    state: ProgressState
    newest: Mapping[str, Attempt]
    """The last attempt in this part at each of its questions."""
    attempts: int
    damaged: int
    unknown: int = 0


def replay(history: History, start: int, before: ProgressState) -> Replay:
    """Add the events from byte `start` on to the state `before`.

    Changes to attempts before `start` are missed: check `reaches_back` first. Raises ProfileTooNew,
    OSError.
    """
    end = history.size
    changes = gather(history.events(start, end, having=_AMENDING))
    state = before.copy()
    newest: dict[str, Attempt] = {}
    attempts = damaged = unknown = 0
    for event in history.events(start, end):
        if event is None:
            damaged += 1
        elif isinstance(event, UnknownLine):
            unknown += 1
        elif not isinstance(event, Attempt):
            state.note(event)
        elif (attempt := changes.applied(event)) is not None:
            attempts += 1
            newest[attempt.question] = attempt
            state.attempt(attempt)
    return Replay(state, newest, attempts, damaged, unknown)


def reaches_back(history: History, start: int) -> bool:
    """Whether an event after byte `start` changes an attempt before it."""
    seen: set[str | None] = set()
    for event in history.events(start):
        if isinstance(event, Amendment) and not seen.issuperset(_targets(event)):
            return True
        if isinstance(event, Undoable | Undone):
            seen.add(event.id)
    return False


def _targets(event: Amendment) -> tuple[str, ...]:
    if isinstance(event, Undone):
        return (event.target,)
    return event.attempts if isinstance(event, Deleted) else (event.attempt,)
