"""From question to verdict to question, until the session is over or left."""

from tutor.bank import BankError
from tutor.cli.plain.answering import About, Answering
from tutor.cli.plain.judged import Judged
from tutor.cli.plain.state import Ask, AskAbout, AskNext, Leave, Refused, Show, State, Step, Talk
from tutor.cli.plain.words import left_told, over_told, refused_told
from tutor.errors import TutorError
from tutor.study import review_session
from tutor.study.opening import open_question


def converse(talk: Talk) -> None:
    """Ask, hear, judge and tell; returns when the session is over or left.

    What cannot be done is told, and a person can try again; without one it is raised: a TutorError.
    """
    state = _enter(talk, AskNext(), None)
    while state is not None:
        try:
            step = state.hear(talk.keyboard.listen())
            state = state if step is None else _enter(talk, step, state)
        except TutorError as error:
            if not (talk.keyboard.is_terminal or isinstance(error, Refused)):
                raise
            talk.teller.tell(refused_told(error))


def _enter(talk: Talk, step: Step, before: State | None) -> State | None:
    """The state to which `step` leads; None where the conversation ends."""
    if isinstance(step, AskNext):
        return _next(talk)
    if isinstance(step, Leave):
        talk.teller.tell(left_told(talk.session, step.drafted))
        return None
    state = _state(talk, step, before)
    state.enter()
    return state


def _state(talk: Talk, step: Ask | Show | AskAbout, before: State | None) -> State:
    match step:
        case Ask():
            tutor = talk.tutor
            opening = open_question(
                tutor.bank,
                tutor.progress,
                step.question,
                wanted=talk.language,
                earlier=step.earlier,
            )
            return Answering(talk, opening)
        case AskAbout():
            return About(talk, step.question, step.attempt, step.point)
        case Show():
            new = not isinstance(before, About)
            return Judged(talk, step.question, step.attempt, new=new)


def _next(talk: Talk) -> State | None:
    """The next question of the session that can be read; None at the end."""
    while not talk.session.done:
        question = talk.session.questions[talk.session.position]
        try:
            return _enter(talk, Ask(question), None)
        except BankError as error:
            talk.teller.tell(refused_told(error))
            talk.done_with(question)
    planner = talk.planner()
    report = review_session(talk.session, planner)
    talk.teller.tell(over_told(report, planner.bank, planner.today))
    if talk.keyboard.is_unheard:
        talk.teller.tell(refused_told(Refused("the rest of the input was not read")))
    return None
