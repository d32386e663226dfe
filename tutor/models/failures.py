"""Why a model could not be downloaded."""

from tutor.errors import TutorError


class PullFailed(TutorError):
    """The model could not be downloaded. What came so far is kept unless it is wrong."""


class NoNetwork(PullFailed):
    """The hub cannot be reached."""


class Stalled(PullFailed):
    """The server stopped sending."""


class Forbidden(PullFailed):
    """401, 403, 407, 451: the server, or a proxy before it, does not give the file."""


class NotThere(PullFailed):
    """404, 410: the server does not have the file."""


class Busy(PullFailed):
    """429: asked too often, and to wait for longer than is reasonable."""


class BadAnswer(PullFailed):
    """The server answers something that is no part of the file."""


class WrongLength(PullFailed):
    """The file on the server is of another length."""


class WrongBytes(PullFailed):
    """All bytes came, and they are not those of the catalogue."""


class NoParts(PullFailed):
    """It is wanted from the package index, which does not have it."""


class PartGone(PullFailed):
    """The package index no longer has a part; the parts before it are kept."""


class PartChanged(PullFailed):
    """A part is not what the catalogue names; the parts before it are kept."""


class NoRoom(PullFailed):
    """The disk is too full, or cannot be written."""


class PullRunning(PullFailed):
    """Another process is getting this file."""


class PullCancelled(PullFailed):
    """It was asked to stop; what came so far is kept."""
