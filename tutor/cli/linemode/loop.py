"""The loop of a session: question, verdict, next question, until it is over or left."""

from tutor.bank import BankError
from tutor.cli.linemode.answering import Answering, FollowUpAnswering
from tutor.cli.linemode.base import (
    AskAbout,
    AskNextQuestion,
    AskQuestion,
    CommandRefused,
    Leave,
    NextStep,
    SessionContext,
    Show,
    Stage,
)
from tutor.cli.linemode.messages import left_message, over_message, refused_message
from tutor.cli.linemode.review import Review
from tutor.errors import TutorError
from tutor.study import planner_of
from tutor.study.session_report import review_session


def converse(context: SessionContext) -> None:
    """Run the session until it is over or left.

    Errors are shown, and the student can try again. Without a terminal nobody can, so every
    TutorError except CommandRefused is raised.
    """
    stage = _enter(context, AskNextQuestion(), None)
    while stage is not None:
        try:
            step = stage.hear(context.keyboard.listen())
            stage = stage if step is None else _enter(context, step, stage)
        except TutorError as error:
            if not (context.keyboard.is_terminal or isinstance(error, CommandRefused)):
                raise
            context.output.show(refused_message(error))


def _enter(context: SessionContext, step: NextStep, before: Stage | None) -> Stage | None:
    """Enter the stage to which `step` leads; None ends the session."""
    stage: Stage
    match step:
        case AskNextQuestion():
            return _next(context)
        case Leave():
            state = context.session.state
            assert state is not None
            context.output.show(left_message(state, step.draft_lines))
            return None
        case AskQuestion():
            stage = Answering(context, context.session.ask(step.question, step.earlier))
        case AskAbout():
            stage = FollowUpAnswering(context, step.answered, step.point)
        case Show():
            new = not isinstance(before, FollowUpAnswering)
            stage = Review(context, step.answered, new=new)
    stage.enter()
    return stage


def _next(context: SessionContext) -> Stage | None:
    """Ask the next question of the session that can be read; None at the end."""
    while (question := context.session.current) is not None:
        try:
            return _enter(context, AskQuestion(question), None)
        except BankError as error:
            context.output.show(refused_message(error))
            context.session.pass_over(question)
    planner, state = planner_of(context.tutor), context.session.state
    assert state is not None
    report = review_session(state, planner)
    context.output.show(over_message(report, planner.bank, planner.today))
    if context.keyboard.has_unread:
        context.output.show(refused_message(CommandRefused("the rest of the input was not read")))
    return None
