"""What today has in store, in figures and in words."""

from dataclasses import dataclass

from tutor.study import Plan, Planner


@dataclass(frozen=True, slots=True)
class Agenda:
    """Questions by why they are to be asked, and the way to the exam."""

    due: int
    new: int
    """How many new ones today still has."""
    weak: int
    """Questions with a point that was missed last time."""
    plan: Plan | None
    decks: frozenset[str] = frozenset()
    """The decks to list: those of which anything is studied, or all where that is none."""

    @property
    def words(self) -> str:
        """`12 due · 8 new today`."""
        return f"{self.due} due · {self.new} new today"


def agenda_of(planner: Planner) -> Agenda:
    """The agenda; it takes a moment, since every standing is looked at."""
    weak = len({point.question for point in planner.weak})
    decks = planner.bank.decks
    studied = [deck for deck in decks if any(planner.studied(info.id) for info in deck.questions)]
    listed = frozenset(deck.id for deck in studied or decks)
    return Agenda(len(planner.due), len(planner.new), weak, planner.plan, listed)
