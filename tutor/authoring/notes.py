"""What other programs keep: a question with its answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A question and its answer as one file had them, in plain text."""

    key: str
    """Stays the same when the texts change, where the file says what does; else from the prompt."""
    prompt: str
    answer: str
    place: str
    """Where in the file it is, for people: `line 12`, `note 1700000000000`."""
    tags: tuple[str, ...] = ()
