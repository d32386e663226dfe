"""Opens the decks that come with the tutor."""

from tutor.bank import Bank, open_bank
from tutor.paths import find_paths


def our_bank() -> Bank:
    """Our own decks, without those of a student; reading them takes some seconds."""
    return open_bank([find_paths({}).resources / "questions"], None)
