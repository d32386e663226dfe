"""A study session, for all front ends: ask, grade, save, move on.

A screen or a command shows what is asked here and passes on what the student does. It neither
builds an attempt nor decides when one is saved.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from tutor.bank import BankError, Language, Verdict
from tutor.progress import Rating, SessionKind, SessionState
from tutor.study.preferences import language_of
from tutor.study.scheduler import planner_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from tutor.bank import Question
    from tutor.grading import Grade, GradeAnswer
    from tutor.progress import Attempt, FollowedUp
    from tutor.study.follow_up import SecondQuestion
    from tutor.study.services import Services
    from tutor.study.undo import UndoneEvent


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as it is asked now."""

    question: Question
    language: Language
    text: str = ""
    """The text to begin with: a draft, or the earlier answer."""
    hints: int = 0
    """How many hints have been shown."""
    again: bool = False
    """Whether `text` is an earlier, graded answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A saved attempt, and the day on which its question comes again."""

    question: Question
    attempt: Attempt
    due: date | None
    """None if a later attempt decides that."""
    due_by_rating: Mapping[Rating, date] = field(default_factory=dict)
    """When it would come again with each rating; empty if `due` is None."""


class StudySession:
    """One student's way through a row of questions.

    Methods that change the profile block and raise `ProfileNotWritable`; nothing is changed then.
    """

    def __init__(self, services: Services, language: Language | None = None) -> None:
        """`language` is the one to ask in, if a question has it; None for each deck's own."""
        self._services = services
        self.language = language
        self.state: SessionState | None = None
        """None before the first session begins."""

    # --- beginning

    def begin(
        self,
        kind: SessionKind,
        *,
        deck: str | None = None,
        topic: str | None = None,
        limit: int | None = None,
    ) -> SessionState:
        """Resume the unfinished session of this source, or draw a new one."""
        source = (kind, deck, topic)
        state = next((each for each in self.unfinished() if each.source[:3] == source), None)
        if state is None:
            limit = limit or self._services.preferences.session_length
            planner = planner_of(self._services)
            state = planner.start(kind, deck=deck, topic=topic, limit=limit)
        self.state = state
        return state

    def choose(self, questions: tuple[str, ...]) -> SessionState:
        """Resume the unfinished session of just these questions in this order, or begin one."""
        chosen = (each for each in self.unfinished() if each.kind == "browse")
        same = next((each for each in chosen if each.questions == questions), None)
        self.state = same or planner_of(self._services).start("browse", questions=questions)
        return self.state

    def resume(self, session: SessionState | None = None) -> SessionState | None:
        """Resume this unfinished session, or the one saved last; None if there is none."""
        self.state = session or next(iter(self.unfinished()), None)
        return self.state

    def unfinished(self) -> tuple[SessionState, ...]:
        """The sessions that were begun and left, the last saved first."""
        progress, bank = self._services.progress, self._services.bank
        begun = (each for each in progress.sessions() if each.is_begun(progress.drafts()))
        sessions = (each.without_missing(bank) for each in begun)
        return tuple(each for each in sessions if each is not None)

    def end(self, session: SessionState) -> None:
        """Forget an unfinished session; its answers and drafts stay."""
        self._services.progress.end_session(session)
        if self.state is not None and self.state.source == session.source:
            self.state = None

    def save(self) -> None:
        """Save how far the session is, or forget it if it is finished."""
        if self.state is not None:
            self._services.progress.save_session(self.state)

    # --- asking

    @property
    def current(self) -> str | None:
        """The question that is asked next; None at the end."""
        state = self.state
        return None if state is None or state.done else state.questions[state.position]

    def ask(self, question: str, earlier: Attempt | None = None) -> AskedQuestion:
        """The question with what was written before: the earlier answer, else the draft.

        It is asked in the language of what was written, else in the one chosen in this session,
        else in the deck's or another that the student reads. Raises `BankError` if the bank no
        longer has the question.
        """
        bank, preferences = self._services.bank, self._services.preferences
        asked = bank.question(question)
        if not preferences.cover:
            asked = asked.model_copy(update={"cover": None})
        draft = self._services.progress.draft(question)
        before = draft if earlier is None else earlier
        written = None if before is None else before.language
        language = language_of(asked, bank, preferences.languages, written, self.language)
        if earlier is not None:
            return AskedQuestion(asked, language, earlier.answer, again=True)
        if draft is None:
            return AskedQuestion(asked, language)
        return AskedQuestion(asked, language, draft.text, min(draft.hints, len(asked.hints)))

    def ask_next(self) -> AskedQuestion | None:
        """The question that is asked next, for reading ahead; None if there is none."""
        try:
            return None if self.current is None else self.ask(self.current)
        except BankError:
            return None

    # --- answering

    def submission(
        self, asked: AskedQuestion, answer: str, language: Language, hints: int, since: datetime
    ) -> Submission:
        """An answer begun at `since`, ready to be graded and saved."""
        return Submission(self, self._services, asked.question, answer, language, hints, since)

    def skip(self, question: str) -> None:
        """Do not ask a question again today, and move on; its draft is kept."""
        services = self._services
        services.progress.skip(question, services.preferences.day(services.clock()))
        self.pass_over(question)

    def pass_over(self, question: str) -> None:
        """Move on to the question after `question`, without an answer."""
        self.state = self.after(question)
        self.save()

    def after(self, question: str) -> SessionState | None:
        """The session moved on past `question`; never moved back."""
        return None if self.state is None else self.state.past(question)

    # --- changing what was saved

    def overrule(self, attempt: Attempt, verdicts: Mapping[str, Verdict | None]) -> Answered:
        """Save the student's own verdicts, by point id; None removes one."""
        return self.answered(self._services.progress.overrule(attempt.id, verdicts))

    def rate(self, attempt: Attempt, rating: Rating | None) -> Answered:
        """Save the student's own rating; None, or the rating of the score, removes it."""
        own = rated(attempt, rating).rated
        return self.answered(self._services.progress.rate(attempt.id, own))

    def regrade(self, attempt: Attempt, grade: Grade) -> Answered:
        """Replace the grade, such as one that key terms suggested by a model's."""
        return self.answered(self._services.progress.regrade(attempt.id, grade))

    def undo(self, question: str | None) -> UndoneEvent | None:
        """Undo what was saved last; None if nothing is left.

        The answer of an undone grade becomes a draft, and its question is asked again. `question`
        is the one on the screen.
        """
        from tutor.study.undo import undo_last

        undone = undo_last(self._services.progress, question, self._services.clock())
        if undone is not None and undone.reopened is not None and self.state is not None:
            self.state = self.state.back_to(undone.reopened)
            self.save()
        return undone

    def redo(self, question: str | None) -> UndoneEvent | None:
        """Redo what was undone last; None if nothing was.

        `question` is the one on the screen.
        """
        from tutor.progress import Attempt
        from tutor.study.undo import redo_last

        undone = redo_last(self._services.progress, question)
        if undone is not None and isinstance(undone.event, Attempt):
            self.pass_over(undone.event.question)
        return undone

    def answered(self, attempt: Attempt) -> Answered:
        """A saved attempt with the day on which its question comes again, by any rating.

        This looks at every standing, since an exam spreads all questions over the days before it.
        """
        planner, id_ = planner_of(self._services), attempt.question
        question, standing = self._services.bank.question(id_), planner.standings.get(id_)
        if standing is None or standing.attempt != attempt.id:
            return Answered(question, attempt, None)
        by_rating = {each: planner.due_if_rated(standing, each) for each in Rating}
        return Answered(question, attempt, planner.due_days.get(id_), by_rating)

    # --- one point again

    def answer_follow_up(
        self, second: SecondQuestion, answer: str, grade: Grade, since: datetime
    ) -> FollowedUp:
        """Save a second answer, about one point, with its grade."""
        from tutor.progress import FollowedUp

        services, (point,) = self._services, grade.points
        now = services.clock()
        followed = FollowedUp(
            id=services.new_id(),
            at=now,
            attempt=second.attempt.id,
            point=second.point,
            asked=second.asked,
            language=second.attempt.language,
            answer=answer,
            grader=grade.grader,
            verdict=point.verdict,
            confidence=point.confidence,
            seconds=max(0.0, (now - since).total_seconds()),
        )
        services.progress.note(followed)
        return followed


