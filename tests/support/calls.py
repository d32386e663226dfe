"""A blocking call in a thread of its own."""

import threading
from collections.abc import Callable

from tests.support.patience import SECONDS
from tutor.errors import TutorError


class Call(threading.Thread):
    """Makes a call at once."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work = work
        self._error: TutorError | None = None
        self.start()

    def run(self) -> None:
        try:
            self._work()
        except TutorError as error:
            self._error = error

    def error(self, seconds: float = SECONDS) -> TutorError | None:
        """Wait for the end; what it raised."""
        self.join(seconds)
        assert not self.is_alive()
        return self._error
