"""`tutor grade`: grades one answer, or those of a class, without a screen."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.cli.options import AUTO, AllowLarge, AsJson, GraderChoice, Model, ModelChoice, Server
from tutor.errors import TutorError

if TYPE_CHECKING:
    from tutor.bank import Language, Question
    from tutor.engine import Status
    from tutor.grading import Grade, GradingService
    from tutor.grading.explain import Explanation
    from tutor.profile import Profile

MOST_CHARACTERS = 200_000


class AnswerUnreadable(TutorError):
    """The answer cannot be read from the named source."""


def grade(
    context: typer.Context,
    question_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="The question; `bank list --deck` shows ids.")
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
    grader: Annotated[
        GraderChoice,
        typer.Option("--grader", help=AUTO),
    ] = GraderChoice.AUTO,
    language: Annotated[
        str | None,
        typer.Option(
            "--language", metavar="<de|en|ru|zh>", help="Default: the deck's own language."
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
    """Grade an answer point by point, or a whole class with --batch.

    The score is the share of full marks, from 0 to 1. Exits with 0 if everything was graded, with 1
    on an error, with 2 on wrong usage. Saves nothing except the file that --out names.
    """
    choice = ModelChoice(model, allow_large_model or None, server).over(context.obj)
    if batch is not None:
        if out is None or why or as_json or (question_id, source, answer, file) != (None,) * 4:
            raise typer.BadParameter(
                "--batch needs --out, and takes no question, answer, --explain or --json"
            )
        many = _Many(batch, out, grader, language, bool(feedback), jobs)
        _grade_many(choice, many)
        return
    if question_id is None or out is not None or jobs is not None:
        raise typer.BadParameter("name a question, or a file of answers with --batch and --out")
    one = _One(question_id, _answer(source, answer, file), language, feedback is not False, why)
    _grade_one(choice, one, grader, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _One:
    """One answer."""

    question: str
    text: str
    language: str | None
    feedback: bool
    why: bool


@dataclass(frozen=True, slots=True)
class _Many:
    """The answers of a class."""

    answers: Path
    out: Path
    grader: GraderChoice
    language: str | None
    feedback: bool
    jobs: int | None


def _grade_one(choice: ModelChoice, one: _One, grader: GraderChoice, *, as_json: bool) -> None:
    from tutor.profile import Profile
    from tutor.wiring import open_profile_bank

    profile = Profile(os.environ, choice.arguments)
    bank = open_profile_bank(profile.paths)
    question = bank.question(one.question)
    usual = bank.deck(bank.info(question.id).deck).language
    asked = _language(one.language, question, usual)
    grading = _grading(profile, grader)
    try:
        grading.subscribe(_narrate)
        result = grading.grade(question, one.text, asked, grader=grader.value)
        explanation = grading.explain(question, one.text, asked, result) if one.why else None
        pieces = grading.feedback(question, one.text, result) if one.feedback else ()
        _print(question, result, pieces, explanation, as_json=as_json)
    finally:
        grading.close()


def _grade_many(choice: ModelChoice, many: _Many) -> None:
    from tutor.cli.batch import Batch
    from tutor.engine import EngineState
    from tutor.profile import Profile
    from tutor.wiring import open_profile_bank

    profile = Profile(os.environ, choice.arguments | {"server_jobs": many.jobs})
    side_by_side = bool(profile.settings.server) and many.grader is not GraderChoice.TERMS
    if many.jobs is not None and not side_by_side:
        raise typer.BadParameter("--jobs needs a server; otherwise answers are graded one by one")
    bank = open_profile_bank(profile.paths)
    grading = _grading(profile, many.grader)
    needs_model = many.grader is GraderChoice.MODEL
    has_model = grading.has_model and grading.status.state is not EngineState.OFF
    try:
        Batch(
            bank=bank,
            grading=grading,
            grader="model" if needs_model or has_model else "terms",
            describe=_data,
            language=_known(many.language) if many.language else None,
            feedback=many.feedback,
            jobs=profile.settings.server_jobs if side_by_side else 1,
        ).run(many.answers, many.out)
    finally:
        grading.close()


def _grading(profile: "Profile", grader: GraderChoice) -> "GradingService":
    from tutor.grader import open_grading
    from tutor.grading import Calibrations, GradingService, PromptBook

    if grader is not GraderChoice.TERMS:
        grading = open_grading(profile, strict=True, or_judge=True)
        if grading.is_unasked:
            grading.wait_until_settled()  # until then the key terms would judge
        return grading
    calibrations = Calibrations(profile.paths.calibrations)
    return GradingService(PromptBook(profile.paths.prompts), calibrations=calibrations)


def _answer(source: str | None, answer: str | None, file: Path | None) -> str:
    if [source, answer, file].count(None) != 2:
        raise typer.BadParameter("give the answer once: with --answer TEXT, --file F or -")
    if source is not None and source != "-":
        raise typer.BadParameter(f"{source!r}: only - (standard input) is allowed here")
    text = answer if answer is not None else _read(file)
    if len(text) > MOST_CHARACTERS:
        raise AnswerUnreadable(
            f"the answer has {len(text):,} characters; at most {MOST_CHARACTERS:,} are allowed"
        )
    return text


def _read(file: Path | None) -> str:
    from tutor.encodings import decode

    try:
        if file is None:
            return decode(typer.get_binary_stream("stdin").read(), "standard input")
        return decode(file.read_bytes(), file)
    except OSError as error:
        raise AnswerUnreadable(
            f"{file} cannot be read: {error.strerror}",
            remedy="Check the path, and that you may read the file.",
        ) from error


def _language(requested: str | None, question: "Question", usual: "Language") -> "Language":
    language = _known(requested or usual)
    if requested and language not in question.languages:
        raise typer.BadParameter(f"{question.id} is available in {', '.join(question.languages)}")
    return language


def _known(name: str) -> "Language":
    from tutor.bank import LANGUAGES

    for language in LANGUAGES:
        if language == name:
            return language
    raise typer.BadParameter(f"{name!r} is not one of {', '.join(LANGUAGES)}")


def _narrate(status: "Status") -> None:
    from tutor.engine import EngineState

    if status.state in (EngineState.RESTARTING, EngineState.FAILED):
        typer.echo(status.detail, err=True)


def _print(
    question: "Question",
    grade: "Grade",
    pieces: Iterable[str],
    explanation: "Explanation | None",
    *,
    as_json: bool,
) -> None:
    if as_json:
        data = _data(grade, "".join(pieces).strip())
        if explanation is not None:
            from tutor.cli.grade_text import explained

            data["explanation"] = {
                section.title: [explained(line) for line in section.lines]
                for section in explanation.sections
            }
        typer.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return
    from tutor.cli.grade_text import print_grade

    print_grade(question, grade, pieces, explanation)


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
