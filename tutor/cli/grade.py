"""`tutor grade`: grades one answer, or those of a class."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.bank import Language, open_bank
from tutor.cli.model_choice import ModelChoice
from tutor.cli.options import (
    MOST_CHARACTERS,
    AllowLarge,
    AsJson,
    ChosenGrader,
    GraderChoice,
    Model,
    Server,
    WrongUsage,
)
from tutor.cli.output import STANDARD, print_json, read_file
from tutor.cli.terminal import Hanging, Line, Span, harmless, standard_output, verdict_span
from tutor.errors import TutorError
from tutor.formatting import VERDICT_MARKS, count_of_marks, one_line, percent, printable

if TYPE_CHECKING:
    from tutor.bank import Bank, Question
    from tutor.engine import Status
    from tutor.grading import Grade, GradingService, PointGrade
    from tutor.grading.explain import Explanation
    from tutor.grading.explain import Line as ExplainedLine
    from tutor.profile import Profile

_DIFFERENT = 0.25
"""The least difference in marks between score and expected score that is worth showing."""


class AnswerTooLong(TutorError):
    """The answer is longer than any student writes."""


def grade(
    context: typer.Context,
    question_id: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="The question's id, or its beginning; see `bank list`."),
    ] = None,
    source: Annotated[
        str | None, typer.Argument(metavar="-", help="`-` reads the answer from standard input.")
    ] = None,
    answer: Annotated[
        str | None, typer.Option("--answer", metavar="TEXT", help="The answer.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="A UTF-8 file with the answer.")
    ] = None,
    grader: ChosenGrader = "auto",
    language: Annotated[
        Language | None,
        typer.Option(
            "--language", help="Default: one that you read; with --batch the deck's own language."
        ),
    ] = None,
    model: Model = None,
    allow_large_model: AllowLarge = False,
    server: Server = None,
    feedback: Annotated[
        bool | None,
        typer.Option(
            "--feedback/--no-feedback",
            help="Let the model write what is missing; with --batch, only if you ask for it.",
        ),
    ] = None,
    why: Annotated[
        bool, typer.Option("--explain", help="Show how each verdict was reached, with the numbers.")
    ] = False,
    as_json: AsJson = False,
    batch: Annotated[
        Path | None,
        typer.Option(
            "--batch", metavar="FILE", help="Grade all answers in FILE, a table or JSON lines."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="With --batch: the file for the grades."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            metavar="N",
            min=1,
            max=256,
            help="With --batch and a server: how many answers at a time.",
        ),
    ] = None,
) -> None:
    """Grade an answer, or those of a whole class.

    Grades point by point; with --batch, all answers in a file. The score is the share of full
    marks, from 0 to 1. Exits with 0 if everything was graded, with 1 on an error, with 2 on wrong
    usage. Saves nothing except the file that --out names.
    """
    from tutor.profile import Profile
    from tutor.study.preferences import language_of

    choice = ModelChoice(model, allow_large_model, server).over(context.obj)
    if batch is not None:
        if out is None or why or as_json or (question_id, source, answer, file) != (None,) * 4:
            raise WrongUsage(
                "--batch needs --out, and takes no question, answer, --explain or --json"
            )
        _grade_many(
            choice, batch, out, grader, language=language, feedback=bool(feedback), jobs=jobs
        )
        return
    if question_id is None or out is not None or jobs is not None:
        raise WrongUsage("name a question, or a file of answers with --batch and --out")
    text = _answer(source, answer, file)
    profile = Profile(os.environ, choice.arguments)
    bank = open_bank(profile.paths.questions, profile.paths.bank_cache)
    question = bank.question(bank.full_id(question_id))
    if language is not None and language not in question.languages:
        raise WrongUsage(f"{question.id} is available in {', '.join(question.languages)}")
    asked = language or language_of(question, bank, profile.languages)
    with closing(open_chosen_grading(profile, bank, grader)) as grading:
        grading.subscribe(_narrator())
        result = grading.grade(question, text, asked, grader=grader)
        explanation = grading.explain(question, text, asked, result) if why else None
        pieces = () if feedback is False else grading.feedback(question, text, result)
        if as_json:
            _print_json(result, pieces, explanation)
        else:
            _print_text(question, result, pieces, explanation)


def _grade_many(
    choice: ModelChoice,
    answers: Path,
    out: Path,
    grader: GraderChoice,
    *,
    language: Language | None,
    feedback: bool,
    jobs: int | None,
) -> None:
    from tutor.cli.batch import Batch
    from tutor.engine import EngineState
    from tutor.profile import Profile

    profile = Profile(os.environ, choice.arguments | {"server_jobs": jobs})
    side_by_side = bool(profile.settings.server) and grader != "terms"
    if jobs is not None and not side_by_side:
        raise WrongUsage("--jobs needs a server; otherwise answers are graded one by one")
    bank = open_bank(profile.paths.questions, profile.paths.bank_cache)
    with closing(open_chosen_grading(profile, bank, grader)) as grading:
        needs_model = grader == "model"
        has_model = grading.has_model and grading.status.state is not EngineState.OFF
        Batch(
            bank=bank,
            grading=grading,
            grader="model" if needs_model or has_model else "terms",
            describe=_data,
            language=language,
            feedback=feedback,
            jobs=profile.settings.server_jobs if side_by_side else 1,
        ).run(answers, out)


def open_chosen_grading(profile: "Profile", bank: "Bank", grader: GraderChoice) -> "GradingService":
    """Open the grading service, without a model if key terms grade. Raises ModelRefused."""
    from tutor.grader import open_grading, open_key_terms

    if grader == "terms":
        return open_key_terms(profile.paths, lambda: bank)
    grading = open_grading(profile, lambda: bank, strict=True, or_judge=True)
    if grading.is_default:
        grading.wait_until_settled()  # until then key terms would grade
    return grading


def _answer(source: str | None, answer: str | None, file: Path | None) -> str:
    given = 3 - [source, answer, file].count(None)
    if not given:
        raise WrongUsage("the answer is missing: give it with --answer TEXT, --file FILE or -")
    if given > 1:
        raise WrongUsage("the answer is given more than once: use one of --answer, --file and -")
    if source is not None and source != "-":
        raise WrongUsage(f"{source!r}: only - (standard input) is allowed here")
    text = answer
    if text is None:
        from tutor.encodings import decode

        text = decode(read_file(file or STANDARD), file or "standard input")
    if len(text) > MOST_CHARACTERS:
        raise AnswerTooLong(
            f"the answer has {len(text):,} characters; at most {MOST_CHARACTERS:,} are allowed"
        )
    return text


def _narrator() -> Callable[["Status"], None]:
    """Returns a function that prints what goes wrong with the model, each problem once."""
    from tutor.engine import EngineState

    said: set[str] = set()

    def narrate(status: "Status") -> None:
        troubled = status.state in (EngineState.RESTARTING, EngineState.FAILED)
        if troubled and status.detail not in said:
            said.add(status.detail)
            with suppress(OSError):  # nobody reads it; this runs in the engine's thread
                typer.echo(harmless(status.detail), err=True)

    return narrate


def _print_json(grade: "Grade", pieces: Iterable[str], explanation: "Explanation | None") -> None:
    data = _data(grade, "".join(pieces).strip())
    if explanation is not None:
        data["explanation"] = {
            section.title: [_explained(line) for line in section.lines]
            for section in explanation.sections
        }
    print_json(data)


def _data(grade: "Grade", feedback: str) -> dict[str, object]:
    return {
        "question": grade.question,
        "grader": grade.grader.name,
        "score": round(grade.score, 6),
        "expected": round(grade.expected, 6),
        "points": [
            {
                "id": point.id,
                "verdict": point.verdict.value,
                "confidence": point.confidence,
                "evidence": point.evidence.model_dump() if point.evidence else None,
                "weight": point.weight,
            }
            for point in grade.points
        ],
        "feedback": feedback,
        "ms": round(grade.ms, 1),
        "remark": grade.remark,
        "version": grade.grader.version,
        "model": grade.grader.model,
        "prompt": grade.grader.prompt,
        "calibration": grade.grader.calibration,
    }


def _print_text(
    question: "Question", grade: "Grade", pieces: Iterable[str], explanation: "Explanation | None"
) -> None:
    """Print score and verdicts, then the feedback as it is written, then the reasons.

    Makes texts of deck, student and model printable first.
    """
    terminal = standard_output()
    if grade.remark:
        typer.echo(grade.remark, err=True)
    for line in _lines(question, grade):
        typer.echo(terminal.text(line), color=True)
    has_feedback = False
    for piece in pieces:
        typer.echo(piece if has_feedback else f"\n{piece}", nl=False)
        has_feedback = True
    if has_feedback:
        typer.echo()
    for section in explanation.sections if explanation else ():
        typer.echo("\n" + terminal.text((Span(printable(section.title), "strong"),)), color=True)
        for reason in section.lines:
            typer.echo(terminal.text(printable(_explained(reason))), color=True)


def _lines(question: "Question", grade: "Grade") -> Iterator[Line]:
    """The score, then each point with its verdict and the sentence that shows it."""
    likely = grade.expected * grade.full
    counted = abs(likely - grade.earned) >= _DIFFERENT
    by_chances = f"  ({likely:.1f} if each point counts by its probabilities)" if counted else ""
    score = f"{grade.earned:g} of {count_of_marks(grade.full)}"
    yield (f"{grade.question}  ", Span(score, "strong"), f"  by {grade.grader.words}{by_chances}")
    verdicts = [_verdict(graded) for graded in grade.points]
    width = max(map(len, verdicts)) + 2
    for point, graded, verdict in zip(question.rubric, grade.points, verdicts, strict=True):
        text = printable(one_line(point.point.to(grade.language)))
        gap = " " * (width - len(verdict))
        yield Hanging((verdict_span(graded.final, verdict), gap, text), width)
        if graded.evidence is not None:
            number = f"    {graded.evidence.sentence}: "
            shown = Span(printable(graded.evidence.text), "quiet")
            yield Hanging((number, shown), len(number))


def _verdict(graded: "PointGrade") -> str:
    """A point's verdict: `✓ met 83 %, unsure`."""
    sure = f" {percent(graded.confidence)}" if graded.confidence is not None else ""
    unsure = ", unsure" if graded.unsure else ""
    return f"{VERDICT_MARKS[graded.final]} {graded.final}{sure}{unsure}"


def _explained(line: "ExplainedLine") -> str:
    """The line as text; in a prompt, ‹this› marks text of question, rubric or answer."""
    return "".join(f"‹{p.text}›" if p.kind == "untrusted" else p.text for p in line)
