"""`tutor exam`: takes exams line by line, grades them and prints their reports."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from tutor.bank import open_bank
from tutor.cli.ask import open_interruptible, session_grading
from tutor.cli.model_choice import ModelChoice
from tutor.cli.options import (
    AllowLarge,
    AsJson,
    ChosenGrader,
    Events,
    GraderChoice,
    Model,
    Server,
    WrongUsage,
    deck_option,
    group,
)
from tutor.cli.output import print_json, print_table
from tutor.errors import TutorError
from tutor.formatting import percent

if TYPE_CHECKING:
    from tutor.bank import Language, Question
    from tutor.cli.linemode.input import Interrupts
    from tutor.cli.linemode.output import Output
    from tutor.grading import Grade
    from tutor.progress import ExamRecord
    from tutor.study.exam import ExamSpec, ExamState
    from tutor.wiring import Tutor

app = group("Take an exam; it is graded at the end.")
Exam = Annotated[
    str | None,
    typer.Argument(metavar="EXAM", help="An exam's id, from `exam list`, or its beginning."),
]


class ExamRefused(TutorError):
    """The command is not possible in the exam's present state."""


@app.command("start")
def start_command(
    context: typer.Context,
    number: Annotated[int, typer.Option("--number", metavar="N", help="How many questions.")] = 10,
    minutes: Annotated[
        str,
        typer.Option("--minutes", metavar="M", help="The time limit in minutes; `none` for none."),
    ] = "30",
    deck: Annotated[list[str] | None, deck_option("Questions of this deck; repeatable.")] = None,
    levels: Annotated[
        str,
        typer.Option(
            "--levels", metavar="LEVEL=N,...", help="The mix of levels, such as recall=1,derive=2."
        ),
    ] = "",
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="S", help="The same seed draws the same questions."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would be drawn; start nothing.")
    ] = False,
    grader: ChosenGrader = "auto",
    model: Model = None,
    allow_large_model: AllowLarge = False,
    server: Server = None,
    as_json: Events = False,
) -> None:
    """Set up an exam and take it.

    Type your answers as in `tutor ask`: a line with only a dot hands an answer in and opens the
    next question. There are no hints, and nothing is graded before the end; `:end` ends the exam.
    Every finished line is saved, and `tutor exam resume` continues an exam that you left.
    """
    from tutor.study.exam import begin_exam

    models = ModelChoice(model, allow_large_model, server).over(context.obj)
    with _opened(models, grader, as_json=as_json) as run:
        tutor = run.tutor
        seed = int(tutor.clock().timestamp()) % 1_000_000 if seed is None else seed
        spec = _read_spec(tutor, number, minutes, levels, seed, tuple(deck or ()))
        if preview:
            return
        if any(not exam.ended for exam in tutor.progress.open_exams().values()):
            raise ExamRefused(
                "an exam is unfinished",
                remedy="Continue it with `tutor exam resume`, or end it with `tutor exam abandon`.",
            )
        run.take(begin_exam(tutor, spec, exam=tutor.new_id()))


@app.command("resume")
def resume_command(
    context: typer.Context,
    grader: ChosenGrader = "auto",
    model: Model = None,
    allow_large_model: AllowLarge = False,
    server: Server = None,
    as_json: Events = False,
) -> None:
    """Continue an unfinished exam.

    If only its grading is unfinished, that continues. It does not matter whether you began the exam
    here or in the terminal interface. Its clock stops while it is closed.
    """
    from tutor.study.exam import resume_exam

    models = ModelChoice(model, allow_large_model, server).over(context.obj)
    with _opened(models, grader, as_json=as_json) as run:
        run.take(resume_exam(run.tutor.progress, _open_exam(run.tutor)))


