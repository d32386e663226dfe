"""What studying needs from the program."""

from datetime import datetime
from typing import Protocol

from tutor.bank import Bank
from tutor.progress import Progress
from tutor.study.preferences import Preferences


class Services(Protocol):
    """The parts and settings of the program that sessions, plans and exams work with."""

    @property
    def bank(self) -> Bank:
        """The decks and questions."""

    @property
    def progress(self) -> Progress:
        """The student's progress."""

    @property
    def preferences(self) -> Preferences:
        """How the student wants to study."""

    def clock(self) -> datetime:
        """The time, in UTC."""

    def new_id(self) -> str:
        """A new id for an attempt."""
