"""Downloads that are cut, stalled, misled, refused and redirected, from a local hub."""

import threading
from collections import namedtuple
from email.utils import formatdate
from pathlib import Path

import pytest
from filelock import FileLock

from tests.models.conftest import QUICK, MakePull, entry_of, running_until_cancelled
from tests.models.server import (
    Behaviour,
    Handler,
    Hub,
    cut,
    elsewhere,
    endless,
    from_the_start,
    mute,
    other,
    serve,
    shifted,
    stall,
    status,
)
from tests.support.patience import SECONDS
from tutor.engine.gguf import read_header
from tutor.models import DownloadProgress, DownloadStage, PullFailed
from tutor.models.download import partial_of
from tutor.models.transfer import DiskFull, Patience

PATH = f"/someone/tiny-GGUF/resolve/{'a' * 40}/tiny.gguf"


def test_a_download_is_complete_and_readable(hub: Hub, make_pull: MakePull) -> None:
    seen: list[DownloadProgress] = []
    path = make_pull(seen.append).run()
    assert path.read_bytes() == hub.content
    assert read_header(path).architecture == "llama"
    assert [file.name for file in path.parent.iterdir()] == ["tiny.gguf"]
    assert [at for at, _ in hub.asked] == [PATH]
    assert {progress.stage for progress in seen} == {
        DownloadStage.CONNECTING,
        DownloadStage.LOADING,
        DownloadStage.CHECKING,
    }
    assert seen[-1].done == seen[-1].total == len(hub.content)
    done = [progress.done for progress in seen if progress.stage is DownloadStage.LOADING]
    assert done == sorted(done)


def test_nothing_about_this_machine_is_sent(hub: Hub, make_pull: MakePull) -> None:
    make_pull().run()
    ((_, headers),) = hub.asked
    assert headers["user-agent"].startswith("offline-tutor/")
    assert "python" not in headers["user-agent"]
    assert "authorization" not in headers
    assert headers["accept-encoding"] == "identity"


def part(length: int) -> Behaviour:
    """Send no length, and close the connection properly after a part."""

    def behave(handler: Handler) -> None:
        handler.head(200)
        handler.wfile.write(handler.server.content[:length])

    return behave


@pytest.mark.parametrize(
    ("plan", "note", "kept", "more"),
    [
        ([cut(0)], "was lost", 0, []),
        ([cut(1)], "was lost", 1, []),
        ([cut(100_000)], "was lost", 100_000, []),
        ([part(9000)], "stopped before the end", 9000, []),
        *(([status(code)], "is busy", 0, []) for code in (408, 429, 500, 503)),
        ([cut(5000), status(416)], "was lost", 5000, [""]),
        ([cut(5000), from_the_start], "was lost", 5000, []),
    ],
    ids=["cut at once", "cut after a byte", "cut late", "incomplete", "408", "429", "500", "503",
         "does not resume", "ignores ranges"],
)  # fmt: skip
def test_a_download_continues_after_a_failure(
    hub: Hub, make_pull: MakePull, plan: list[Behaviour], note: str, kept: int, more: list[str]
) -> None:
    hub.plan = list(plan)
    seen: list[DownloadProgress] = []
    assert make_pull(seen.append).run().read_bytes() == hub.content
    assert hub.ranges == ["", f"bytes={kept}-" if kept else "", *more]
    waits = next(progress for progress in seen if progress.stage is DownloadStage.WAITING)
    assert note in waits.note
    assert waits.done == kept


