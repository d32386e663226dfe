"""How far the student has come, deck by deck."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tutor.bank import Bank, DeckInfo, Text
from tutor.progress import Standing
from tutor.study.due import retrievability


@dataclass(frozen=True)
class DeckSummary:
    """One deck at a glance."""

    id: str
    title: Text
    questions: int
    answered: int
    """How many of its questions were answered at least once."""
    mastery: float | None
    """The mean over all its questions of last score times retrievability, from 0 to 1, as on the
    progress screen; an unanswered one counts 0. None where none was answered."""


def summarise(
    bank: Bank, standings: Mapping[str, Standing], now: datetime
) -> tuple[DeckSummary, ...]:
    """Every deck of the bank, in the bank's order."""
    return tuple(_summary(deck, standings, now) for deck in bank.decks)


def _summary(deck: DeckInfo, standings: Mapping[str, Standing], now: datetime) -> DeckSummary:
    known = [standings[info.id] for info in deck.questions if info.id in standings]
    scores = [row.last * retrievability(row.memory, now) for row in known]
    return DeckSummary(
        id=deck.id,
        title=deck.title,
        questions=len(deck.questions),
        answered=len(scores),
        mastery=sum(scores) / len(deck.questions) if scores else None,
    )
