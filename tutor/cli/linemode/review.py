"""The stage after an answer was graded: shows the verdict, explains it, and lets it be changed."""

from collections.abc import Container, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from tutor.authoring import DRAFTED
from tutor.bank import Verdict
from tutor.cli.linemode.base import (
    Action,
    AskAbout,
    AskNextQuestion,
    AskQuestion,
    CommandRefused,
    Leave,
    NextStep,
    SessionContext,
    Stage,
    number_named,
)
from tutor.cli.linemode.input import TypedText
from tutor.cli.linemode.output import Message
from tutor.cli.terminal import Line, Span, verdict_span
from tutor.formatting import count_of_marks, mark_in_words, number, one_line, sentence, when_words
from tutor.progress import Rating

if TYPE_CHECKING:
    from tutor.bank import Question
    from tutor.grading import Grade, PointGrade
    from tutor.grading.explain import Explanation
    from tutor.progress import Attempt
    from tutor.study import Answered

SHORT = "Press Enter to continue."
LONG = f"{SHORT} :answer shows the model answer, :why the reasons; :help lists the rest."
_VERDICTS = {**{verdict.value: verdict for verdict in Verdict}, "partly": Verdict.PARTIAL}


class Review(Stage):
    """The verdict on an answer; both are saved already."""

    context: SessionContext

    def __init__(self, context: SessionContext, answered: "Answered", *, new: bool) -> None:
        """`new` is false if the student comes back from a follow-up."""
        super().__init__(context)
        self.question = answered.question
        self._answered = answered
        self._new = new

    @property
    def attempt(self) -> "Attempt":
        """The attempt as it is saved now."""
        return self._answered.attempt

    @property
    def _today(self) -> date:
        tutor = self.context.tutor
        return tutor.preferences.day(tutor.clock())

    @property
    def question_id(self) -> str:
        """The question that was answered."""
        return self.question.id

    def own_actions(self) -> Mapping[str, Action]:
        """What can be done with a verdict."""
        return {
            "next": Action(lambda _: AskNextQuestion(), "continues, as Enter does"),
            "again": Action(
                lambda _: AskQuestion(self.question.id, self.attempt),
                "asks the same question again, with what you wrote",
            ),
            "answer": Action(self._answer, "shows the model answer"),
            "notes": Action(self._notes, "shows notes and references"),
            "why": Action(self._why, "explains the verdict on point 2, or all verdicts", "2"),
            "overrule": Action(
                self._overrule, "gives point 2 your own verdict: met, partial or missed", "2 met"
            ),
            "rate": Action(
                self._rate,
                "says how well you remembered: again, hard, good or easy; auto removes your rating",
                "easy",
            ),
            "more": Action(self._more, "asks a follow-up about point 2 alone", "2"),
            "repeat": Action(self._repeat, "repeats the verdict"),
            "undo": Action(self._undo, "undoes what was saved last, this verdict too"),
            "redo": Action(self._redo, "redoes what was undone last"),
        }

    def enter(self) -> None:
        """Show the verdict, then the model's feedback; have it read the next question."""
        if self._new:
            self._repeat("")
            self._feedback()
            self._read_ahead()
        self.context.invite(LONG, SHORT)

    def _repeat(self, _: str) -> None:
        self.show(verdict_message(self.question, self.attempt, self._answered.due, self._today))

    def _show_change(self, event: str, *points: str) -> None:
        due = self._answered.due
        self.show(changed_message(event, self.attempt, due, self._today, points))

    def _feedback(self) -> None:
        """Show all of it at once: a screen reader cannot read single words as they come."""
        if self.attempt.gave_up or not self.context.feedback:
            return
        grading, attempt = self.context.grading, self.attempt
        with self.context.interrupts.waiting():
            pieces = grading.feedback(self.question, attempt.answer, attempt.grade)
            text = "".join(pieces).strip()
        if text:
            self.say("feedback", f"Feedback: {text}", text=text)

    def _read_ahead(self) -> None:
        """Have the model read the next question; a missing one is reported when it is asked."""
        asked = self.context.session.ask_next()
        if asked is not None:
            self.context.grading.prepare(asked.question, asked.language, asked.text)

    def text(self, line: str) -> NextStep | None:
        """Continue with an empty line; from a pipe, the next answer may follow at once."""
        if not line.strip():
            return AskNextQuestion()
        if self.context.keyboard.is_terminal:
            raise CommandRefused("the next question is not asked yet", remedy=SHORT)
        self.context.keyboard.give_back(TypedText(line))
        return AskNextQuestion()

    def dot(self) -> NextStep | None:
        """Refuse it: the answer is already graded."""
        raise CommandRefused("the answer is already graded", remedy=SHORT)

    def end(self) -> NextStep | None:
        """Leave the session, or finish it after the last question."""
        return AskNextQuestion() if self.context.session.current is None else Leave()

    # --- what is shown

    def _answer(self, _: str) -> None:
        text = self.question.answer.to(self.attempt.language)
        self.say("answer", f"Model answer: {text}", text=text)

    def _notes(self, _: str) -> None:
        question, references = self.question, self.question.references
        note = question.note.to(self.attempt.language) if question.note else None
        lines = [f"Note: {note}"] if note else []
        lines += [f"See {reference}" for reference in references]
        lines = lines or ["This question has no notes."]
        self.say("notes", *lines, note=note, references=references)

    def _why(self, number: str) -> None:
        attempt, grading = self.attempt, self.context.grading
        point = self._number(number) if number else None
        with self.context.interrupts.waiting():
            explanation = grading.explain(
                self.question, attempt.answer, attempt.language, attempt.grade
            )
        self.show(why_message(explanation, point))

    # --- what is changed

    def _overrule(self, argument: str) -> None:
        number, _, word = argument.partition(" ")
        point = self.attempt.grade.points[self._number(number) - 1]
        word = word.strip()
        verdicts = {
            verdict for name, verdict in _VERDICTS.items() if word and name.startswith(word)
        }
        if len(verdicts) != 1:
            raise CommandRefused(
                "say which verdict", remedy=":overrule 2 met, or partial, or missed"
            )
        self._answered = self.context.session.overrule(self.attempt, {point.id: verdicts.pop()})
        self._show_change("overruled", point.id)

    def _number(self, number: str) -> int:
        """The number of a point, from 1."""
        return number_named(number, len(self.attempt.grade.points), "point")

    def _rate(self, word: str) -> None:
        ratings = {rating.name.lower(): rating for rating in Rating}
        if word not in (*ratings, "auto"):
            raise CommandRefused(
                "the ratings are again, hard, good and easy",
                remedy=":rate auto removes your rating.",
            )
        self._answered = self.context.session.rate(self.attempt, ratings.get(word))
        own, due = self.attempt.rated is not None, self._answered.due
        rating = self.attempt.rating.name.lower()
        words = f"Rated {rating}{' by you' if own else ', from the score'}."
        again, day = again_lines(due, self._today), due.isoformat() if due else None
        self.say("rated", words, *again, rating=rating, own=own, due=day)

    def _more(self, number: str) -> NextStep:
        return AskAbout(self._answered, self._number(number))

    def _undo(self, _: str) -> NextStep | None:
        undone = self.context.undo_last(self.question.id)
        if undone is None:
            return None
        if undone.event.id == self.attempt.id:
            return AskQuestion(self.question.id)
        self._show_if_changed(undone.attempt)
        return None

    def _redo(self, _: str) -> None:
        redone = self.context.redo_last(self.question.id)
        if redone is not None:
            self._show_if_changed(redone.attempt)

    def _show_if_changed(self, changed: "Attempt | None") -> None:
        """Show the attempt if it is the one that an undo or a redo changed."""
        if changed is not None and changed.id == self.attempt.id:
            self._answered = self.context.session.answered(changed)
            self._show_change("judged")


