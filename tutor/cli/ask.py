"""`tutor ask`: study line by line, without screens."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.cli.model_choice import ModelChoice
from tutor.cli.options import (
    AllowLarge,
    ChosenGrader,
    Events,
    GraderChoice,
    InLanguage,
    Model,
    Server,
    Tongue,
)
from tutor.cli.wrong_usage import WrongUsage

if TYPE_CHECKING:
    from tutor.bank import Bank
    from tutor.cli.linemode.input import Interrupts
    from tutor.grading import GradingService
    from tutor.progress import SessionKind, SessionState
    from tutor.study import StudySession
    from tutor.wiring import Tutor


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """The session that the options name."""

    kind: "SessionKind | None"
    """None continues the session that was left, or starts one with due and new questions."""
    deck: str | None
    topic: str | None
    questions: tuple[str, ...]
    limit: int | None


def ask(
    context: typer.Context,
    due: Annotated[
        bool, typer.Option("--due", help="Due and new questions, whatever you left last.")
    ] = False,
    weak: Annotated[bool, typer.Option("--weak", help="Questions with weak points.")] = False,
    topic: Annotated[
        str | None,
        typer.Option("--topic", metavar="TOPIC", help="Questions about this topic only."),
    ] = None,
    questions: Annotated[
        str | None,
        typer.Option(
            "--questions",
            metavar="ID,...",
            help="These questions, in this order; also the beginnings of ids.",
        ),
    ] = None,
    deck: Annotated[
        str | None, typer.Option("--deck", metavar="ID", help="Questions of this deck only.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=1, help="At most N questions in a new session."),
    ] = None,
    language: InLanguage = None,
    grader: ChosenGrader = GraderChoice.AUTO,
    model: Model = None,
    allow_large_model: AllowLarge = False,
    server: Server = None,
    feedback: Annotated[
        bool, typer.Option("--feedback/--no-feedback", help="Let the model write what is missing.")
    ] = True,
    as_json: Events = False,
) -> None:
    """Study line by line, without screens.

    For screen readers, pipes and programs. Continues the session you left last, also one begun in
    the terminal interface, or starts one with due and new questions. Type an answer over as many
    lines as you like and end it with a line that has only a dot. Lines that begin with a colon are
    commands; :help lists them. Every finished line is saved.
    """
    choice = _read_choice(due, weak, topic, questions, deck, limit)
    models = ModelChoice(model, allow_large_model, server).over(context.obj)
    saved_words = "The session and every finished line are saved."
    with open_interruptible(models, saved_words) as (tutor, interrupts):
        _study(
            tutor,
            interrupts,
            choice,
            language=language,
            grader=grader,
            feedback=feedback,
            as_json=as_json,
        )


@contextmanager
def open_interruptible(
    choice: ModelChoice, saved_words: str
) -> "Iterator[tuple[Tutor, Interrupts]]":
    """Open the tutor; Ctrl+C exits with 130 and prints `saved_words`.

    Raises ModelRefused for a named model file that does not exist, and what `open_tutor` raises.
    """
    from tutor.cli.linemode.input import Interrupts
    from tutor.engine.discovery import find_model
    from tutor.profile import Profile
    from tutor.wiring import open_tutor

    find_model(choice.model, ())
    profile = Profile(os.environ, choice.arguments)
    try:
        with Interrupts() as interrupts, open_tutor(profile) as tutor:
            yield tutor, interrupts
    except KeyboardInterrupt:
        typer.echo(f"\nStopped. {saved_words}", err=True)
        raise typer.Exit(130) from None


def _read_choice(
    due: bool,
    weak: bool,
    topic: str | None,
    questions: str | None,
    deck: str | None,
    limit: int | None,
) -> SessionChoice:
    options: dict[SessionKind, bool] = {
        "due": due,
        "weak": weak,
        "topic": topic is not None,
        "browse": questions is not None,
    }
    kinds = [kind for kind, is_given in options.items() if is_given]
    if len(kinds) > 1:
        raise WrongUsage("use only one of --due, --weak, --topic and --questions")
    if due and deck is not None:
        raise WrongUsage("--due covers all decks; for one deck use --deck alone")
    if questions is not None and (deck is not None or limit is not None):
        raise WrongUsage("--questions cannot be combined with --deck or --limit")
    kind = kinds[0] if kinds else "deck" if deck is not None else None
    ids = tuple(id_.strip() for id_ in (questions or "").split(",") if id_.strip())
    return SessionChoice(kind, deck, topic, ids, limit)


def _study(
    tutor: "Tutor",
    interrupts: "Interrupts",
    choice: SessionChoice,
    *,
    language: Tongue | None,
    grader: GraderChoice,
    feedback: bool,
    as_json: bool,
) -> None:
    from tutor.cli.linemode.base import SessionContext
    from tutor.cli.linemode.input import Keyboard
    from tutor.cli.linemode.loop import converse
    from tutor.cli.linemode.messages import (
        grader_message,
        session_message,
        show_loading,
        show_notices,
    )
    from tutor.cli.linemode.output import line_output
    from tutor.engine.setup_state import read_setup
    from tutor.study import StudySession

    keyboard = Keyboard(typer.get_binary_stream("stdin"), interrupts)
    output = line_output(as_json=as_json, inviting=keyboard.is_terminal)
    show_notices(output, tutor)
    session = StudySession(tutor, language.value if language else None)
    state = _begin(session, tutor.bank, choice)
    if not state.done and grader is not GraderChoice.TERMS:
        show_loading(output, tutor.grading.status)
    grading = session_grading(tutor, grader)
    context = SessionContext(
        tutor=tutor,
        grading=grading,
        grader=grader.value,
        feedback=feedback,
        output=output,
        keyboard=keyboard,
        interrupts=interrupts,
        session=session,
    )
    if not state.done:
        session.save()
        output.show(session_message(state, tutor.bank, tutor.languages))
        setup = read_setup(tutor.paths.setup)
        output.show(grader_message(grading.status, grader.value, setup))
    converse(context)


def _begin(session: "StudySession", bank: "Bank", choice: SessionChoice) -> "SessionState":
    """Continue the session that was left unless another is named. Raises BankError."""
    if choice.kind is None and (left := session.resume()) is not None:
        return left
    _check_exists(bank, choice)
    if choice.kind == "browse":
        return session.choose(tuple(map(bank.full_id, choice.questions)))
    return session.begin(
        choice.kind or "due", deck=choice.deck, topic=choice.topic, limit=choice.limit
    )


def _check_exists(bank: "Bank", choice: SessionChoice) -> None:
    """Raise BankError for a deck or topic that the bank does not have."""
    from tutor.bank import BankError
    from tutor.bank.problems import closest
    from tutor.formatting import printable

    if choice.deck is not None:
        bank.deck(choice.deck)
    if choice.topic is not None and choice.topic not in bank.topics:
        near = " or ".join(closest(choice.topic, bank.topics, 3))
        remedy = (
            f"Did you mean {near}?" if near else "`tutor bank list --deck ID --json` lists them."
        )
        raise BankError(f"there is no topic {printable(choice.topic)}", remedy=remedy)


def session_grading(tutor: "Tutor", grader: GraderChoice) -> "GradingService":
    """Return the grading service for this grader.

    Loads no model for key terms. Raises EngineError if a model must grade and none can.
    """
    from tutor.engine import EngineError, EngineState
    from tutor.grader import open_key_terms

    if grader is GraderChoice.TERMS:
        return open_key_terms(tutor.paths)
    grading = tutor.grading
    if grading.is_default:
        grading.wait_until_settled()  # or the first answer would get another grader than the rest
    status = grading.status
    if grader is GraderChoice.MODEL and status.state in (EngineState.OFF, EngineState.FAILED):
        raise EngineError(
            status.detail or "there is no model to grade with",
            remedy=status.remedy or "Name one with --model PATH, or grade with --grader terms.",
        )
    return grading
