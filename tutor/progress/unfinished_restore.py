"""The last step of replacing a profile's files, which a start may have to take after a crash."""

import shutil
from contextlib import suppress
from pathlib import Path

from tutor.files import sync_folder
from tutor.paths import Paths

DRAFTS = "drafts.json"


def staged(paths: Paths) -> Path:
    """The folder with the new files; it exists only for a moment."""
    return paths.home / "restoring"


def finish_replacing(paths: Paths) -> None:
    """Move the files that a replacement has prepared into their places, if there are any.

    Can be interrupted anywhere and repeated. The caller is alone in the profile. Raises OSError.
    """
    folder = staged(paths)
    if not folder.is_dir():
        return
    for path in (paths.history, paths.home / DRAFTS, paths.state):
        with suppress(FileNotFoundError):
            (folder / path.name).replace(path)
    sync_folder(paths.home)
    shutil.rmtree(folder)
