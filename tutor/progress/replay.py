"""Reading the history again: attempts with their overrulings, and standings made from them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tutor.progress.attempt import Attempt, Overruling
from tutor.progress.history import Damaged, History
from tutor.progress.model import Standing
from tutor.progress.standing import advance

_Overrulings = Mapping[str, list[Overruling]]


def overrule(attempt: Attempt, overrulings: Iterable[Overruling]) -> Attempt:
    """`attempt` with `overrulings`, oldest first, in its grade.

    One of a point that the attempt does not have (a damaged history) is passed over.
    """
    grade = attempt.grade
    ids = {point.id for point in grade.points}
    for overruling in overrulings:
        if overruling.verdicts.keys() <= ids:
            grade = grade.overrule(overruling.verdicts)
    return attempt if grade is attempt.grade else attempt.model_copy(update={"grade": grade})


def read_attempts(
    history: History, *, start: int = 0, end: int | None = None, question: str = ""
) -> Iterator[Attempt | Damaged]:
    """The attempts in a part of the history, oldest first, with that part's overrulings applied.

    Damaged lines come in their place. With `question` its attempts alone come, and damaged lines
    that name it. The part is read twice, so that not all of it is in memory at once. Raises
    ProfileTooNew, OSError.
    """
    end = history.size if end is None else end
    overrulings = _overrulings(history, start, end)
    for event in history.events(start, end, having=question.encode()):
        if isinstance(event, Damaged):
            yield event
        elif isinstance(event, Attempt) and question in ("", event.question):
            yield overrule(event, overrulings.get(event.id, ()))


def _overrulings(history: History, start: int, end: int) -> _Overrulings:
    found: defaultdict[str, list[Overruling]] = defaultdict(list)
    for event in history.events(start, end, having=b'"overruling"'):
        if isinstance(event, Overruling):
            found[event.attempt].append(event)
    return found


def find_attempt(history: History, attempt_id: str) -> Attempt | None:
    """The attempt with this id, overrulings applied. Raises ProfileTooNew, OSError."""
    found: Attempt | None = None
    overrulings: list[Overruling] = []
    for event in history.events(having=attempt_id.encode()):
        if isinstance(event, Attempt) and event.id == attempt_id:
            found = event
        elif isinstance(event, Overruling) and event.attempt == attempt_id:
            overrulings.append(event)
    return found and overrule(found, overrulings)


@dataclass(frozen=True)
class Replay:
    """What a part of the history adds to the standings before it."""

    standings: Mapping[str, Standing]
    """All standings, those before included."""
    newest: Mapping[str, Attempt]
    """The last attempt in this part at each question that it holds."""
    attempts: int
    damaged: int


def replay(history: History, start: int, before: Mapping[str, Standing]) -> Replay:
    """Add what the history holds from byte `start` on to the standings `before`.

    An overruling there of an attempt that stands before `start` is not seen: look with
    `reaches_back` first. Raises ProfileTooNew, OSError.
    """
    standings = dict(before)
    newest: dict[str, Attempt] = {}
    attempts = damaged = 0
    for event in read_attempts(history, start=start):
        if isinstance(event, Damaged):
            damaged += 1
            continue
        attempts += 1
        newest[event.question] = event
        standings[event.question] = advance(standings.get(event.question), event)
    return Replay(standings, newest, attempts, damaged)


def reaches_back(history: History, start: int) -> bool:
    """Whether something after byte `start` overrules an attempt before it."""
    seen: set[str] = set()
    for event in history.events(start):
        if isinstance(event, Attempt):
            seen.add(event.id)
        elif isinstance(event, Overruling) and event.attempt not in seen:
            return True
    return False
