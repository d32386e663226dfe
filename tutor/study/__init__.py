"""What to ask next: an overview of the decks, the order of questions, sessions.

Pure functions over what `tutor.bank` and `tutor.progress` hold; may import those two.
"""

from tutor.study.order import choose
from tutor.study.session import resume_or_start
from tutor.study.summary import DeckSummary, summarise

__all__ = ["DeckSummary", "choose", "resume_or_start", "summarise"]
