"""Saving, changing, undoing, drafting, crashing and reopening in any order match a plain model."""

import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tutor.bank import Verdict
from tutor.progress import Attempt, Day, Draft, Progress, Rating, SessionState, open_progress
from tutor.progress.state import standings_of

from .builders import START, Clock, make_attempt, make_draft, make_session, profile, question_id

QUESTIONS = st.integers(1, 3)
VERDICTS = st.text("mpx", min_size=3, max_size=3)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
OVERRULINGS = st.dictionaries(
    st.sampled_from(["what", "why", "how"]), st.none() | st.sampled_from(Verdict), min_size=1
)


Attempts = list[Attempt]
Step = Callable[[Attempts], Attempts]


def recorded(attempt: Attempt) -> Step:
    return lambda attempts: [*attempts, attempt]


def changed(attempt: Attempt, change: Callable[[Attempt], Attempt]) -> Step:
    return lambda attempts: [change(one) if one.id == attempt.id else one for one in attempts]


def without(*gone: Attempt) -> Step:
    ids = {attempt.id for attempt in gone}
    return lambda attempts: [one for one in attempts if one.id not in ids]


def days_of(attempts: Iterable[Attempt]) -> dict[date, Day]:
    """What was done on every day, counted independently from all attempts."""
    days: dict[date, Day] = {}
    seen: set[str] = set()
    for one in attempts:
        day = days.get(one.at.date(), Day(one.at.date()))
        days[day.day] = Day(
            day.day,
            attempts=day.attempts + 1,
            new=day.new + (one.question not in seen),
            scored=day.scored + 1,
            millionths=day.millionths + round(one.grade.score * 1e6),
            ms=day.ms + 12_500,
        )
        seen.add(one.question)
    return days


class Study(RuleBasedStateMachine):
    """The profile on disk next to a list of steps that undo shortens and redo lengthens."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.steps: list[Step] = []
        self.undone: list[Step] = []
        self.drafts: dict[str, Draft] = {}
        self.sessions: list[SessionState] = []
        self.minutes = 0
        self.progress: Progress | None = None

    @initialize()
    def start(self) -> None:
        self.progress = open_progress(profile(self.home), clock=Clock())

    @property
    def open(self) -> Progress:
        assert self.progress is not None
        return self.progress

    @property
    def attempts(self) -> Attempts:
        attempts: Attempts = []
        for step in self.steps:
            attempts = step(attempts)
        return attempts

    def one_of(self, which: int) -> Attempt:
        return self.attempts[max(0, len(self.attempts) - 1 - which)]

    @rule(question=QUESTIONS, verdicts=VERDICTS, answer=TEXTS)
    def record(self, question: int, verdicts: str, answer: str) -> None:
        self.minutes += 400
        attempt = make_attempt(self.minutes, question, verdicts=verdicts, answer=answer)
        self.open.record(attempt)
        self.did(recorded(attempt))
        self.drafts.pop(attempt.question, None)

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 5), verdicts=OVERRULINGS)
    def overrule(self, which: int, verdicts: dict[str, Verdict | None]) -> None:
        old = self.one_of(which)

        def change(one: Attempt) -> Attempt:
            return one.model_copy(update={"grade": one.grade.overrule(verdicts)})

        assert self.open.overrule(old.id, verdicts) == change(old)
        if change(old) != old:
            self.did(changed(old, change))

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 5), rating=st.none() | st.sampled_from(Rating))
    def rate(self, which: int, rating: Rating | None) -> None:
        old = self.one_of(which)
        new = old.model_copy(update={"rated": rating})
        assert self.open.rate(old.id, rating) == new
        if new != old:
            self.did(changed(old, lambda one: one.model_copy(update={"rated": rating})))

    @precondition(lambda self: self.attempts)
    @rule(which=st.sets(st.integers(0, 5), min_size=1))
    def delete(self, which: set[int]) -> None:
        gone = {one.id: one for one in map(self.one_of, which)}
        self.open.delete(tuple(gone))
        self.did(without(*gone.values()))

    @rule()
    def undo(self) -> None:
        assert (self.open.undo() is None) is (not self.steps)
        self.undone += self.steps[-1:]
        self.steps = self.steps[:-1]

    @rule()
    def redo(self) -> None:
        assert (self.open.redo() is None) is (not self.undone)
        self.steps += self.undone[-1:]
        self.undone = self.undone[:-1]

    @rule(note=st.none() | TEXTS)
    def flag(self, note: str | None) -> None:
        """What changes no attempt does not end redoing."""
        self.open.flag(question_id(1), note)

    def did(self, step: Step) -> None:
        self.steps.append(step)
        self.undone = []

    @rule(question=QUESTIONS, text=TEXTS)
    def draft(self, question: int, text: str) -> None:
        self.minutes += 1
        draft = make_draft(question, text, at=START + timedelta(minutes=self.minutes))
        self.open.save_draft(draft)
        self.drafts[draft.question] = draft

    @rule(question=QUESTIONS)
    def discard(self, question: int) -> None:
        self.open.discard_draft(question_id(question))
        self.drafts.pop(question_id(question), None)

    @rule(position=st.integers(0, 2), deck=st.sampled_from(["deck", "other"]), ends=st.booleans())
    def sit(self, position: int, deck: str, ends: bool) -> None:
        session = replace(make_session(1, 2, position=position), deck=deck)
        self.sessions = [each for each in self.sessions if each.deck != deck]
        if ends:
            self.open.end_session(session)
        else:
            self.open.save_session(session)
            self.sessions += [session] * (not session.done)

    @rule()
    def reopen(self) -> None:
        self.open.close()
        self.start()

    @rule(lost=st.sampled_from(["progress.json", "backups/progress-1.json"]))
    def lose_the_state(self, lost: str) -> None:
        self.open.close()
        with suppress(FileNotFoundError):
            (self.home / lost).unlink()
        self.start()

    @rule()
    def go_back_to_the_backup(self) -> None:
        """As after a crash long after the state was last written."""
        self.open.close()
        with suppress(FileNotFoundError):
            shutil.copy(self.home / "backups/progress-1.json", self.home / "progress.json")
        self.start()

    @invariant()
    def equal(self) -> None:
        if self.progress is None:
            return
        assert list(self.progress.attempts()) == self.attempts
        assert self.progress.standings() == standings_of(self.attempts)
        assert self.progress.days() == days_of(self.attempts)
        assert self.progress.drafts() == self.drafts
        assert self.progress.sessions() == tuple(reversed(self.sessions))
        assert all("damaged" not in notice for notice in self.progress.notices)

    def teardown(self) -> None:
        if self.progress is not None:
            self.progress.close()
        shutil.rmtree(self.home)


TestStudy = pytest.mark.usefixtures("quick_disk")(Study.TestCase)
TestStudy.settings = settings(stateful_step_count=20)


@given(st.lists(VERDICTS, min_size=1, max_size=8))
def test_standings_are_the_plain_arithmetic_of_all_scores(graded: list[str]) -> None:
    attempts = [make_attempt(n, verdicts=letters) for n, letters in enumerate(graded)]
    scores = [attempt.grade.score for attempt in attempts]
    standing = standings_of(attempts)[question_id(1)]
    assert (standing.last, standing.best) == (scores[-1], max(scores))
    assert standing.attempts == len(scores)