# --- the messages


def verdict_message(
    question: "Question", attempt: "Attempt", due: date | None, today: date
) -> Message:
    """The score, each point on a line of its own, and when the question comes again."""
    lines: list[Line] = [(Span(_score(attempt), "strong"),)]
    if attempt.grade.remark:
        lines.append(sentence(attempt.grade.remark))
    if attempt.gave_up:
        lines.append(f"Model answer: {question.answer.to(attempt.language)}")
    lines += _points(question, attempt.grade)
    lines += [DRAFTED] if question.drafted else []
    lines += again_lines(due, today)
    return Message("judged", tuple(lines), attempt_data(attempt, due))


def changed_message(
    event: str, attempt: "Attempt", due: date | None, today: date, points: Container[str]
) -> Message:
    """The verdicts on `points` after a change, the new score, and when the question comes again."""
    lines: list[Line] = [
        (f"Point {at}, ", verdict_words(point, "before" if attempt.gave_up else "grader"), ".")
        for at, point in enumerate(attempt.grade.points, 1)
        if point.id in points
    ]
    lines += [_score(attempt), *again_lines(due, today)]
    return Message(event, tuple(lines), attempt_data(attempt, due))


def _score(attempt: "Attempt") -> str:
    grade = attempt.grade
    by = f", by {grade.grader.words}" if grade.grader.name in ("model", "terms") else ""
    earned = f"{number(grade.earned)} of {count_of_marks(grade.full)}"
    unknown = " You said you don't know." if attempt.gave_up else ""
    return f"{earned}, {mark_in_words(grade.score)}{by}.{unknown}"


