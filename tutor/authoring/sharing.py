"""A deck as one file that can be given to others, and back into a profile.

An archive comes from anywhere: nothing of it is written before all of it was checked, under names
of ours, in memory, and read as a deck without a mistake.
"""

import json
import re
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from stat import S_IFMT, S_IFREG
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tutor.authoring.copies import folder_of, hide_folder, put_in_place
from tutor.bank import DeckInfo, Problem, check, printable
from tutor.bank.section_reader import deck_files
from tutor.errors import TutorError
from tutor.paths import Paths, private_folder
from tutor.progress.errors import writing

MANIFEST = "manifest.json"
FORMAT = 1
MOST_FILES = 500
LARGEST_FILE = 2 * 1024 * 1024
"""What the bank reads of one file."""
LARGEST_ARCHIVE = 64 * 1024 * 1024
_MOST_IN_ALL = 64 * 1024 * 1024
_ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_MEMBER = re.compile(rf"(?P<deck>{_ID})/(?P<name>deck\.yaml|[0-9]+-{_ID}(?:\.samples)?\.yaml)")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
"""Names that Windows takes for devices."""
_DAMAGE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every member, so that equal decks make equal bytes."""


class NotADeckArchive(TutorError):
    """A file is not what `tutor bank pack` writes, is damaged, or hostile."""


class ChecksumDiffers(TutorError):
    """An archive is not the one that was meant."""


class DeckHasMistakes(TutorError):
    """The deck of an archive would not be read."""

    def __init__(self, deck: str, problems: Sequence[Problem]) -> None:
        lines = (f"{each.file.name}:{each.line}: {each.message}" for each in problems[:5])
        super().__init__(
            "\n".join((f"The deck {deck} has mistakes and was not installed.", *lines)),
            remedy="Ask its author to run `tutor bank check`.",
        )


class DeckExists(TutorError):
    """A deck of the profile would be replaced."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} already exists.",
            remedy="Replace it with --force; the deck as it is now is kept under a hidden name.",
        )


@dataclass(frozen=True, slots=True)
class UnpackedDeck:
    """What an archive holds."""

    id: str
    files: dict[str, bytes]
    """By name."""


def pack_deck(deck: DeckInfo) -> bytes:
    """The deck's YAML files as a zip with a manifest; equal decks make equal bytes."""
    files = {file.name: file.read_bytes() for file in sorted(deck_files(folder_of(deck)))}
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
    """The deck in an archive, in memory. Raises `NotADeckArchive`, `ChecksumDiffers`.

    `expected` is the checksum that the archive has to have.
    """
    if len(data) > LARGEST_ARCHIVE:
        raise _refused("it is larger than 64 MiB")
    if expected is not None and checksum(data) != expected.strip().lower():
        raise ChecksumDiffers(
            f"The archive's SHA-256 is {checksum(data)}, not the one that you gave.",
            remedy="It is damaged or another one. Get it again.",
        )
    try:
        with ZipFile(BytesIO(data)) as archive:
            members = {info.filename: info for info in _members(archive)}
            texts = {name: _read(archive, info) for name, info in members.items()}
    except _DAMAGE as error:
        raise _refused("it is not a zip file, or damaged") from error
    try:
        manifest = json.loads(texts.pop(MANIFEST, b""))
    except (ValueError, RecursionError) as error:
        raise _refused("it has no manifest of a deck") from error
    matches = [_MEMBER.fullmatch(name) for name in texts]
    decks = {match["deck"] for match in matches if match}
    if len(decks) != 1 or None in matches or _DEVICES.fullmatch(next(iter(decks))):
        raise _refused("it has to hold the YAML files of one deck, and nothing else")
    (deck,) = decks
    files = {name.removeprefix(f"{deck}/"): data for name, data in texts.items()}
    sums = {name: sha256(data).hexdigest() for name, data in files.items()}
    if manifest != {"format": FORMAT, "deck": deck, "sha256": sums}:
        raise _refused("its files are not those that its manifest lists")
    return UnpackedDeck(deck, files)


def install_deck(deck: UnpackedDeck, paths: Paths, now: datetime, *, force: bool = False) -> Path:
    """Put a deck into the profile, once it was read without a mistake; returns its folder.

    Raises `DeckHasMistakes`, `DeckExists` unless with `force`, and `ProfileNotWritable`.
    """
    target = paths.own_questions / deck.id
    problems = _problems(deck, paths)
    if problems:
        raise DeckHasMistakes(deck.id, problems)
    if target.exists():
        if not force:
            raise DeckExists(target)
        hide_folder(target, now, "replaced")
    put_in_place(deck.files, target)
    return target


def _members(archive: ZipFile) -> list[ZipInfo]:
    """The members, if their names, kinds, number and sizes are those of a deck."""
    members = archive.infolist()
    if len(members) > MOST_FILES or len({info.filename for info in members}) < len(members):
        raise _refused("it has too many files, or one of them twice")
    for info in members:
        kind = S_IFMT(info.external_attr >> 16)  # 0 where the writer did not say
        if info.is_dir() or kind not in (0, S_IFREG) or info.flag_bits & 0x1:
            raise _refused(f"{printable(info.filename)} is not a plain file")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise _refused(f"{printable(info.filename)} is compressed in an unusual way")
        if info.filename != MANIFEST and not _MEMBER.fullmatch(info.filename):
            raise _refused(f"{printable(info.filename)} is not the name of a deck's file")
    if any(info.file_size > LARGEST_FILE for info in members):
        raise _refused("one of its files is larger than 2 MiB")
    if sum(info.file_size for info in members) > _MOST_IN_ALL:
        raise _refused("its files are larger than 64 MiB together")
    return members


def _read(archive: ZipFile, info: ZipInfo) -> bytes:
    """No more than the archive says, since what it says may be wrong."""
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise _refused(f"{printable(info.filename)} is not as large as the archive says")
    return data


def _problems(deck: UnpackedDeck, paths: Paths) -> list[Problem]:
    """What keeps a part of the deck out of the bank."""
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


def _refused(why: str) -> NotADeckArchive:
    return NotADeckArchive(
        f"This is not a deck that `tutor bank pack` wrote: {why}.",
        remedy="Nothing was installed. Get the file again from its author.",
    )
