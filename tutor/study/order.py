"""Which questions first."""

from collections.abc import Mapping

from tutor.bank import DeckInfo
from tutor.progress import Draft, Standing


def choose(
    deck: DeckInfo, standings: Mapping[str, Standing], drafts: Mapping[str, Draft]
) -> tuple[str, ...]:
    """All questions of `deck`, in the order in which they are best asked.

    First what was begun (a draft with text in it), then what was never answered, in the deck's
    order, then the lowest last score, and of equal scores the one answered longest ago.
    """

    def rank(id_: str) -> tuple[int, float, float]:
        standing = standings.get(id_)
        if id_ in drafts and drafts[id_].text.strip():
            return (0, 0.0, 0.0)
        if standing is None:
            return (1, 0.0, 0.0)
        return (2, standing.last, standing.last_at.timestamp())

    return tuple(sorted((info.id for info in deck.questions), key=rank))