def _points(question: "Question", grade: "Grade") -> Iterator[Line]:
    quoted: set[int] = set()
    texts = {point.id: one_line(point.point.to(grade.language)) for point in question.rubric}
    for at, point in enumerate(grade.points, 1):
        worth = "" if point.weight == 1 else f", {count_of_marks(point.weight)}"
        text = f"{worth}: {sentence(texts.get(point.id, point.id))}{_shown(point, quoted)}"
        yield f"Point {at} of {len(grade.points)}, ", verdict_words(point), text


def _shown(point: "PointGrade", quoted: set[int]) -> str:
    """The sentence that shows the point, quoted unless it was `quoted` for an earlier point."""
    if point.evidence is None:
        return ""
    number = point.evidence.sentence
    if number in quoted:
        return f" Shown by sentence {number}."
    quoted.add(number)
    return f" Shown by sentence {number}: {one_line(point.evidence.text)}"


def verdict_words(point: "PointGrade", replaced: str = "grader") -> Span:
    """The verdict that counts, in its tone; if it was overruled, also the other one.

    `replaced` describes the overruled verdict: whose it is, or *before*.
    """
    if point.overruled is not None:
        words = f"{point.overruled} (you), {point.verdict} ({replaced})"
    else:
        words = f"{point.final}{', unsure' if point.unsure else ''}"
    return verdict_span(point.final, words)


def again_lines(due: date | None, today: date) -> tuple[str, ...]:
    """When the question comes again; no line without a day."""
    return () if due is None else (f"You will see it again {when_words(due, today)}.",)


def attempt_data(attempt: "Attempt", due: date | None) -> dict[str, object]:
    """An attempt for programs, with the grade as it is stored in the history."""
    grade = attempt.grade
    return {
        "attempt": attempt.id,
        "question": attempt.question,
        "score": round(grade.score, 6),
        "earned": grade.earned,
        "full": grade.full,
        "expected": round(grade.expected, 6),
        "gave_up": attempt.gave_up,
        "hints": attempt.hints,
        "rating": attempt.rating.name.lower(),
        "due": due.isoformat() if due else None,
        "grade": grade.model_dump(mode="json"),
    }


def why_message(explanation: "Explanation", point: int | None) -> Message:
    """How the verdicts were reached; with `point`, from 1, only the verdict on that point.

    Leaves out the prompt, which nobody can listen to.
    """
    sections = [
        (section.title, ["".join(piece.text for piece in line) for line in section.lines])
        for section in explanation.sections
        if not any(piece.kind == "trusted" for line in section.lines for piece in line)
    ]
    if point is not None and point < len(sections):
        sections = sections[point : point + 1]
    lines = [line for title, words in sections for line in (title, *words)]
    return Message("why", tuple(lines), {"explanation": dict(sections)})
