"""The reasons why a model could not be downloaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tutor.errors import TutorError


class PullFailed(TutorError):
    """The model could not be downloaded. The partial download is kept unless it is wrong."""


class NoNetwork(PullFailed):
    """The hub cannot be reached."""


class Stalled(PullFailed):
    """The server stopped sending."""


class Forbidden(PullFailed):
    """401, 403, 407, 451: the server, or a proxy in front of it, refuses to send the file."""


class FileNotOnServer(PullFailed):
    """404, 410: the server does not have the file."""


class ServerBusy(PullFailed):
    """429: too many requests, and the server asks to wait unreasonably long."""


class UnexpectedResponse(PullFailed):
    """The server answers with something that is not part of the file."""


class WrongLength(PullFailed):
    """The file on the server has a different length."""


class ChecksumMismatch(PullFailed):
    """The file is complete but has the wrong checksum."""


class NoParts(PullFailed):
    """It is wanted from the package index, which does not have it."""


class PartGone(PullFailed):
    """The package index no longer has a part; the parts before it are kept."""


class PartChanged(PullFailed):
    """A part is not what the catalogue names; the parts before it are kept."""


class DiskFull(PullFailed):
    """The disk is full or cannot be written."""


@contextmanager
def writing_models(folder: Path) -> Iterator[None]:
    """Raise DiskFull, naming `folder`, for an OSError inside."""
    try:
        yield
    except OSError as error:
        raise DiskFull(
            f"{folder} cannot be written: {error.strerror or error}.",
            remedy="Free space on that disk, or set TUTOR_HOME to another; then try again.",
        ) from error


class PullRunning(PullFailed):
    """Another process is downloading this file."""


class PullCancelled(PullFailed):
    """The download was stopped; the partial download is kept."""
