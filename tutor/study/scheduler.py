"""What to ask now: the front for the first screen and for new sessions."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from zlib import crc32

from tutor.bank import Bank, DeckInfo
from tutor.progress import Day, Draft, Memory, Progress, Rating, SessionKind, SessionState, Standing
from tutor.study.exam_plan import Plan, latest_days, plan_until
from tutor.study.preferences import Preferences
from tutor.study.weak_points import WeakPoint, weak_points, weak_questions

LENGTH = 10
"""How many questions a session has unless the student says otherwise."""
SOON = timedelta(minutes=10)
"""What was answered so short a time ago comes after everything else that is due."""


@dataclass(frozen=True)
class Planner:
    """The situation at one moment, and what follows from it. Reads no file but the bank's index."""

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
        """The way to the exam; None without one ahead."""
        exam = self.preferences.exam
        if exam is None:
            return None
        return plan_until(exam, self._examined, self.standings, self.days, self.today)

    @cached_property
    def due_days(self) -> Mapping[str, date]:
        """The day on which each answered question of the bank is due, the exam considered."""
        retention = self.preferences.retention
        days = {
            id_: due_day(standing, retention)
            for id_, standing in self.standings.items()
            if id_ in self.bank
        }
        for id_, latest in self._latest.items():
            days[id_] = min(days[id_], latest)
        return days

    def due_if_rated(self, standing: Standing, rating: Rating) -> date:
        """The day on which a question would be due, had its last answer this rating."""
        from tutor.progress.retention import remember  # here: no first screen waits for FSRS

        memory = remember(standing.memory_before, rating, standing.last_at)
        changed = replace(standing, rating=rating, memory=memory)
        if self.preferences.exam is None:
            return due_day(changed, self.preferences.retention)
        # the days before an exam are shared out among all questions
        standings = {**self.standings, standing.question: changed}
        return replace(self, standings=standings).due_days[standing.question]

    @cached_property
    def days_ahead(self) -> tuple[date, ...]:
        """The day on which each answered question is due that the student still studies."""
        return tuple(day for id_, day in self.due_days.items() if self.studied(id_))

    @cached_property
    def due(self) -> tuple[str, ...]:
        """What is due and not skipped today: longest due first, then what is nearest forgotten."""
        ids = [id_ for id_, day in self.due_days.items() if day <= self.today]
        asked = (id_ for id_ in ids if self._is_not_skipped(id_) and self.studied(id_))
        return tuple(sorted(asked, key=self._urgency))

    @cached_property
    def new(self) -> tuple[str, ...]:
        """The new questions that today still has, in the bank's order.

        The exam's decks come first, then what is in the language that the student reads best.
        """
        ids = self.bank.question_ids
        unseen = [id_ for id_ in ids if id_ not in self.standings and self.studied(id_)]
        unseen.sort(key=lambda id_: (id_ not in self._examined_ids, self._language_rank(id_)))
        return tuple(filter(self._is_not_skipped, unseen))[: self.new_left]

    @property
    def new_left(self) -> int:
        """How many new questions may come today; an exam ahead may need more than the setting."""
        done = self.days[self.today].new if self.today in self.days else 0
        quota = self.plan.new_quota(done) if self.plan else 0
        return max(0, max(self.preferences.new_per_day, quota) - done)

    @cached_property
    def weak(self) -> tuple[WeakPoint, ...]:
        """The points missed last time in what is studied, weakest first."""
        points = weak_points(self.standings.values(), self.bank)
        return tuple(weak for weak in points if self.studied(weak.question))

    def studied(self, id_: str) -> bool:
        """Whether a question of the bank is in a deck and a language that the student wants."""
        preferences = self.preferences
        return not (preferences.decks or preferences.languages) or preferences.include(
            self.bank.info(id_)
        )

    def _language_rank(self, id_: str) -> int:
        """How far down the student's languages the first one is that the question has."""
        known = self.bank.info(id_).languages
        ranks = (rank for rank, each in enumerate(self.preferences.languages) if each in known)
        return next(ranks, 0)

    def due_by_deck(self) -> dict[str, int]:
        """How many questions are due by deck id; decks with none are not listed."""
        return Counter(self.bank.info(id_).deck for id_ in self.due)

    def start(
        self,
        kind: SessionKind = "due",
        *,
        deck: str | None = None,
        topic: str | None = None,
        questions: Iterable[str] = (),
        limit: int = LENGTH,
    ) -> SessionState:
        """A new session; it is done at once if there is nothing to ask.

        `deck` narrows any kind; without it only what is studied is asked. `topic` belongs to the
        kind of that name, `questions` to `browse`, which asks what was chosen, in that order,
        however much it is. Raises ValueError for a limit below 1, UnknownDeckError.
        """
        if limit < 1:
            raise ValueError(f"a session has at least one question, not {limit}")
        ids = [id_ for id_ in self._candidates(kind, deck, topic, questions) if id_ in self.bank]
        if kind != "browse":
            ids = list(filter(self._is_not_skipped, ids))
        if deck is not None and kind != "browse":
            ids = [id_ for id_ in ids if self.bank.info(id_).deck == deck]
        chosen = tuple(ids if kind == "browse" else ids[:limit])
        return SessionState(deck, chosen, 0, self.now, kind=kind, topic=topic)

    def _candidates(
        self, kind: SessionKind, deck: str | None, topic: str | None, questions: Iterable[str]
    ) -> Iterable[str]:
        if kind == "browse":
            return dict.fromkeys(questions)
        if kind == "weak":
            every = weak_points(self.standings.values(), self.bank)
            points = self.weak if deck is None else every
            return (weak.question for weak in weak_questions(points))
        if kind == "due":
            both = (*self.due, *self.new)
            return sorted(both, key=lambda id_: id_ not in self._begun)
        decks = self.bank.decks if deck is None else (self.bank.deck(deck),)
        return (
            id_
            for each in decks
            for id_ in choose(each, self.standings, self.drafts)
            if kind == "deck" or topic in self.bank.info(id_).topics
            if deck is not None or self.studied(id_)
        )

    @cached_property
    def _begun(self) -> frozenset[str]:
        return frozenset(id_ for id_, draft in self.drafts.items() if draft.text.strip())

    @cached_property
    def _examined(self) -> tuple[str, ...]:
        decks = self.preferences.exam_decks
        return tuple(
            info.id
            for deck in self.bank.decks
            if not decks or deck.id in decks
            for info in deck.questions
            if self.studied(info.id)
        )

    @cached_property
    def _examined_ids(self) -> frozenset[str]:
        return frozenset(self._examined) if self.plan else frozenset()

    @cached_property
    def _latest(self) -> Mapping[str, date]:
        exam = self.preferences.exam
        if exam is None:
            return {}
        return latest_days(exam, self._examined, self.standings, self.today)

    def _is_not_skipped(self, id_: str) -> bool:
        return self.skipped.get(id_) != self.today

    def _urgency(self, id_: str) -> tuple[bool, date, float, str]:
        standing = self.standings[id_]
        just_now = self.now - standing.last_at < SOON
        return just_now, self.due_days[id_], retrievability(standing.memory, self.now), id_


