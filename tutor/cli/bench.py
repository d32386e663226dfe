"""`tutor bench`: measures how fast the model is here, and how well a model or key terms grade."""

import os
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tutor.bank import Split, open_bank
from tutor.cli.model_choice import ModelChoice
from tutor.cli.options import AsJson, GraderChoice, Model, deck_option, group
from tutor.cli.output import Narration, print_json
from tutor.errors import TutorError
from tutor.formatting import percent

if TYPE_CHECKING:
    from tutor.bank import Bank, Question, Sample
    from tutor.engine.api import Engine
    from tutor.evaluation import Estimate, GradedAnswer, MarkedReport, Scorer
    from tutor.evaluation.statistics import Interval
    from tutor.evaluation.verdicts import MeasuredSamples, SamplePoint
    from tutor.grading import Calibration
    from tutor.grading.model_grader import AnswerReading, ModelGrader
    from tutor.profile import Profile

app = group("Measure the model on this machine.")
SEED = 1
QUESTION = "papers-ru.5.1"
"""A question with five points and a model answer of about 115 tokens."""


class NoModel(TutorError):
    """There is no model whose speed can be measured."""


class NothingToMeasure(TutorError):
    """The decks have no sample answers of the split."""


@app.command()
def speed(
    context: typer.Context,
    model: Model = None,
    question_id: Annotated[
        str, typer.Option("--question", metavar="ID", help="The question to grade.")
    ] = QUESTION,
    as_json: AsJson = False,
) -> None:
    """Measure how fast the model is here.

    Measures how fast it reads, writes and grades, and its memory. The result is saved; `model list`
    and the terminal interface show it.
    """
    from tutor.engine.client import ModelEngine
    from tutor.evaluation.speed import measure_speed
    from tutor.models.measurements import save_speed

    profile = _profile(context, model)
    bank = open_bank(profile.paths.questions, profile.paths.bank_cache)
    question_id = bank.full_id(question_id)
    question = bank.question(question_id)
    language = bank.deck_of(question_id).language
    with _model(profile) as loaded:
        if loaded is None:
            raise NoModel("there is no model to measure", remedy="Name one with --model PATH.")
        engine, grader = loaded
        if not isinstance(engine, ModelEngine):
            raise NoModel(
                "the speed of a server cannot be measured", remedy="Name a file with --model PATH."
            )
        info = engine.wait_until_ready()
        measured = measure_speed(
            engine, engine.pid or 0, grader, question, language, time.perf_counter
        )
        if question_id == QUESTION:
            save_speed(profile.paths.paces, info.fingerprint, measured)
    if as_json:
        print_json(
            {"model": info.name, "file": info.fingerprint} | measured.model_dump(), indent=None
        )
        return
    points = len(question.rubric)
    typer.echo(f"{info.name}, {info.parameters / 1e6:,.0f} million parameters\n")
    for line in (
        f"reads            {measured.prefill:8.0f} tokens a second",
        f"writes           {measured.generation:8.1f} tokens a second",
        f"grades {points} points  {measured.cold:8.2f} s  question and answer new",
        f"                 {measured.opened:8.2f} s  question read ahead",
        f"                 {measured.paused:8.2f} s  answer read ahead too",
        f"memory           {measured.memory / 2**20:8.0f} MiB",
    ):
        typer.echo(line)