@pytest.mark.parametrize(
    ("plan", "message", "remedies", "kept"),
    [
        ([cut(1000), status(401)], "401", ["HF_TOKEN"], 1000),
        ([cut(1000), status(403)], "403", ["HF_ENDPOINT"], 1000),
        ([cut(1000), status(451)], "451", ["mirror"], 1000),
        ([cut(1000), status(407)], "407", ["HTTPS_PROXY"], 1000),
        ([cut(1000), status(404)], "404", ["tutor model list"], 1000),
        ([cut(1000), status(410)], "410", ["tutor model add FILE"], 1000),
        ([status(204)], "answered 204", [], 0),
        ([status(503)] * QUICK.attempts, "busy", [], 0),
        ([status(416)] * QUICK.attempts, "does not match", [], 0),
        ([status(429, retry_after="3600")], "asks to wait 3600 s", [], 0),
        ([cut(50_000)] * 5 + [cut(0)] * (QUICK.attempts - 1), "lost",
         ["HF_ENDPOINT", "HTTPS_PROXY"], 250_000),
        ([other(b"<html>log in")], r"sends 12 bytes for tiny\.gguf, which has", ["proxy"], 0),
        ([endless], r"sends \d+ bytes for tiny\.gguf, which has", ["proxy"], 0),
        ([cut(5000), shifted], "sends -1 bytes", [], 5000),
    ],
    ids=["401", "403", "451", "407", "404", "410", "no file", "always busy",
         "always another length", "an unreasonable wait", "attempts that bring nothing",
         "too short", "too long", "another range"],
)  # fmt: skip
def test_a_failure_says_what_to_do_and_keeps_what_has_arrived(
    hub: Hub,
    make_pull: MakePull,
    plan: list[Behaviour],
    message: str,
    remedies: list[str],
    kept: int,
) -> None:
    hub.plan = list(plan)
    job = make_pull()
    with pytest.raises(PullFailed, match=message) as caught:
        job.run()
    assert all(words in caught.value.remedy for words in remedies)
    assert len(hub.asked) == len(plan)
    assert job.partial.read_bytes() == hub.content[:kept]
    assert not job.target.exists()
    assert make_pull().run().read_bytes() == hub.content
    assert hub.ranges[-1] == (f"bytes={kept}-" if kept else "")


def test_a_stalled_download_is_resumed(hub: Hub, make_pull: MakePull) -> None:
    hub.plan = [stall(70_000)]
    patience = Patience(stall=0.5, pause=0)
    assert make_pull(patience=patience).run().read_bytes() == hub.content
    assert hub.ranges == ["", "bytes=70000-"]


@pytest.mark.parametrize("behaviour", [stall(0), mute], ids=["after the head", "before it"])
def test_a_server_that_sends_nothing_is_an_error(
    hub: Hub, make_pull: MakePull, behaviour: Behaviour
) -> None:
    hub.plan = [behaviour] * 2
    patience = Patience(stall=0.05, pause=0, attempts=2)
    with pytest.raises(PullFailed, match="sent nothing"):
        make_pull(patience=patience).run()


def test_an_unreachable_hub_is_an_error(make_pull: MakePull, tmp_path: Path) -> None:
    with Hub(b"") as closed:
        url = closed.url
    with pytest.raises(PullFailed, match="cannot be reached") as caught:
        make_pull(environ={"HF_ENDPOINT": url}).run()
    assert "tutor model add FILE" in caught.value.remedy
    assert not (tmp_path / "models" / "tiny.gguf").exists()


