"""From question to verdict to question, until the session is over or left."""

from tutor.bank import BankError
from tutor.cli.linemode.answering import Answering, QuestionContext
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
from tutor.cli.linemode.messages import left_told, over_told, refused_told
from tutor.cli.linemode.review import Review
from tutor.errors import TutorError
from tutor.study.session_report import review_session


def converse(talk: SessionContext) -> None:
    """Ask, hear, judge and tell; returns when the session is over or left.

    What cannot be done is told, and a person can try again; without one it is raised: a TutorError.
    """
    state = _enter(talk, AskNextQuestion(), None)
    while state is not None:
        try:
            step = state.hear(talk.keyboard.listen())
            state = state if step is None else _enter(talk, step, state)
        except TutorError as error:
            if not (talk.keyboard.is_terminal or isinstance(error, CommandRefused)):
                raise
            talk.teller.tell(refused_told(error))


def _enter(talk: SessionContext, step: NextStep, before: Stage | None) -> Stage | None:
    """The state to which `step` leads; None where the conversation ends."""
    if isinstance(step, AskNextQuestion):
        return _next(talk)
    if isinstance(step, Leave):
        state_left = talk.session.state
        assert state_left is not None
        talk.teller.tell(left_told(state_left, step.drafted))
        return None
    state = _state(talk, step, before)
    state.enter()
    return state


def _state(
    talk: SessionContext, step: AskQuestion | Show | AskAbout, before: Stage | None
) -> Stage:
    match step:
        case AskQuestion():
            return Answering(talk, talk.session.ask(step.question, step.earlier))
        case AskAbout():
            return QuestionContext(talk, step.answered, step.point)
        case Show():
            return Review(talk, step.answered, new=not isinstance(before, QuestionContext))


def _next(talk: SessionContext) -> Stage | None:
    """The next question of the session that can be read; None at the end."""
    while (question := talk.session.current) is not None:
        try:
            return _enter(talk, AskQuestion(question), None)
        except BankError as error:
            talk.teller.tell(refused_told(error))
            talk.session.pass_over(question)
    planner, state = talk.session.planner(), talk.session.state
    assert state is not None
    report = review_session(state, planner)
    talk.teller.tell(over_told(report, planner.bank, planner.today))
    if talk.keyboard.is_unheard:
        talk.teller.tell(refused_told(CommandRefused("the rest of the input was not read")))
    return None