@app.command()
def grading(
    context: typer.Context,
    model: Model = None,
    deck: Annotated[str | None, deck_option("Only this deck's samples.")] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(
            "--file",
            metavar="FILE",
            help="Use these graded answers (JSON lines) instead; repeatable.",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=20, help="At most N answers.")
    ] = None,
    form: Annotated[
        Literal["listed", "single"] | None, typer.Option("--form", help="How to ask the model.")
    ] = None,
    terms: Annotated[bool, typer.Option("--terms", help="Measure key terms alone.")] = False,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep",
            help="Save the calibration and grade with it from now on; "
            "with --split, save the figures.",
        ),
    ] = False,
    marked: Annotated[
        Path | None,
        typer.Option("--marked", metavar="FILE", help="Answers graded by point (JSON lines)."),
    ] = None,
    split: Annotated[
        Split | None,
        typer.Option("--split", help="Use the decks' samples of this split, as with --marked."),
    ] = None,
    grader: Annotated[
        GraderChoice,
        typer.Option("--grader", help="With --marked or --split: the grader, as in sessions."),
    ] = "auto",
    as_json: AsJson = False,
) -> None:
    """Measure how well the model grades.

    Compares its verdicts, and those of key terms, with people's. Uses the sample answers set aside
    for calibration. Prints accuracy per point and Cohen's kappa, with 95 % intervals, before and
    after calibration and next to three baselines, as a table in Markdown; then how often verdicts
    are right, by their probability. Progress goes to standard error.

    --split test uses the samples on which nothing was fitted, --marked FILE any answers with a
    verdict for each point; both are graded as in a session. FILE has one answer a line:
    {"question", "language", "kind", "answer", "verdicts": {"point": "met|partial|missed"}}.
    """
    profile = _profile(context, model)
    source = marked if marked is not None else split
    if source is not None:
        _measure_marked(profile, source, grader, deck, keep=keep, as_json=as_json)
        return
    if file:
        _graded_files(profile, file, limit, with_model=not terms)
        return
    samples, reading = _measure_samples(profile, deck, limit, form, with_model=not terms)
    from tutor.evaluation.verdicts import calibrated, rows

    typer.echo("| samples | way | points | accuracy | kappa |\n|---|---|---|---|---|")
    for row in rows(samples, _source()):
        accuracy = f"{row.accuracy.value * 100:.1f} % ({_interval(row.accuracy.interval, 100)})"
        typer.echo(f"| {row.part} | {row.way} | {row.points} | {accuracy} | {_cells(row.kappa)} |")
    calibration = calibrated(samples, reading, _source())
    typer.echo()
    for line in _certainty_table(calibration):
        typer.echo(line)
    weights = ", ".join(f"{name.value} {weight:g}" for name, weight in calibration.weights.items())
    typer.echo(f"\ncalibration {calibration.id}: {weights}", err=True)
    if keep:
        from tutor.grading import Calibrations

        path = Calibrations(profile.paths.calibrations).keep(calibration)
        typer.echo(f"saved in {path}", err=True)


def _measure_marked(
    profile: "Profile",
    source: "Path | Split",
    grader: GraderChoice,
    deck: str | None,
    *,
    keep: bool,
    as_json: bool,
) -> None:
    """Grade answers from a file or a split as in a session, and print how well that agrees."""
    from tutor.cli.grade import open_chosen_grading
    from tutor.evaluation import measure_marked, read_marked

    bank = open_bank(profile.paths.questions, profile.paths.bank_cache)
    answers = (
        read_marked(source)
        if isinstance(source, Path)
        else [sample for _, sample in _samples(bank, source, deck)]
    )
    narration = Narration(len(answers), "answers")
    with closing(open_chosen_grading(profile, bank, grader)) as grading:
        grading.wait_until_settled()
        report = measure_marked(
            answers,
            bank,
            lambda question, text, language: grading.grade(question, text, language, grader=grader),
            _source(),
            grader=grader,
            done=narration.one_more,
        )
        if keep and not isinstance(source, Path):
            questions = (answer.question for answer in answers)
            path = grading.keep_tested(source, report.measured, questions, grader)
            typer.echo(f"saved in {path}", err=True)
    if as_json:
        print_json(report.as_json(), indent=2)
        return
    for line in _marked_table(report):
        typer.echo(line)
    if report.skipped:
        typer.echo(f"{report.skipped} points were skipped: the decks do not have them", err=True)


def _marked_table(report: "MarkedReport") -> Iterator[str]:
    """A table in Markdown: all answers, then by kind and by language."""
    yield "| answers | number | points | accuracy | kappa | r | RMSE | partial recall |"
    yield "|---|---|---|---|---|---|---|---|"
    parts = {"all": report.whole, **report.by_kind, **report.by_language}
    for name, part in parts.items():
        cells = _cells(part.accuracy, part.kappa, part.r, part.rmse, part.partial_recall)
        yield f"| {name} | {part.answers} | {part.points} | {cells} |"


def _certainty_table(calibration: "Calibration") -> Iterator[str]:
    """A table in Markdown, least certain first, and the calibration error below it."""
    yield "| probability of the verdict | points | mean probability | right |"
    yield "|---|---|---|---|"
    for band in calibration.sure:
        between = f"{band.low * 100:.0f} to {band.high * 100:.0f} %"
        yield f"| {between} | {band.points} | {percent(band.said)} | {percent(band.right)} |"
    if (error := calibration.calibration_error) is not None:
        yield f"\nExpected calibration error: {error:.3f}"