@pytest.mark.parametrize("endpoint", ["no address", "http://hub.invalid:x", "ftp://hub.invalid"])
def test_an_invalid_address_is_an_error(make_pull: MakePull, endpoint: str) -> None:
    with pytest.raises(PullFailed) as caught:
        make_pull(environ={"HF_ENDPOINT": endpoint}).run()
    assert "HF_ENDPOINT" in caught.value.remedy


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "socks4://127.0.0.1:9", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_an_error(
    make_pull: MakePull, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(PullFailed, match="proxy") as caught:
        make_pull().run()
    assert "ALL_PROXY" in caught.value.remedy


def test_the_hubs_offline_setting_is_respected(
    hub: Hub, make_pull: MakePull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(PullFailed, match="HF_HUB_OFFLINE is set"):
        make_pull().run()
    assert hub.asked == []


def test_a_folder_that_cannot_be_written_is_an_error(
    hub: Hub, make_pull: MakePull, tmp_path: Path
) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(DiskFull, match="cannot be written"):
        make_pull().run()
    assert hub.asked == []


def test_retry_after_is_respected(hub: Hub, make_pull: MakePull) -> None:
    waits = ("0", formatdate(0, usegmt=True), formatdate(0), "Thu, 01 Jan 1970 00:00:00")
    hub.plan = [status(429, retry_after=each) for each in waits]
    patience = Patience(pause=1000, longest=1000, attempts=9)
    assert make_pull(patience=patience).run().read_bytes() == hub.content


def test_wrong_bytes_are_deleted_and_never_used(hub: Hub, make_pull: MakePull) -> None:
    hub.plan = [other(bytes(len(hub.content)))]
    job = make_pull()
    with pytest.raises(PullFailed, match="deleted") as caught:
        job.run()
    assert "Try again" in caught.value.remedy
    assert list(job.target.parent.iterdir()) == []
    assert make_pull().run().read_bytes() == hub.content


def test_a_damaged_file_is_replaced_only_by_a_correct_one(hub: Hub, make_pull: MakePull) -> None:
    job = make_pull()
    job.target.parent.mkdir()
    damaged = bytes(len(hub.content))
    job.target.write_bytes(damaged)
    hub.plan = [status(404)]
    with pytest.raises(PullFailed, match="404"):
        job.run()
    assert job.target.read_bytes() == damaged
    assert make_pull().run().read_bytes() == hub.content


def test_an_installed_file_is_not_downloaded(hub: Hub, make_pull: MakePull) -> None:
    make_pull().run()
    make_pull().run()
    assert len(hub.asked) == 1


def test_a_redirection_is_followed_without_the_token(hub: Hub, make_pull: MakePull) -> None:
    with Hub(hub.content) as storage:
        hub.plan = [elsewhere(storage.url)] * 2
        storage.plan = [cut(4000)]
        assert make_pull(environ={"HF_TOKEN": "hf_secret"}).run().read_bytes() == hub.content
        assert [headers.get("authorization") for _, headers in hub.asked] == [
            "Bearer hf_secret"
        ] * 2
        assert ["authorization" in headers for _, headers in storage.asked] == [False, False]
        assert storage.ranges == ["", "bytes=4000-"]


def test_a_proxy_is_used(hub: Hub, make_pull: MakePull, monkeypatch: pytest.MonkeyPatch) -> None:
    """No host has this name, so the file can only come through the proxy."""
    monkeypatch.setenv("HTTP_PROXY", hub.url)
    environ = {"HF_ENDPOINT": "http://hub.invalid"}
    assert make_pull(environ=environ).run().read_bytes() == hub.content
    ((path, headers),) = hub.asked
    assert path == f"http://hub.invalid{PATH}"
    assert headers["host"] == "hub.invalid"


@pytest.mark.parametrize(
    ("plan", "stage"),
    [
        ([stall(10_000)], DownloadStage.LOADING),
        ([cut(10_000)], DownloadStage.WAITING),
        ([serve], DownloadStage.CHECKING),
    ],
    ids=["while nothing comes", "in a pause", "while it is checked"],
)
def test_cancelling_stops_at_once_and_keeps_the_partial_file(
    hub: Hub, make_pull: MakePull, plan: list[Behaviour], stage: DownloadStage
) -> None:
    hub.plan = plan
    reached = threading.Event()

    def listen(progress: DownloadProgress) -> None:
        if progress.stage is stage and progress.done:
            reached.set()
            if stage is DownloadStage.CHECKING:
                job.cancel()

    job = make_pull(listen, patience=Patience(stall=60, pause=60, longest=60, report=0))
    with running_until_cancelled(job):
        assert reached.wait(SECONDS)
        job.cancel()
    assert job.partial.stat().st_size >= 10_000
    hub.plan = []
    assert make_pull().run().read_bytes() == hub.content


def test_free_space_is_checked_before_the_first_byte(
    hub: Hub, make_pull: MakePull, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage(10, 10, 1000))
    with pytest.raises(DiskFull, match="1000 bytes are free"):
        make_pull().run()
    assert hub.asked == []


def test_two_downloads_of_one_file_do_not_run_at_once(hub: Hub, make_pull: MakePull) -> None:
    job = make_pull()
    job.target.parent.mkdir()
    lock = FileLock(job.partial.with_suffix(".lock"))
    with lock, pytest.raises(PullFailed, match="Another process"):
        job.run()
    assert hub.asked == []


def test_a_partial_file_that_is_too_long_starts_over(hub: Hub, make_pull: MakePull) -> None:
    job = make_pull()
    job.target.parent.mkdir()
    job.partial.write_bytes(bytes(len(hub.content) + 1))
    assert job.run().read_bytes() == hub.content
    assert hub.ranges == [""]


def test_another_revision_does_not_resume_from_this_ones_bytes(tmp_path: Path) -> None:
    one, two = entry_of(b"1"), entry_of(b"2")
    assert one.file == two.file
    assert partial_of(one, tmp_path) != partial_of(two, tmp_path)


def test_rate_and_time_left_follow_from_the_clock(hub: Hub, make_pull: MakePull) -> None:
    ticks = iter(range(10_000))
    seen: list[DownloadProgress] = []
    make_pull(seen.append, clock=lambda: float(next(ticks))).run()
    loading = [p for p in seen if p.stage is DownloadStage.LOADING and p.rate is not None]
    assert loading
    for progress in loading:
        assert progress.rate is not None
        assert progress.rate > 0
        assert progress.left == pytest.approx((progress.total - progress.done) / progress.rate)
