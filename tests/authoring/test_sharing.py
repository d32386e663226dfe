"""A deck as one file: what goes in, what is refused, and that nothing is half installed."""

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from tests.authoring.conftest import NOON, Reopen
from tutor.authoring import copies
from tutor.authoring.sharing import (
    MANIFEST,
    ArchiveRefused,
    checksum,
    install_deck,
    pack_deck,
    read_archive,
)
from tutor.bank import Bank
from tutor.paths import Paths
from tutor.progress import ProfileNotWritable


def archive(files: dict[str, bytes], deck: str = "theirs", **manifest: object) -> bytes:
    """A zip as `pack_deck` makes it, of any files."""
    out = BytesIO()
    sums = {name.removeprefix(f"{deck}/"): sha256(data).hexdigest() for name, data in files.items()}
    head = {"format": 1, "deck": deck, "sha256": sums, **manifest}
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        file.writestr(MANIFEST, json.dumps(head))
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def files(bank: Bank) -> dict[str, bytes]:
    """A deck `theirs`, by name in an archive."""
    folder = bank.info("mine.1.1").file.parent
    return {
        f"theirs/{file.name}": file.read_bytes().replace(b"mine.", b"theirs.")
        for file in folder.iterdir()
    }


def test_a_deck_goes_there_and_back(bank: Bank, paths: Paths, reopen: Reopen) -> None:
    data = pack_deck(bank.deck("mine"))
    folder = bank.info("mine.1.1").file.parent
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    (folder / "secret.txt").write_text("not of the deck")
    (folder / ".origin.json").write_text("{}")
    assert pack_deck(reopen().deck("mine")) == data
    assert checksum(data) == sha256(data).hexdigest()
    deck = read_archive(data, checksum(data).upper() + "\n")
    assert (deck.id, deck.files) == ("mine", before)
    with pytest.raises(ArchiveRefused, match="already exists"):
        install_deck(deck, paths, NOON)
    assert install_deck(deck, paths, NOON, force=True) == folder
    (hidden,) = paths.own_questions.glob(".mine.replaced-*")
    assert (hidden / "secret.txt").exists()
    assert len(reopen().deck("mine").questions) == 2


def test_a_deck_that_cannot_be_replaced_stays(
    bank: Bank, paths: Paths, reopen: Reopen, monkeypatch: pytest.MonkeyPatch
) -> None:
    deck = read_archive(pack_deck(bank.deck("mine")))

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies, "write_safely", full)
    with pytest.raises(ProfileNotWritable, match="No space left"):
        install_deck(deck, paths, NOON, force=True)
    assert len(reopen().deck("mine").questions) == 2


OUTSIDE = [
    "../evil.yaml", "theirs/../../evil.yaml", "/etc/evil.yaml", "theirs\\1-x.yaml", "C:/1-x.yaml",
    "theirs/deeper/1-x.yaml", "other/1-x.yaml", "theirs/.1-x.yaml", "theirs/run.sh",
    "theirs/1-X.yaml", "theirs/", "theirs/1-x.yaml\x1b[2J",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_no_deck_has_are_refused(files: dict[str, bytes], name: str) -> None:
    with pytest.raises(ArchiveRefused) as raised:
        read_archive(archive({**files, name: b"x"}))
    assert raised.value.message.isprintable()


def test_names_of_devices_are_refused(files: dict[str, bytes]) -> None:
    renamed = {name.replace("theirs/", "con/"): data for name, data in files.items()}
    with pytest.raises(ArchiveRefused):
        read_archive(archive(renamed, "con"))


def test_links_and_other_kinds_are_refused(files: dict[str, bytes]) -> None:
    for mode in (0o120777, 0o040755, 0o010644):
        out = BytesIO(archive(files))
        with ZipFile(out, "a") as file:
            link = ZipInfo("theirs/2-link.yaml")
            link.create_system, link.external_attr = 3, mode << 16
            file.writestr(link, "/etc/passwd")
        with pytest.raises(ArchiveRefused, match="not a plain file"):
            read_archive(out.getvalue())


def test_bombs_are_refused_before_they_are_read(files: dict[str, bytes]) -> None:
    bomb = archive({**files, "theirs/2-bomb.yaml": bytes(3 * 1024 * 1024)})
    assert len(bomb) < 20_000
    with pytest.raises(ArchiveRefused, match="larger than 2 MiB"):
        read_archive(bomb)
    many = archive({**files, **{f"theirs/{n}-x.yaml": b"" for n in range(2, 600)}})
    with pytest.raises(ArchiveRefused, match="too many files"):
        read_archive(many)
    large = {f"theirs/{n}-x.yaml": bytes(2 * 1024 * 1024) for n in range(2, 36)}
    with pytest.raises(ArchiveRefused, match="64 MiB together"):
        read_archive(archive({**files, **large}))
    with pytest.raises(ArchiveRefused, match="larger than 64 MiB"):
        read_archive(bytes(64 * 1024 * 1024 + 1))


def test_a_size_that_is_a_lie_is_seen(files: dict[str, bytes]) -> None:
    data = bytearray(archive({**files, "theirs/2-x.yaml": b"a" * 1000}))
    place = data.rindex(b"theirs/2-x.yaml") - 46
    assert data[place : place + 4] == b"PK\x01\x02"
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(ArchiveRefused):
        read_archive(bytes(data))


def test_unusual_archives_are_refused(files: dict[str, bytes]) -> None:
    twice = BytesIO(archive(files))
    with ZipFile(twice, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("theirs/deck.yaml", "title: x")
    packed = BytesIO(archive(files))
    with ZipFile(packed, "a", ZIP_BZIP2) as file:
        file.writestr("theirs/2-x.yaml", "x")
    changed = BytesIO(archive(files))
    with ZipFile(changed, "a") as file:
        file.writestr("theirs/2-x.yaml", "x")
    empty = BytesIO()
    with ZipFile(empty, "w"):
        pass
    for data in (
        twice.getvalue(),
        packed.getvalue(),
        changed.getvalue(),
        empty.getvalue(),
        archive(files, format=2),
        archive(files, deck="theirs", sha256={}),
        archive({}, "theirs"),
        b"",
        b"PK\x03\x04",
        archive(files)[:-30],
        b"[" * 100_000,
    ):
        with pytest.raises(ArchiveRefused):
            read_archive(data)


def test_a_deck_with_mistakes_is_not_installed(files: dict[str, bytes], paths: Paths) -> None:
    broken = files | {
        "theirs/01-part.yaml": files["theirs/01-part.yaml"].replace(b"level", b"levl")
    }
    with pytest.raises(ArchiveRefused, match="the key `levl` is not known"):
        install_deck(read_archive(archive(broken)), paths, NOON)
    headless = {name: data for name, data in files.items() if not name.endswith("deck.yaml")}
    with pytest.raises(ArchiveRefused, match="has no deck"):
        install_deck(read_archive(archive(headless)), paths, NOON)
    assert [path.name for path in paths.own_questions.iterdir()] == ["mine"]
    assert list(paths.edits.iterdir()) == []


def test_every_broken_byte_is_seen_or_harmless(files: dict[str, bytes]) -> None:
    data = archive({name: data for name, data in files.items() if name.endswith("deck.yaml")})
    whole = read_archive(data)
    for at in range(len(data)):
        broken = data[:at] + bytes((data[at] ^ 0x55,)) + data[at + 1 :]
        try:
            assert read_archive(broken) == whole
        except ArchiveRefused:
            continue