def _measure_samples(
    profile: "Profile", deck: str | None, limit: int | None, form: str | None, *, with_model: bool
) -> "tuple[MeasuredSamples, AnswerReading | None]":
    """Measure samples; with a model, also answers to other questions, and one of its judgements."""
    from tutor.evaluation.verdicts import MeasuredSamples, measure_sample, strangers_of
    from tutor.grading import KeyTermGrader
    from tutor.grading.other_questions import OtherQuestions

    bank = open_bank(profile.paths.questions, profile.paths.bank_cache)
    samples = _samples(bank, "calibrate", deck)
    compared = OtherQuestions(lambda: bank, KeyTermGrader())  # no grader sees what it recognises
    _source().shuffle(samples)
    samples = sorted(samples[:limit], key=lambda pair: (pair[0].id, pair[1].language))
    grader = KeyTermGrader()
    with _model(profile, form, load=with_model) as loaded:
        model = loaded[1] if loaded else None
        others = [
            (question, stranger)
            for question, stranger in (strangers_of(samples, _source()) if model else ())
            if not compared.answered(question, stranger.answer, stranger.language)
        ]
        points: list[SamplePoint] = []
        strangers: list[SamplePoint] = []
        narration = Narration(len(samples) + len(others), "answers")
        for pairs, measured in ((samples, points), (others, strangers)):
            for question, sample in pairs:
                measured += measure_sample(question, sample, grader, model)
                narration.one_more()
        question, sample = samples[-1]
        reading = model.read(question, sample.answer, sample.language) if model else None
        return MeasuredSamples(points, strangers), reading


def _samples(bank: "Bank", split: Split, deck: str | None) -> "list[tuple[Question, Sample]]":
    """The samples of a split. Raises UnknownDeckError, NothingToMeasure."""
    from tutor.evaluation.verdicts import samples_of

    samples = samples_of(bank, split, deck)
    if not samples:
        raise NothingToMeasure(
            f"there are no sample answers with split {split}",
            remedy="`tutor bank stats` counts the samples of each deck; docs/bank.md says how to "
            "write some.",
        )
    return samples


def _graded_files(
    profile: "Profile", files: Sequence[Path], limit: int | None, *, with_model: bool
) -> None:
    """Print a table in Markdown with a row for each file and grader."""
    from tutor.evaluation import (
        Scorer,
        by_expected_score,
        by_model,
        by_verdicts,
        by_word_recall,
        evaluate,
        read_graded,
        some_of,
    )
    from tutor.grading import KeyTermGrader

    scorers: dict[str, Scorer] = {
        "word overlap": by_word_recall,
        "key terms, expected": by_expected_score(KeyTermGrader()),
        "key terms, verdicts": by_verdicts(KeyTermGrader()),
    }
    typer.echo("| file | grader | answers | r | r within questions | RMSE | quadratic kappa |")
    typer.echo("|---|---|---|---|---|---|---|")
    with _model(profile, load=with_model) as loaded:
        if loaded is not None:
            scorers["model, expected"] = by_model(loaded[1])
        for file in files:
            questions = some_of(read_graded(file), limit, _source())
            answers = sum(len(question.answers) for question in questions)
            for name, scorer in scorers.items():
                narration = Narration(answers, f"answers of {file.stem} by {name}")
                agreement = evaluate(questions, _counted(scorer, narration), _source())
                cells = _cells(agreement.r, agreement.r_centred, agreement.rmse, agreement.kappa)
                typer.echo(f"| {file.stem} | {name} | {agreement.answers} | {cells} |")


@contextmanager
def _model(
    profile: "Profile", form: str | None = None, *, load: bool = True
) -> "Iterator[tuple[Engine, ModelGrader] | None]":
    """Open the model and an uncalibrated grader on it; None without one, or if `load` is false."""
    from tutor.grader import open_engine
    from tutor.grading import PromptBook
    from tutor.grading.model_grader import ModelGrader
    from tutor.grading.prompt_forms import FormName

    engine = open_engine(profile) if load else None
    if engine is None:
        yield None
        return
    with closing(engine):
        name = FormName(form) if form else None
        prompts = PromptBook(profile.paths.prompts)
        grader = ModelGrader(engine, prompts, form=name)
        engine.wait_until_ready()
        yield engine, grader


def _profile(context: typer.Context, model: Path | None) -> "Profile":
    from tutor.profile import Profile

    return Profile(os.environ, ModelChoice(model).over(context.obj).arguments)


def _counted(scorer: "Scorer", narration: Narration) -> "Scorer":
    def count_and_score(question: "Question", row: "GradedAnswer") -> float:
        score = scorer(question, row)
        narration.one_more()
        return score

    return count_and_score


def _source() -> random.Random:
    """Random numbers that are the same in every run, so that a table can be repeated."""
    return random.Random(SEED)  # noqa: S311 - no secrets depend on it


def _cells(*estimates: "Estimate | None") -> str:
    """Cells of a table in Markdown, each with a value and its interval."""
    return " | ".join(
        "" if estimate is None else f"{estimate.value:.2f} ({_interval(estimate.interval)})"
        for estimate in estimates
    )


def _interval(interval: "Interval", scale: float = 1) -> str:
    digits = 0 if scale > 1 else 2
    return f"{interval.low * scale:.{digits}f} to {interval.high * scale:.{digits}f}"
