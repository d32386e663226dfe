"""The base class of all errors that are meant for people."""


class TutorError(Exception):
    """An error with a message that says what is wrong and a remedy that says what to do.

    The command line prints both and exits with 1; the screens show both. Bugs raise other errors.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
