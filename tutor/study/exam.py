"""An exam: drawn by a seed, answered against the clock, graded at the end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Literal

from tutor.bank import Bank
from tutor.progress import ExamPlace, Progress

if TYPE_CHECKING:
    from tutor.bank import Language
    from tutor.grading import GradeAnswer
    from tutor.progress import Attempt, ExamRecord
    from tutor.study.services import Services

Phase = Literal["running", "judging", "done"]


@dataclass(frozen=True)
class ExamSpec:
    """The kind of exam the student wants."""

    number: int = 10
    decks: tuple[str, ...] = ()
    """Empty for all."""
    minutes: float | None = None
    mix: Mapping[str, float] = field(default_factory=dict)
    """The weight of each level: `{"recall": 1, "derive": 2}`; empty if any level will do."""
    seed: int = 0

    @property
    def by_level(self) -> Mapping[str, int]:
        """How many questions of each level are wanted; empty if any level will do.

        `number` is divided in proportion to the weights, by largest remainders.
        """
        total = sum(self.mix.values())
        exact = {level: self.number * weight / total for level, weight in self.mix.items()}
        parts = {level: int(part) for level, part in exact.items()}
        by_remainder = sorted(exact, key=lambda level: (parts[level] - exact[level], level))
        for level in by_remainder[: self.number - sum(parts.values())]:
            parts[level] += 1
        return parts


def draw_questions(bank: Bank, spec: ExamSpec) -> tuple[str, ...]:
    """The questions of an exam: the same for the same bank and `spec`. Raises UnknownDeckError.

    If a level has too few, questions of the others replace them; a small bank gives a short exam.
    """
    random = Random(spec.seed)  # noqa: S311  reproducible on purpose
    decks = [bank.deck(id_) for id_ in spec.decks] or bank.decks
    infos = [info for deck in decks for info in deck.questions]
    mixed = sorted(infos, key=lambda _: random.random())
    chosen: list[str] = []
    for level, count in spec.by_level.items():
        chosen += [info.id for info in mixed if info.level == level][:count]
    rest = [info.id for info in mixed if info.id not in set(chosen)]
    chosen += rest[: spec.number - len(chosen)]
    return tuple(sorted(chosen, key=lambda _: random.random()))


@dataclass(frozen=True, slots=True)
class ExamAnswer:
    """The text in the editor of one question of an exam."""

    text: str
    language: "Language"
    seconds: float
    """Spent on the question so far, over all visits."""


@dataclass(frozen=True)
class ExamState:
    """An exam as it is on the disk."""

    record: "ExamRecord"
    place: ExamPlace | None
    """How far the student is; None at the very beginning and when the exam is over."""

    @property
    def id(self) -> str:
        """The exam's id."""
        return self.record.begun.exam

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions in the order in which they are asked."""
        return tuple(self.record.begun.questions)

    @property
    def phase(self) -> Phase:
        """Whether it is being answered, waiting to be graded, or done."""
        if not self.record.over:
            return "running"
        return "done" if self.record.graded else "judging"

    @property
    def used(self) -> float:
        """The seconds that have passed; after a crash an answer may be newer than the place."""
        if self.record.over:
            return self.record.steps[0].used
        answering = sum(answer.seconds for answer in self.record.answers.values())
        return max(answering, self.place.used if self.place else 0.0)

    @property
    def left(self) -> float | None:
        """The seconds that are left; None without a limit."""
        minutes = self.record.begun.minutes
        return None if minutes is None else max(0.0, 60 * minutes - self.used)

    @property
    def handed_in(self) -> dict[str, ExamAnswer]:
        """What was handed in, by question."""
        return {
            id_: ExamAnswer(saved.answer, saved.language, saved.seconds)
            for id_, saved in self.record.answers.items()
        }

    @property
    def written(self) -> dict[str, ExamAnswer]:
        """What was written, by question: what was handed in, or what was typed after that.

        The newer of the two is the one on which more time was spent.
        """
        answers, place = self.handed_in, self.place
        if place is not None and place.position < len(self.questions):
            question = self.questions[place.position]
            if question not in answers or answers[question].seconds <= place.spent:
                answers[question] = ExamAnswer(place.text, place.language, place.spent)
        return answers


def begin_exam(services: "Services", spec: ExamSpec, *, exam: str) -> ExamState:
    """Draw and save an exam; `exam` is its new id. Raises ValueError if there are no questions."""
    from tutor.progress import ExamBegun

    bank, progress = services.bank, services.progress
    questions = {id_: bank.question(id_).weight for id_ in draw_questions(bank, spec)}
    if not questions:
        raise ValueError("there are no questions to draw from")
    progress.note(
        ExamBegun(
            id=exam,
            at=services.clock(),
            exam=exam,
            questions=questions,
            decks=spec.decks,
            minutes=spec.minutes,
            mix=dict(spec.mix),
            seed=spec.seed,
        )
    )
    return resume_exam(progress, exam)


def resume_exam(progress: Progress, exam: str) -> ExamState:
    """The exam as it was left, even by a crash. Raises NotInHistory."""
    record, place = progress.exam(exam), progress.exam_place()
    return ExamState(record, place if place is not None and place.exam == exam else None)


@dataclass(frozen=True, slots=True)
class GradedExam:
    """An answer was graded: how many are done, and which one it was."""

    done: int
    total: int
    question: str
    attempt: "Attempt | None"
    """None if the bank no longer has the question, so that its answer cannot be graded."""


def grade_exam(services: "Services", exam: str, grade: "GradeAnswer") -> Iterator[GradedExam]:
    """Grade the waiting answers one by one; each is on the disk when it is yielded.

    This can stop at any time, and an error of `grade` stops it: what is graded stays graded, and
    the next call continues with the rest. Raises ValueError while the exam is running.
    """
    from tutor.progress import Attempt

    bank, progress, preferences = services.bank, services.progress, services.preferences
    record = progress.exam(exam)
    if not record.over:
        raise ValueError("an exam cannot be graded before it is over")
    if record.abandoned:
        return
    before = len(record.attempts)
    total = before + len(record.waiting)
    for done, answer in enumerate(record.waiting, start=before + 1):
        attempt = None
        if answer.question in bank:
            attempt = Attempt(
                id=services.new_id(),
                question=answer.question,
                at=answer.at,
                language=answer.language,
                answer=answer.answer,
                grade=grade(bank.question(answer.question), answer.answer, answer.language),
                seconds=answer.seconds,
                scale=preferences.scale,
                day=preferences.day(answer.at),
                exam=exam,
            )
            progress.record(attempt)
        yield GradedExam(done, total, answer.question, attempt)
    if not record.closed:
        progress.end_exam(exam, "judged")
