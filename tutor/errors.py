"""The one root of all errors that a person is meant to read."""


class TutorError(Exception):
    """An error with a name, a sentence that says what is wrong, and one that says what to do.

    The command line prints both and exits with 1; the screens show both. A bug is never a
    `TutorError`.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
