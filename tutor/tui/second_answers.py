"""Second answers to single points of an answer: the earlier ones shown, new ones asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.progress import FollowedUp
from tutor.study.follow_up import SecondQuestion, second_question
from tutor.tui.background import background
from tutor.tui.follow_up import FollowUpScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tutor.bank import Question
    from tutor.progress import Attempt
    from tutor.study import StudySession
    from tutor.tui.ports import Tutor
    from tutor.tui.widgets.rubric import RubricList


class SecondAnswers:
    """What was said once more about points of one answer, shown in its rubric."""

    def __init__(
        self,
        screen: Screen[None],
        tutor: Tutor,
        session: StudySession,
        rubric: RubricList,
        done: Callable[[], None],
    ) -> None:
        """`done` is called whenever a question about a point is over."""
        self._screen = screen
        self._tutor = tutor
        self._session = session
        self._rubric = rubric
        self._done = done
        self._begun: dict[str, str] = {}
        """What was written and not submitted, by point id."""

    def show_earlier(self, attempt: str) -> None:
        """Show the second answers that the attempt with this id has already."""
        progress = self._tutor.progress

        def find() -> list[FollowedUp]:
            return [each for each in progress.follow_ups() if each.attempt == attempt]

        def show(found: list[FollowedUp]) -> None:
            for answer in found:
                self._rubric.show_second(answer)

        background(self._screen, find, show)

    def ask(self, question: Question, attempt: Attempt, number: int) -> None:
        """Ask about the point with this number, from 1, alone."""
        background(
            self._screen, lambda: second_question(question, attempt, number), self._show_question
        )

    def _show_question(self, second: SecondQuestion) -> None:
        if not self._screen.is_current:
            return  # left already, or asked twice
        begun = self._begun.get(second.point, "")
        screen = FollowUpScreen(self._tutor, self._session, second, begun)
        self._screen.app.push_screen(screen, lambda result: self._answered(second.point, result))

    def _answered(self, point: str, result: FollowedUp | str | None) -> None:
        if isinstance(result, FollowedUp):
            self._begun.pop(point, None)
            self._rubric.show_second(result)
        elif result is not None:
            self._begun[point] = result
        self._done()
