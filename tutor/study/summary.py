"""How far the student has come, deck by deck."""

from collections.abc import Mapping
from dataclasses import dataclass

from tutor.bank import Bank, DeckInfo, Text
from tutor.progress import Standing


@dataclass(frozen=True)
class DeckSummary:
    """One deck at a glance."""

    id: str
    title: Text
    questions: int
    answered: int
    """How many of its questions were answered at least once."""
    mastery: float | None
    """The mean last score over all its questions, from 0 to 1, an unanswered one counting 0; None
    where none was answered."""


def summarise(bank: Bank, standings: Mapping[str, Standing]) -> tuple[DeckSummary, ...]:
    """Every deck of the bank, in the bank's order."""
    return tuple(_summary(deck, standings) for deck in bank.decks)


def _summary(deck: DeckInfo, standings: Mapping[str, Standing]) -> DeckSummary:
    scores = [standings[info.id].last for info in deck.questions if info.id in standings]
    return DeckSummary(
        id=deck.id,
        title=deck.title,
        questions=len(deck.questions),
        answered=len(scores),
        mastery=sum(scores) / len(deck.questions) if scores else None,
    )
