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
    WrongUsage,
    deck_option,
)

if TYPE_CHECKING:
    from tutor.bank import Bank, BankError
    from tutor.cli.linemode.input import Interrupts
    from tutor.grading import GradingService
    from tutor.progress import SessionKind, SessionState
    from tutor.study import StudySession
    from tutor.wiring import Tutor


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """The session that the options name. Raises WrongUsage for options that do not fit together."""

    due: bool
    weak: bool
    topic: str | None
    questions: str | None
    deck: str | None
    limit: int | None

    def __post_init__(self) -> None:
        if len(self._kinds) > 1:
            raise WrongUsage("use only one of --due, --weak, --topic and --questions")
        if self.due and self.deck is not None:
            raise WrongUsage("--due covers all decks; for one deck use --deck alone")
        if self.questions is not None and (self.deck is not None or self.limit is not None):
            raise WrongUsage("--questions cannot be combined with --deck or --limit")

    @property
    def _kinds(self) -> "list[SessionKind]":
        options: dict[SessionKind, bool] = {
            "due": self.due,
            "weak": self.weak,
            "topic": self.topic is not None,
            "browse": self.questions is not None,
        }
        return [kind for kind, is_given in options.items() if is_given]

    @property
    def kind(self) -> "SessionKind | None":
        """None continues the session that was left, or starts one with due and new questions."""
        return self._kinds[0] if self._kinds else "deck" if self.deck is not None else None


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
    deck: Annotated[str | None, deck_option("Questions of this deck only.")] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=1, help="At most N questions in a new session."),
    ] = None,
    language: InLanguage = None,
    grader: ChosenGrader = "auto",
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
    from tutor.cli.linemode.base import SessionContext
    from tutor.cli.linemode.input import Keyboard
    from tutor.cli.linemode.loop import converse
    from tutor.cli.linemode.messages import grader_message, session_message, show_notices
    from tutor.cli.linemode.output import line_output
    from tutor.engine.setup_state import read_setup
    from tutor.study import StudySession

    choice = SessionChoice(due, weak, topic, questions, deck, limit)
    models = ModelChoice(model, allow_large_model, server).over(context.obj)
    saved_words = "The session and every finished line are saved."
    with open_interruptible(models, saved_words) as (tutor, interrupts):
        keyboard = Keyboard(typer.get_binary_stream("stdin"), interrupts)
        output = line_output(as_json=as_json, inviting=keyboard.is_terminal)
        show_notices(output, tutor)
        session = StudySession(tutor, language)
        state = _begin(session, tutor.bank, choice)
        if not state.done and grader != "terms" and tutor.grading.status.state.is_on_its_way:
            output.say("loading", "Loading the model …", aside=True)
        grading = session_grading(tutor, grader, interrupts)
        if not state.done:
            session.save()
            output.show(session_message(state, tutor.bank, tutor.languages))
            output.show(grader_message(grading.status, grader, read_setup(tutor.paths.setup)))
        converse(
            SessionContext(
                tutor=tutor,
                grading=grading,
                grader=grader,
                feedback=feedback,
                output=output,
                keyboard=keyboard,
                interrupts=interrupts,
                session=session,
            )
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


def _begin(session: "StudySession", bank: "Bank", choice: SessionChoice) -> "SessionState":
    """Continue the session that was left unless another is named. Raises BankError."""
    if choice.kind is None and (left := session.resume()) is not None:
        return left
    if choice.questions is not None:
        ids = (id_.strip() for id_ in choice.questions.split(","))
        return session.choose(tuple(bank.full_id(id_) for id_ in ids if id_))
    if choice.deck is not None:
        bank.deck(choice.deck)
    if choice.topic is not None and choice.topic not in bank.topics:
        raise _unknown_topic(choice.topic, bank)
    return session.begin(
        choice.kind or "due", deck=choice.deck, topic=choice.topic, limit=choice.limit
    )


def _unknown_topic(topic: str, bank: "Bank") -> "BankError":
    from tutor.bank import BankError
    from tutor.bank.problems import closest
    from tutor.formatting import printable

    near = " or ".join(closest(topic, bank.topics, 3))
    remedy = f"Did you mean {near}?" if near else "`tutor bank list --deck ID --json` lists them."
    return BankError(f"there is no topic {printable(topic)}", remedy=remedy)


def session_grading(
    tutor: "Tutor", grader: GraderChoice, interrupts: "Interrupts"
) -> "GradingService":
    """Return the grading service for this grader; Ctrl+C ends the waiting for it.

    Loads no model for key terms. Raises EngineError if a model must grade and none can.
    """
    from tutor.engine import EngineError, EngineState
    from tutor.grader import open_key_terms

    if grader == "terms":
        return open_key_terms(tutor.paths, lambda: tutor.bank)
    grading = tutor.grading
    if grading.is_default:  # or the first answer would get another grader than the rest
        with interrupts.waiting():
            grading.wait_until_settled()
    status = grading.status
    if grader == "model" and status.state in (EngineState.OFF, EngineState.FAILED):
        raise EngineError(
            status.detail or "there is no model to grade with",
            remedy=status.remedy or "Name one with --model PATH, or grade with --grader terms.",
        )
    return grading