@app.command("grade")
def grade_command(
    context: typer.Context,
    exam: Exam = None,
    grader: ChosenGrader = "auto",
    model: Model = None,
    allow_large_model: AllowLarge = False,
    server: Server = None,
    as_json: Events = False,
) -> None:
    """Grade the rest of an exam's answers.

    Without EXAM, those of the last exam.
    """
    models = ModelChoice(model, allow_large_model, server).over(context.obj)
    with _opened(models, grader, as_json=as_json) as run:
        record = _chosen(run.tutor.progress.past_exams(), exam)
        if record.abandoned or not record.over:
            why = "was abandoned" if record.abandoned else "has not ended"
            raise ExamRefused(f"this exam {why}", remedy="`tutor exam list` shows all exams.")
        run.grade(record.begun.exam)


@app.command("abandon")
def abandon_command(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Abandon the unfinished exam.

    Its remaining answers are not graded; it stays in the history.
    """
    from tutor.cli.linemode.messages import show_notices
    from tutor.cli.linemode.output import line_output
    from tutor.profile import Profile
    from tutor.study.exam import resume_exam
    from tutor.study.exam_text import left_exam_words
    from tutor.wiring import open_tutor

    with open_tutor(Profile(os.environ, {})) as tutor:
        show_notices(line_output(), tutor)
        state = resume_exam(tutor.progress, _open_exam(tutor))
        today = tutor.clock().astimezone().date()
        typer.echo("\n".join(left_exam_words(state, today)), err=True)
        if not yes:
            typer.confirm("Abandon it? The remaining answers will not be graded.", abort=True)
        tutor.progress.end_exam(state.id, "abandoned", state.used)
        typer.echo("Exam abandoned.", err=True)


@app.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List your exams, newest first."""
    from tutor.cli.linemode.exam_messages import exam_data, marks_words, state_of
    from tutor.paths import find_paths
    from tutor.progress.read_only import read_exam_records
    from tutor.study.exam_report import marks_of
    from tutor.study.exam_text import limit_words, when

    records = read_exam_records(find_paths(os.environ).history)[::-1]
    if as_json:
        print_json({"exams": [exam_data(record) for record in records]})
    elif not records:
        typer.echo("No exams yet. Begin one with `tutor exam start`.", err=True)
    else:
        heading = ("exam", "begun", "questions", "limit", "state", "marks", "share")
        rows = [
            (
                record.begun.exam,
                when(record.begun.at),
                len(record.begun.questions),
                limit_words(record.begun.minutes),
                state_of(record),
                marks := marks_words(record),
                percent(marks_of(record).share) if marks else "",
            )
            for record in records
        ]
        print_table([heading, *rows])


@app.command("report")
def report_command(exam: Exam = None, as_json: AsJson = False) -> None:
    """Show the report of an exam.

    It has the marks, every question with the points you missed, the time, the topics and your
    earlier exams. Without EXAM, it is about the last exam.
    """
    from tutor.cli.linemode.exam_messages import report_data, report_message
    from tutor.cli.linemode.output import line_output
    from tutor.paths import find_paths
    from tutor.profile import Profile
    from tutor.progress.read_only import read_exam_records
    from tutor.study.exam_text import outcome_of

    paths = find_paths(os.environ)
    records = read_exam_records(paths.history)
    record = _chosen(records, exam)
    reads = Profile(os.environ, {}).languages
    outcome = outcome_of(record, open_bank(paths.questions, paths.bank_cache), records, reads)
    if as_json:
        print_json(report_data(record, outcome.report))
    else:
        line_output().show(report_message(record, outcome))


# --- what the commands share


@dataclass(frozen=True, slots=True)
class _Run:
    """Takes and grades exams with an open tutor."""

    tutor: "Tutor"
    interrupts: "Interrupts"
    grader: GraderChoice
    typed: BinaryIO
    output: "Output"

    def take(self, state: "ExamState") -> None:
        """Let the student take the exam unless it has ended, then grade it and report."""
        from tutor.cli.linemode.exam import ExamConversation
        from tutor.cli.linemode.exam_messages import exam_message
        from tutor.study.exam_run import RunningExam

        if state.phase == "running":
            self.output.show(exam_message(state))
            running = RunningExam(self.tutor, state, time.monotonic)
            exam = ExamConversation(self.tutor, running, self.output, self.typed, self.interrupts)
            if not exam.take():
                return
        self.grade(state.id)

    def grade(self, exam: str) -> None:
        """Grade the rest of the answers, save each grade at once, and print the report."""
        from tutor.cli.linemode.exam_messages import graded_message, report_message
        from tutor.study.exam import grade_exam
        from tutor.study.exam_text import outcome_of

        tutor, progress = self.tutor, self.tutor.progress

        def grade_answer(question: "Question", answer: str, language: "Language") -> "Grade":
            with self.interrupts.waiting():
                return grading.grade(question, answer, language, grader=self.grader)

        if progress.exam(exam).waiting:
            grading = session_grading(tutor, self.grader, self.interrupts)
        for step in grade_exam(tutor, exam, grade_answer):
            self.output.show(graded_message(step))
        record = progress.exam(exam)
        outcome = outcome_of(record, tutor.bank, progress.past_exams(), tutor.languages)
        self.output.show(report_message(record, outcome))


@contextmanager
def _opened(models: ModelChoice, grader: GraderChoice, *, as_json: bool) -> Iterator[_Run]:
    from tutor.cli.linemode.messages import show_notices
    from tutor.cli.linemode.output import line_output

    saved_words = "Every finished line and every grade is saved; `tutor exam resume` continues."
    with open_interruptible(models, saved_words) as (tutor, interrupts):
        typed = typer.get_binary_stream("stdin")
        output = line_output(as_json=as_json, inviting=typed.isatty())
        show_notices(output, tutor)
        yield _Run(tutor, interrupts, grader, typed, output)


def _read_spec(
    tutor: "Tutor", number: int, minutes: str, levels: str, seed: int, decks: tuple[str, ...]
) -> "ExamSpec":
    """The exam that the options describe. Raises UnknownDeckError, WrongUsage."""
    from tutor.study.exam_form import LEVELS, ExamForm, drawn_words, read_exam_form, usual_decks

    bank = tutor.bank
    pairs = (pair.partition("=") for pair in levels.split(",") if pair.strip())
    parts = {level.strip(): part.strip() or "1" for level, _, part in pairs}
    for level in parts:
        if level not in LEVELS:
            raise WrongUsage(f"--levels: {level} is not one of {', '.join(LEVELS)}")
    recall, explain, derive = (parts.get(level, "") for level in LEVELS)
    form = ExamForm(
        number=str(number),
        minutes=minutes,
        mix=(recall, explain, derive),
        seed=str(seed),
        decks=tuple(bank.deck(id_).id for id_ in decks) or usual_decks(bank, tutor.preferences),
    )
    reading = read_exam_form(form, bank)
    if reading.spec is None:
        field, problem = next(iter(reading.problems.items()))
        raise WrongUsage(f"--{'levels' if field == 'mix' else field}: {problem}")
    typer.echo(f"{drawn_words(reading.spec, reading.drawn)}, seed {seed}", err=True)
    if reading.short:
        typer.echo(f"{reading.short} of {number}", err=True)
    if reading.short_levels:
        typer.echo(f"--levels: {reading.short_levels}", err=True)
    return reading.spec


def _open_exam(tutor: "Tutor") -> str:
    """The unfinished exam: one that can still be taken before one that is to be graded."""
    left = sorted(tutor.progress.open_exams().values(), key=lambda exam: exam.ended)
    if not left:
        raise ExamRefused("no exam is unfinished", remedy="Begin one with `tutor exam start`.")
    return left[0].exam


def _chosen(records: "Sequence[ExamRecord]", exam: str | None) -> "ExamRecord":
    """The exam whose id begins with `exam`; without it, the last that has ended."""
    if exam is None:
        ended = [record for record in records if record.over]
        if not ended:
            raise ExamRefused("there is no exam yet", remedy="Begin one with `tutor exam start`.")
        return ended[-1]
    matches = [record for record in records if exam and record.begun.exam.startswith(exam)]
    if len(matches) == 1:
        return matches[0]
    why = f"{len(matches)} exams begin with" if matches else "there is no exam"
    raise ExamRefused(f"{why} {exam}", remedy="`tutor exam list` shows them.")
