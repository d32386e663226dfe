"""The end of a session: what was done, and what next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from tutor.progress import SessionState, Standing
from tutor.tui.keys import key
from tutor.tui.messages import DeckChosen, TodayAsked
from tutor.tui.sitting import Place
from tutor.tui.text import clean, count_of, mark_in_words, percent
from tutor.tui.widgets.top_bar import TopBar


@dataclass(frozen=True, slots=True)
class Result:
    """What a session came to."""

    answered: int
    mean: float | None
    """The mean of the last scores, from 0 to 1; None when nothing was answered."""
    weakest: str | None
    """The question that went worst, if any point of it was missed."""


def result_of(session: SessionState, standings: Mapping[str, Standing]) -> Result:
    """The result of the session, from where its questions stand since it started."""
    found = (standings.get(question) for question in session.questions)
    rows = [row for row in found if row is not None and row.last_at >= session.started]
    if not rows:
        return Result(0, None, None)
    worst = min(rows, key=lambda row: row.last)
    mean = sum(row.last for row in rows) / len(rows)
    return Result(len(rows), mean, worst.question if worst.missed else None)


def result_words(result: Result) -> tuple[str, ...]:
    """The result in a few lines."""
    if result.mean is None:
        return ("That was the last question.", "Nothing was answered in this session.")
    score = f"{percent(result.mean)} · {mark_in_words(result.mean)}"
    lines = [
        "That was the last question.",
        f"{count_of(result.answered, 'question')} answered, on average {score}.",
    ]
    if result.weakest is None:
        lines.append("Every point was met.")
    else:
        lines.append(f"It went worst with {clean(result.weakest)}: it comes again early next time.")
    return tuple(lines)


class EndScreen(Screen[None]):
    """Tells how the session went; Enter goes on."""

    CSS_PATH = "end.tcss"
    HELP: ClassVar[str | None] = """
    `Enter` goes back to Today, `a` asks more from the same deck.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        key("enter,escape", "today", "Today", id="end.today"),
        key("a", "another", "Another round", id="end.another"),
    ]

    def __init__(self, result: Result, deck: str | None, place: Place) -> None:
        super().__init__()
        self._result = result
        self._deck = deck
        self._place = place

    def compose(self) -> ComposeResult:
        """A few lines."""
        yield TopBar(self._place.title, self._place.count)
        with VerticalScroll(id="end-page"):
            yield Static(
                Content("\n\n".join(result_words(self._result))), id="result", markup=False
            )
        yield Footer(compact=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Another round needs a deck."""
        return self._deck is not None if action == "another" else True

    def action_today(self) -> None:
        """Go back to Today."""
        self.post_message(TodayAsked())

    def action_another(self) -> None:
        """Start another session with the same deck."""
        if self._deck is not None:
            self.post_message(DeckChosen(self._deck))