@dataclass(eq=False)
class Submission:
    """One answer on its way to a saved attempt.

    It is saved once, with whichever grade comes first: the grader's, or a suggestion that the
    student accepts while the grader is still busy. A grade that could not be saved is kept, so that
    a second try does not grade again.
    """

    session: StudySession
    services: Services
    question: Question
    answer: str
    language: Language
    hints: int
    since: datetime
    """When the student saw the question."""
    _saving: Lock = field(default_factory=Lock, init=False)
    _attempt: Attempt | None = field(default=None, init=False)
    _saved: Answered | None = field(default=None, init=False)
    _cancelled: bool = field(default=False, init=False)

    def is_for(self, answer: str, language: Language) -> bool:
        """Whether this is still what the student wants graded."""
        return not self._cancelled and (self.answer, self.language) == (answer, language)

    def grade(self, grade: GradeAnswer) -> Answered:
        """Grade it, then save it; blocks.

        Raises `EngineError` if it was not graded, `Cancelled` after `cancel`, and
        `ProfileNotWritable` if it was graded but not saved.
        """
        kept = self._attempt
        if kept is not None and not kept.gave_up:
            return self._save(kept.grade)
        return self._save(grade(self.question, self.answer, self.language))

    def accept(self, grade: Grade) -> Answered:
        """Save it with a suggested grade. Raises `ProfileNotWritable`."""
        return self._save(grade)

    def give_up(self) -> Answered:
        """Save *don't know*: every point is missed. Raises `ProfileNotWritable`."""
        from tutor.grading import self_grade

        verdicts = {point.id: Verdict.MISSED for point in self.question.rubric}
        return self._save(self_grade(self.question, verdicts, self.language), gave_up=True)

    def cancel(self) -> bool:
        """Prevent it from being saved; False if it already is."""
        with self._saving:
            self._cancelled = self._saved is None
            return self._cancelled

    def _save(self, grade: Grade, *, gave_up: bool = False) -> Answered:
        with self._saving:
            if self._saved is not None:
                return self._saved
            if self._cancelled:
                from tutor.engine import Cancelled

                raise Cancelled("Grading was cancelled.")
            if self._attempt is None or self._attempt.grade is not grade:
                self._attempt = self._new_attempt(grade, gave_up=gave_up)
            state = self.session.after(self.question.id)
            self.services.progress.record(self._attempt, state)
            self.session.state = state
            self._saved = self.session.answered(self._attempt)
            return self._saved

    def _new_attempt(self, grade: Grade, *, gave_up: bool) -> Attempt:
        from tutor.progress import Attempt

        services = self.services
        now, preferences = services.clock(), services.preferences
        return Attempt(
            id=services.new_id(),
            question=self.question.id,
            at=now,
            language=self.language,
            answer=self.answer,
            grade=grade,
            seconds=max(0.0, (now - self.since).total_seconds()),
            hints=self.hints,
            gave_up=gave_up,
            scale=preferences.scale,
            day=preferences.day(now),
        )


def rated(attempt: Attempt, rating: Rating | None) -> Attempt:
    """The attempt with the student's own rating, which is dropped if the score says the same."""
    by_score = attempt.model_copy(update={"rated": None})
    own = None if by_score.rating is rating else rating
    return by_score.model_copy(update={"rated": own})
