"""Packs a deck into one file to share, and installs such a file into a profile.

An archive can come from anywhere. Nothing is installed until all of it has been checked in memory
and read as a deck without mistakes; its files get only names that a deck's files can have.
"""

import json
import re
import tempfile
import zlib
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from stat import S_IFMT, S_IFREG
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tutor.authoring.copies import hide_folder, put_in_place
from tutor.bank import DeckInfo, Problem, check
from tutor.bank.source_files import deck_files
from tutor.bank.text import SLUG
from tutor.bank.yaml_reader import MAX_BYTES
from tutor.errors import TutorError
from tutor.formatting import printable
from tutor.paths import Paths, private_folder
from tutor.progress.errors import ProfileNotWritable, writing

MANIFEST = "manifest.json"
FORMAT = 1
MOST_FILES = 500
LARGEST_ARCHIVE = 64 * 1024 * 1024
"""Bytes of an archive, and of all its files together."""
_MEMBER = re.compile(rf"(?P<deck>{SLUG})/(?:deck\.yaml|[0-9]+-{SLUG}(?:\.samples)?\.yaml)")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
"""Names that stand for devices on Windows."""
_DAMAGE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every member, so that equal decks give equal bytes."""


class ArchiveRefused(TutorError):
    """An archive is not one that `tutor bank pack` wrote, or its deck cannot be installed."""


@dataclass(frozen=True, slots=True)
class UnpackedDeck:
    """The deck in an archive."""

    id: str
    files: dict[str, bytes]
    """Their contents by name."""


def pack_deck(deck: DeckInfo) -> bytes:
    """The deck's YAML files as a zip with a manifest; equal decks give equal bytes."""
    files = {file.name: file.read_bytes() for file in sorted(deck_files(deck.folder))}
    manifest = {
        "format": FORMAT,
        "deck": deck.id,
        "sha256": {name: sha256(data).hexdigest() for name, data in files.items()},
    }
    members = {MANIFEST: json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n"}
    members |= {f"{deck.id}/{name}": data for name, data in files.items()}
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in members.items():
            info = ZipInfo(name, _EARLIEST)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, data, ZIP_DEFLATED, compresslevel=9)
    return out.getvalue()


def checksum(data: bytes) -> str:
    """The SHA-256 of an archive, in hexadecimal digits."""
    return sha256(data).hexdigest()


def read_archive(data: bytes, expected: str | None = None) -> UnpackedDeck:
    """Check an archive and read its deck, in memory. `expected` is the archive's checksum.

    Raises `ArchiveRefused`.
    """
    if len(data) > LARGEST_ARCHIVE:
        raise _refused("it is larger than 64 MiB")
    if expected is not None and checksum(data) != expected.strip().lower():
        raise ArchiveRefused(
            f"The archive's SHA-256 is {checksum(data)}, not the one that you gave.",
            remedy="The file is damaged, or a different one. Get it again.",
        )
    try:
        with ZipFile(BytesIO(data)) as archive:
            members = {info.filename: info for info in _members(archive)}
            texts = {name: _read(archive, info) for name, info in members.items()}
    except _DAMAGE as error:
        raise _refused("it is not a zip file, or it is damaged") from error
    try:
        manifest = json.loads(texts.pop(MANIFEST, b""))
    except (ValueError, RecursionError) as error:
        raise _refused("it has no manifest") from error
    matches = [_MEMBER.fullmatch(name) for name in texts]
    decks = {match["deck"] for match in matches if match}
    if len(decks) != 1 or None in matches or _DEVICES.fullmatch(next(iter(decks))):
        raise _refused("it must contain the YAML files of one deck, and nothing else")
    (deck,) = decks
    files = {name.removeprefix(f"{deck}/"): data for name, data in texts.items()}
    sums = {name: sha256(data).hexdigest() for name, data in files.items()}
    if manifest != {"format": FORMAT, "deck": deck, "sha256": sums}:
        raise _refused("its files are not those that its manifest lists")
    return UnpackedDeck(deck, files)


def install_deck(deck: UnpackedDeck, paths: Paths, now: datetime, *, force: bool = False) -> Path:
    """Install a deck into the profile if it can be read without mistakes; return its folder.

    With `force` it replaces a deck with the same id. Raises `ArchiveRefused` and
    `ProfileNotWritable`.
    """
    target = paths.own_questions / deck.id
    problems = _problems(deck, paths)
    if problems:
        lines = (f"{each.file.name}:{each.line}: {each.message}" for each in problems[:5])
        raise ArchiveRefused(
            "\n".join((f"The deck {deck.id} has mistakes and was not installed.", *lines)),
            remedy="Ask its author to run `tutor bank check`.",
        )
    if target.exists() and not force:
        raise ArchiveRefused(
            f"{target} already exists.",
            remedy="Replace it with --force; the present deck is kept under a hidden name.",
        )
    hidden = hide_folder(target, now, "replaced") if target.exists() else None
    try:
        put_in_place(deck.files, target)
    except ProfileNotWritable:
        if hidden is not None:
            hidden.rename(target)
        raise
    return target


def _members(archive: ZipFile) -> list[ZipInfo]:
    """The members of an archive, if a deck can have such names, kinds, numbers and sizes."""
    members = archive.infolist()
    if len(members) > MOST_FILES or len({info.filename for info in members}) < len(members):
        raise _refused("it has too many files, or two with the same name")
    for info in members:
        kind = S_IFMT(info.external_attr >> 16)  # 0 if the writer did not set it
        if info.is_dir() or kind not in (0, S_IFREG) or info.flag_bits & 0x1:
            raise _refused(f"{printable(info.filename)} is not a plain file")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise _refused(f"{printable(info.filename)} is compressed in an unusual way")
        if info.filename != MANIFEST and not _MEMBER.fullmatch(info.filename):
            raise _refused(f"{printable(info.filename)} is not the name of a deck's file")
    if any(info.file_size > MAX_BYTES for info in members):
        raise _refused("one of its files is larger than 2 MiB")
    if sum(info.file_size for info in members) > LARGEST_ARCHIVE:
        raise _refused("its files are larger than 64 MiB together")
    return members


def _read(archive: ZipFile, info: ZipInfo) -> bytes:
    """Read a member, but no more than its stated size, which may be wrong."""
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise _refused(f"{printable(info.filename)} is not as large as the archive says")
    return data


def _problems(deck: UnpackedDeck, paths: Paths) -> list[Problem]:
    """The mistakes that would keep a part of the deck out of the bank."""
    with (
        writing(paths.edits),
        tempfile.TemporaryDirectory(
            prefix="unpacked-", dir=private_folder(paths.edits)
        ) as temporary,
    ):
        folder = Path(temporary) / deck.id
        folder.mkdir(mode=0o700)
        for name, data in deck.files.items():
            (folder / name).write_bytes(data)
        return [problem for problem in check([folder]) if problem.severity == "error"]


def _refused(why: str) -> ArchiveRefused:
    return ArchiveRefused(
        f"This is not a deck that `tutor bank pack` wrote: {why}.",
        remedy="Nothing was installed. Get the file again from its author.",
    )
