"""How far a long job is, told on standard error."""

import time
from collections.abc import Callable

import typer

EVERY = 10.0
"""Seconds between two lines, so that nobody takes a slow model for one that hangs."""


class Narration:
    """Counts what is done and tells it now and then, with the time that is left at this rate."""

    def __init__(self, total: int, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._what = what
        self._clock = clock
        self._began = self._told = clock()
        self._done = 0

    def one_more(self) -> None:
        """One more is done."""
        self._done += 1
        now = self._clock()
        if now - self._told >= EVERY and self._done < self._total:
            self._told = now
            from tutor.study.telling import lasting  # the command line starts without it

            rate = self._done / (now - self._began)
            left = lasting((self._total - self._done) / rate)
            each = f"{rate:.3g} a second"
            told = f"{self._done} of {self._total} {self._what}, {each}, about {left} left"
            typer.echo(told, err=True)