def planner_of(
    bank: Bank,
    progress: Progress,
    preferences: Preferences,
    now: datetime,
    zone: tzinfo | None = None,
) -> Planner:
    """The planner for a profile as it is now; without `zone` the system's clock names the day."""
    return Planner(
        bank=bank,
        standings=progress.standings(),
        drafts=progress.drafts(),
        days=progress.days(),
        skipped=progress.skipped(),
        preferences=preferences,
        now=now,
        today=preferences.day(now, zone),
    )


_DECAY = -0.1542
_FACTOR = 0.9 ** (1 / _DECAY) - 1
LONGEST = 36_500
"""Days that an interval has at most."""
_FUZZ = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float(LONGEST), 0.05))
"""From how many days to how many which share of them may be added or subtracted."""


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


def choose(
    deck: DeckInfo, standings: Mapping[str, Standing], drafts: Mapping[str, Draft]
) -> tuple[str, ...]:
    """All questions of `deck`, in the order in which they are best asked.

    First what was begun (a draft with text in it), then what was never answered, in the deck's
    order, then the lowest last score, and of equal scores the one answered longest ago.
    """

    def rank(id_: str) -> tuple[int, float, float]:
        standing = standings.get(id_)
        if id_ in drafts and drafts[id_].text.strip():
            return (0, 0.0, 0.0)
        if standing is None:
            return (1, 0.0, 0.0)
        return (2, standing.last, standing.last_at.timestamp())

    return tuple(sorted((info.id for info in deck.questions), key=rank))
