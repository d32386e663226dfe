"""What to ask now, for the first screen and for new sessions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zlib import crc32

from tutor.bank import Bank, Language
from tutor.progress import Day, Draft, Memory, Rating, SessionKind, SessionState, Standing
from tutor.study.exam_plan import Plan, latest_days, plan_until
from tutor.study.preferences import Preferences
from tutor.study.weak_points import WeakPoint, weak_points, weak_questions

if TYPE_CHECKING:
    from tutor.study.services import Services

SOON = timedelta(minutes=10)
"""Questions answered more recently than this come after all others that are due."""


@dataclass(frozen=True)
class Planner:
    """What there is to study at one moment. It reads no files."""

    bank: Bank
    standings: Mapping[str, Standing]
    drafts: Mapping[str, Draft]
    days: Mapping[date, Day]
    skipped: Mapping[str, date]
    preferences: Preferences
    now: datetime
    today: date

    @cached_property
    def plan(self) -> Plan | None:
        """The plan for the exam; None without one ahead."""
        exam = self.preferences.exam
        if exam is None:
            return None
        return plan_until(exam, self._exam_questions, self.standings, self.days, self.today)

    @cached_property
    def due_days(self) -> Mapping[str, date]:
        """The day on which each answered question is due, brought forward by an exam."""
        retention, exam = self.preferences.retention, self.preferences.exam
        days = {
            id_: due_day(standing, retention)
            for id_, standing in self.standings.items()
            if id_ in self.bank
        }
        if exam is not None:
            latest = latest_days(exam, self._exam_questions, self.standings, self.today)
            days |= {id_: min(days[id_], day) for id_, day in latest.items()}
        return days

    def due_if_rated(self, standing: Standing, rating: Rating) -> date:
        """The day on which a question would be due if its last answer had this rating."""
        from tutor.progress.retention import remember  # here: no first screen waits for FSRS

        memory = remember(standing.memory_before, rating, standing.last_at)
        changed = replace(standing, rating=rating, memory=memory)
        if self.preferences.exam is None:
            return due_day(changed, self.preferences.retention)
        # an exam spreads all questions over the days before it
        standings = {**self.standings, standing.question: changed}
        return replace(self, standings=standings).due_days[standing.question]

    @cached_property
    def days_ahead(self) -> tuple[date, ...]:
        """The due days of the answered questions that the student still studies."""
        return tuple(day for id_, day in self.due_days.items() if self.studied(id_))

    @cached_property
    def due(self) -> tuple[str, ...]:
        """What is due and not skipped today: longest due first, then closest to forgotten."""
        ids = [id_ for id_, day in self.due_days.items() if day <= self.today]
        shown = (id_ for id_ in ids if self._is_not_skipped(id_) and self.studied(id_))
        return tuple(sorted(shown, key=self._urgency))

    @cached_property
    def new(self) -> tuple[str, ...]:
        """The new questions left for today.

        The exam's decks come first, then the language that the student reads best. Decks take
        turns, each in its own order, and in every round what is to be derived comes last: nobody
        should begin with ten problems from one deck.
        """
        infos = (self.bank.info(id_) for id_ in self.bank.question_ids)
        unseen = [info for info in infos if info.id not in self.standings and self.studied(info.id)]
        in_exam = set(self._exam_questions) if self.plan else set()
        rounds: Counter[str] = Counter()
        ranks: dict[str, tuple[bool, int, int, bool]] = {}
        for info in unseen:
            rounds[info.deck] += 1
            place = self._language_rank(info.languages), rounds[info.deck], info.level == "derive"
            ranks[info.id] = (info.id not in in_exam, *place)
        ordered = filter(self._is_not_skipped, sorted(ranks, key=ranks.__getitem__))
        return tuple(ordered)[: self.new_left]

    @property
    def new_left(self) -> int:
        """How many new questions are left for today; an exam may need more than the setting."""
        done = self.days[self.today].new if self.today in self.days else 0
        quota = self.plan.new_quota(done) if self.plan else 0
        return max(0, max(self.preferences.new_per_day, quota) - done)

    @cached_property
    def weak(self) -> tuple[WeakPoint, ...]:
        """The points of studied questions that were not met in full last time, weakest first."""
        points = weak_points(self.standings.values(), self.bank)
        return tuple(weak for weak in points if self.studied(weak.question))

    def studied(self, id_: str) -> bool:
        """Whether a question of the bank is in a deck and a language that the student studies."""
        preferences = self.preferences
        return not (preferences.decks or preferences.languages) or preferences.include(
            self.bank.info(id_)
        )

    def _language_rank(self, languages: Sequence[Language]) -> int:
        """The position of a question's first language among the student's."""
        ranks = (rank for rank, each in enumerate(self.preferences.languages) if each in languages)
        return next(ranks, 0)

    def due_by_deck(self) -> dict[str, int]:
        """How many questions are due, by deck id; decks without any are missing."""
        return Counter(self.bank.info(id_).deck for id_ in self.due)

    def start(
        self,
        kind: SessionKind = "due",
        *,
        deck: str | None = None,
        topic: str | None = None,
        questions: Iterable[str] = (),
        limit: int | None = None,
    ) -> SessionState:
        """A new session of at most `limit` questions, already done if there is nothing to ask.

        `deck` limits any kind to one deck; without it only what is studied is asked. `topic` is for
        the kind of that name. `questions` is for `browse`, which asks just these in this order.
        Raises UnknownDeckError.
        """
        ids = [id_ for id_ in self._candidates(kind, deck, topic, questions) if id_ in self.bank]
        if kind != "browse":
            ids = list(filter(self._is_not_skipped, ids))
            if deck is not None:
                ids = [id_ for id_ in ids if self.bank.info(id_).deck == deck]
        return SessionState(deck, tuple(ids[:limit]), 0, self.now, kind=kind, topic=topic)

    def _candidates(
        self, kind: SessionKind, deck: str | None, topic: str | None, questions: Iterable[str]
    ) -> Iterable[str]:
        if kind == "browse":
            return dict.fromkeys(questions)
        if kind == "weak":
            points = self.weak if deck is None else weak_points(self.standings.values(), self.bank)
            return (weak.question for weak in weak_questions(points))
        if kind == "due":
            return sorted((*self.due, *self.new), key=lambda id_: id_ not in self._begun)
        decks = self.bank.decks if deck is None else (self.bank.deck(deck),)
        return (
            id_
            for each in decks
            for id_ in sorted((info.id for info in each.questions), key=self._rank)
            if kind == "deck" or topic in self.bank.info(id_).topics
            if deck is not None or self.studied(id_)
        )

    def _rank(self, id_: str) -> tuple[int, float, float]:
        """What was begun comes first, then what was never answered, then the lowest last scores.

        Of equal scores the oldest comes first.
        """
        standing = self.standings.get(id_)
        if id_ in self._begun:
            return (0, 0.0, 0.0)
        if standing is None:
            return (1, 0.0, 0.0)
        return (2, standing.last, standing.last_at.timestamp())

    @cached_property
    def _begun(self) -> frozenset[str]:
        """The questions with a draft that has text in it."""
        return frozenset(id_ for id_, draft in self.drafts.items() if draft.text.strip())

    @cached_property
    def _exam_questions(self) -> tuple[str, ...]:
        decks = self.preferences.exam_decks
        return tuple(
            info.id
            for deck in self.bank.decks
            if not decks or deck.id in decks
            for info in deck.questions
            if self.studied(info.id)
        )

    def _is_not_skipped(self, id_: str) -> bool:
        return self.skipped.get(id_) != self.today

    def _urgency(self, id_: str) -> tuple[bool, date, float, str]:
        standing = self.standings[id_]
        just_now = self.now - standing.last_at < SOON
        return just_now, self.due_days[id_], retrievability(standing.memory, self.now), id_


def planner_of(services: "Services") -> Planner:
    """What there is to study now. May read the settings for this."""
    progress, preferences, now = services.progress, services.preferences, services.clock()
    return Planner(
        bank=services.bank,
        standings=progress.standings(),
        drafts=progress.drafts(),
        days=progress.days(),
        skipped=progress.skipped(),
        preferences=preferences,
        now=now,
        today=preferences.day(now),
    )


_DECAY = -0.1542
_FACTOR = 0.9 ** (1 / _DECAY) - 1
LONGEST = 36_500
"""The most days that an interval has."""
_FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float(LONGEST), 0.05))
"""The share of the days between two bounds that may be added or subtracted."""


def retrievability(memory: Memory | None, now: datetime) -> float:
    """The probability that a question is remembered at `now`; 0 without a memory."""
    if memory is None:
        return 0.0
    days = max(0, (now - memory.at).days)
    return float((1 + _FACTOR * days / memory.stability) ** _DECAY)


def interval(stability: float, retention: float) -> int:
    """The whole days, at least one, until the retrievability has fallen to `retention`."""
    days: float = stability / _FACTOR * (retention ** (1 / _DECAY) - 1)
    return round(min(max(days, 1), LONGEST))


def fuzzed(days: int, seed: str) -> int:
    """`days`, a little more or less, so that questions learnt together come apart.

    The same `seed` always gives the same result.
    """
    if days < 2.5:
        return days
    delta = 1 + sum(factor * max(min(days, end) - start, 0) for start, end, factor in _FUZZ)
    low, high = max(2, round(days - delta)), min(round(days + delta), LONGEST)
    return low + crc32(seed.encode()) * (high - low + 1) // 2**32


def due_day(standing: Standing, retention: float) -> date:
    """The day on which a question is due again; after `AGAIN` that is the same day."""
    if standing.memory is None or standing.rating is Rating.AGAIN:
        return standing.on
    days = fuzzed(interval(standing.memory.stability, retention), standing.attempt)
    return standing.on + timedelta(days=min(days, (date.max - standing.on).days))
