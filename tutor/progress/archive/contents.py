"""A backup as one file: the history and the drafts of the profile, unchanged, in a zip.

Standings are not in it, since they are made from the history. Equal profiles make equal bytes.
"""

import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tutor.paths import Paths
from tutor.progress.errors import ProgressError
from tutor.progress.lock import DRAFTS

EMPTY_TABLES = b"{}"
"""A TinyDB file without tables."""

_LARGEST = 2**30
"""The most bytes that a file in a backup may have: 1 GiB, about half a million attempts."""

_DAMAGE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


class BackupUnreadable(ProgressError):
    """A file is not a backup of a profile, or is damaged."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} cannot be read as a backup: {why}. Nothing was changed.",
            remedy="`tutor progress backups` lists this profile's backups.",
        )


@dataclass(frozen=True, slots=True)
class Contents:
    """What a profile is made from."""

    history: bytes
    drafts: bytes | None = None
    """None if there are none, or if those in the profile are to stay."""


def read_contents(paths: Paths) -> Contents:
    """What the profile contains now. Raises OSError.

    Another process may be saving. So the drafts are read first: an answer that is just being
    submitted is then in the drafts, in the history, or in both.
    """
    drafts = _read(paths.home / DRAFTS)
    return Contents(_read(paths.history) or b"", drafts)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def pack(paths: Paths, contents: Contents) -> bytes:
    """The bytes of a backup with `contents`."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        _add(archive, paths.history.name, contents.history)
        if contents.drafts is not None:
            _add(archive, DRAFTS, contents.drafts)
    return buffer.getvalue()


def _add(archive: ZipFile, name: str, data: bytes) -> None:
    """Add a member with a fixed date, so that equal contents make equal bytes."""
    member = ZipInfo(name)
    member.external_attr = 0o600 << 16
    archive.writestr(member, data, ZIP_DEFLATED, compresslevel=1)


def unpack(paths: Paths, path: Path) -> Contents:
    """The contents of the backup at `path`; if it has no drafts, they are empty.

    Only the members of a backup are read, by their names. Raises BackupUnreadable.
    """
    try:
        with ZipFile(path) as archive:
            history = _member(archive, paths.history.name)
            drafts = DRAFTS in archive.namelist()
            return Contents(history, _member(archive, DRAFTS) if drafts else EMPTY_TABLES)
    except OSError as error:
        raise BackupUnreadable(path, error.strerror or type(error).__name__) from error
    except _DAMAGE as error:
        raise BackupUnreadable(path, str(error)) from error


def _member(archive: ZipFile, name: str) -> bytes:
    """A member's bytes, with its checksum checked. Raises ValueError, BadZipFile."""
    if name not in archive.namelist():
        raise ValueError(f"it contains no {name}")
    member = archive.getinfo(name)
    if member.file_size > _LARGEST:
        raise ValueError(f"{name} in it is larger than 1 GiB")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise ValueError(f"{name} in it is compressed in a way that backups never are")
    return archive.read(name)
