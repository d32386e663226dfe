"""The messages while an exam is taken and graded, and its report."""

from typing import TYPE_CHECKING

from tutor.cli.linemode.messages import languages_words, text_lines
from tutor.cli.linemode.output import Message
from tutor.cli.terminal import Hanging, Line, Span, marked
from tutor.formatting import count_of, count_of_marks, number, one_line, sentence
from tutor.study.exam_run import left_words
from tutor.study.exam_text import limit_words
from tutor.study.preferences import languages_for

if TYPE_CHECKING:
    from tutor.bank import Bank, Language, Question
    from tutor.progress import ExamRecord
    from tutor.study.exam import ExamState, GradedExam
    from tutor.study.exam_report import ExamReport
    from tutor.study.exam_run import RunningExam
    from tutor.study.exam_text import Outcome


def exam_message(state: "ExamState") -> Message:
    """The exam that begins or continues."""
    begun = state.record.begun
    many = count_of(len(state.questions), "question")
    head = f"Exam: {many}, {limit_words(begun.minutes)}."
    if state.used:
        head += f" {sentence(left_words(state.left).capitalize())}"
    data = {
        "exam": state.id,
        "questions": len(state.questions),
        "minutes": begun.minutes,
        "seed": begun.seed,
        "decks": begun.decks,
        "used": round(state.used, 1),
    }
    return Message("exam", (head,), data, aside=True)


def asked_message(
    exam: "RunningExam",
    question: "Question",
    text: str,
    bank: "Bank",
    reads: "tuple[Language, ...]",
) -> Message:
    """A question of the exam: its number, its marks, what it asks, and the answer so far."""
    info = bank.info(question.id)
    deck = bank.deck(info.deck)
    lines = (
        "",
        f"{place_words(exam)}. {sentence(deck.title.to(*languages_for(deck.language, reads)))}",
        f"{count_of_marks(question.weight)}, in {languages_words(question, exam.language)}.",
        question.prompt.to(exam.language),
        *(text_lines(text) if text.strip() else ()),
    )
    data = {
        "question": question.id,
        "number": exam.at + 1,
        "count": len(exam.questions),
        "deck": deck.id,
        "prompt": question.prompt.to(exam.language),
        "language": exam.language,
        "languages": question.languages,
        "marks": question.weight,
        "level": question.level,
        "answer": text,
        "left": rounded(exam.clock.left),
    }
    return Message("question", lines, data)


def place_words(exam: "RunningExam") -> str:
    """Which question is open: `Question 2 of 10`."""
    return f"Question {exam.at + 1} of {len(exam.questions)}"


def graded_message(step: "GradedExam") -> Message:
    """One more answer is graded, or cannot be because its question is gone."""
    score = None if step.attempt is None else round(step.attempt.grade.score, 6)
    text = f"Graded {step.done} of {count_of(step.total, 'answer')}."
    if step.attempt is None:
        text = f"{step.question} is no longer in the bank; its answer cannot be graded."
    data = {"done": step.done, "total": step.total, "question": step.question, "score": score}
    return Message("graded", (text,), data, aside=True)


def report_message(record: "ExamRecord", outcome: "Outcome") -> Message:
    """The whole report."""
    mark, *facts = outcome.head
    lines: list[Line] = ["", (Span(mark, "strong"),), *facts]
    for row in outcome.rows:
        if row.lead:
            parts = (*marked(row.lead), one_line(row.text))
            lines.append(Hanging(parts, len(row.lead)))
        else:
            lines += ["", (Span(row.text, "strong"),)]
    return Message("report", tuple(lines), report_data(record, outcome.report))


def report_data(record: "ExamRecord", report: "ExamReport") -> dict[str, object]:
    """The report for programs."""
    change = report.change
    return exam_data(record) | {
        "change": None if change is None else round(change, 4),
        "results": [
            {
                "question": row.question,
                "earned": round(row.earned, 4),
                "full": row.full,
                "seconds": row.seconds,
                "graded": row.graded,
            }
            for row in report.questions
        ],
        "topics": [
            {
                "topic": topic.name,
                "earned": round(topic.earned, 4),
                "full": topic.full,
                "questions": topic.questions,
            }
            for topic in report.topics
        ],
        "missed": [
            {"question": row.question, "point": point, "verdict": verdict.value}
            for row in report.questions
            for point, verdict in row.missed
        ],
        "earlier": [
            {"exam": each.exam, "begun": each.at.isoformat(), "share": round(each.mark.share, 4)}
            for each in report.earlier
        ],
    }


def exam_data(record: "ExamRecord") -> dict[str, object]:
    """An exam for programs: what was set, how far it is, and the marks so far."""
    from tutor.study.exam_report import marks_of

    begun, marks = record.begun, marks_of(record)
    return {
        "exam": begun.exam,
        "begun": begun.at.isoformat(),
        "state": state_of(record),
        "decks": begun.decks,
        "minutes": begun.minutes,
        "used": round(record.steps[0].used, 1) if record.over else None,
        "seed": begun.seed,
        "questions": len(begun.questions),
        "answered": sum(bool(answer.answer.strip()) for answer in record.answers.values()),
        "waiting": len(record.waiting) if record.over else None,
        "earned": round(marks.earned, 4),
        "full": marks.full,
    }


def state_of(record: "ExamRecord") -> str:
    """How far an exam is, in a word."""
    if record.abandoned:
        return "abandoned"
    if not record.over:
        return "unfinished"
    return "graded" if record.graded else "to be graded"


def marks_words(record: "ExamRecord") -> str:
    """The marks earned, such as `7 of 12`; empty if nothing is graded yet, or never all."""
    from tutor.study.exam_report import marks_of

    marks = marks_of(record)
    has_marks = record.over and not record.abandoned and (record.attempts or not record.waiting)
    return f"{number(marks.earned)} of {number(marks.full)}" if has_marks else ""


def rounded(seconds: float | None) -> float | None:
    """Seconds with one decimal."""
    return None if seconds is None else round(seconds, 1)
