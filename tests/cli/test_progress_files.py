"""`tutor progress export|import|backup|backups|restore|rebuild`: data, narration, exit codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.progress.builders import START, Clock, fill, make_attempt, make_draft, profile
from tests.progress.test_processes import ROOT
from tutor.cli.output import FileExists, FileUnreadable
from tutor.paths import Paths
from tutor.progress import ProfileNotWritable, open_progress
from tutor.progress.archive.backup import BackupNotFound
from tutor.progress.archive.import_export import ImportRefused
from tutor.progress.events import to_line


@pytest.fixture
def paths(home: Path) -> Paths:
    """A profile with two attempts and a draft."""
    fill(profile(home), 1, 2)
    with open_progress(profile(home), clock=Clock()) as progress:
        progress.save_draft(make_draft(1))
    return profile(home)


def test_export_next_to_a_running_tutor_reports_damaged_lines(run: Run, paths: Paths) -> None:
    with paths.history.open("ab") as file:
        file.write(b"?\n")
    with open_progress(paths, clock=Clock()):
        ran = run("progress", "export")
    assert ran.out.endswith("?\n")
    assert ran.err.splitlines()[0].startswith(f"{paths.history}:3: the line cannot be read")


def test_export_of_a_table(run: Run, paths: Paths) -> None:
    ran = run("progress", "export", "--format", "csv")
    assert ran.out.startswith("time,deck,question,language,score,")
    assert len(ran.out.split("\ndeck")[0].splitlines()) >= 3
    assert run("progress", "export", "--format", "xls").code == 2


def test_export_to_a_file_does_not_replace_another(run: Run, paths: Paths, tmp_path: Path) -> None:
    out = tmp_path / "x.csv"
    ran = run("progress", "export", "--format", "csv", "--bom", "--out", str(out))
    assert (ran.code, ran.out) == (0, "")
    assert out.read_bytes().startswith(b"\xef\xbb\xbftime,")
    assert isinstance(run("progress", "export", "--out", str(out)).error, FileExists)
    assert run("progress", "export", "--out", str(out), "--force").code == 0
    assert out.read_bytes() == paths.history.read_bytes()
    gone = tmp_path / "gone" / "x"
    assert isinstance(run("progress", "export", "--out", str(gone)).error, ProfileNotWritable)


def test_export_without_a_profile(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "new"
    monkeypatch.setenv("TUTOR_HOME", str(home))
    assert run("progress", "export").out == ""
    assert run("progress", "export", "--format", "csv").out.startswith("time,")
    assert not home.exists()


def test_import(run: Run, paths: Paths, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"?\n" + paths.history.read_bytes() + to_line(make_attempt(9, 3)))
    assert isinstance(run("progress", "import", str(file)).error, ImportRefused)
    ran = run("progress", "import", str(file), "--keep-going")
    assert (ran.code, ran.out) == (0, "")
    skipped, first, kept, now = ran.err.splitlines()
    assert skipped.startswith(f"skipped: {file}:1: not valid JSON")
    assert first == "1 line imported, 2 already in the history"
    assert kept.endswith("-before-import.")
    assert now == "Now: 3 attempts at 2 questions."
    assert isinstance(run("progress", "import", str(tmp_path / "no")).error, FileUnreadable)


def test_a_pipe_carries_a_history_from_one_profile_to_another(paths: Paths, tmp_path: Path) -> None:
    there = profile(tmp_path / "there")

    def tutor(home: Path, *command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        environ = os.environ | {"PYTHONPATH": str(ROOT), "TUTOR_HOME": str(home)}
        program = [sys.executable, "-m", "tutor", "progress", *command]
        return subprocess.run(
            program, env=environ, input=stdin, capture_output=True, check=True, cwd=ROOT
        )

    exported = tutor(paths.home, "export")
    imported = tutor(there.home, "import", "-", stdin=exported.stdout)
    assert imported.stdout == b""
    assert b"2 lines imported" in imported.stderr
    assert there.history.read_bytes() == paths.history.read_bytes()


def test_backups_are_made_listed_and_put_back(run: Run, paths: Paths) -> None:
    assert run("progress", "backups").err == "No backups yet.\n"
    made = run("progress", "backup")
    file = Path(made.out.strip())
    assert file.parent == paths.home / "backups"
    head, row = run("progress", "backups").out.splitlines()
    assert head.split() == ["backup", "made", "(UTC)", "bytes", "before"]
    assert row.split()[0] == file.stem
    fill(paths, 3)
    ran = run("progress", "restore", file.stem)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[1] == "Now: 2 attempts at 2 questions."
    newest, oldest = run("progress", "backups", "--json").json["backups"]
    assert (newest["before"], oldest["before"]) == ("restore", None)
    assert oldest == {
        "name": file.stem,
        "file": str(file),
        "made": oldest["made"],
        "bytes": file.stat().st_size,
        "before": None,
    }
    assert newest["name"] in ran.err


def test_a_backup_elsewhere(run: Run, paths: Paths, tmp_path: Path) -> None:
    out = tmp_path / "my.zip"
    assert run("progress", "backup", "--out", str(out)).out == f"{out}\n"
    assert isinstance(run("progress", "backup", "--out", str(out)).error, FileExists)
    assert run("progress", "backup", "--out", str(out), "--force").code == 0
    fill(paths, 3)
    assert run("progress", "restore", str(out)).code == 0
    assert paths.history.read_bytes().count(b"\n") == 2
    assert isinstance(run("progress", "restore", "nothing").error, BackupNotFound)


def test_an_empty_profile_has_nothing_to_back_up(run: Run) -> None:
    ran = run("progress", "backup")
    assert (ran.code, ran.out, ran.err) == (0, "", "Nothing to back up yet.\n")
    assert run("progress", "backups", "--json").json == {"backups": []}


def test_rebuild_shows_what_changed(run: Run, paths: Paths) -> None:
    paths.state.unlink()
    ran = run("progress", "rebuild")
    head, standings, *_ = (line.split() for line in ran.out.splitlines())
    assert head == ["part", "before", "after", "new", "changed", "gone"]
    assert standings == ["standings", "0", "2", "2", "0", "0"]
    assert ran.err == "Now: 2 attempts at 2 questions.\n"
    changes = run("progress", "rebuild", "--json").json["changes"]
    assert {(change["part"], *change["new"], *change["changed"]) for change in changes} == {
        (change["part"],) for change in changes
    }
    with open_progress(paths, clock=Clock()) as progress:
        assert progress.drafts() == {"deck.1": make_draft(1, at=START)}


def test_rebuild_counts_what_cannot_be_read(run: Run, paths: Paths) -> None:
    with paths.history.open("ab") as file:
        file.write(b"?\n")
    assert run("progress", "rebuild").err.endswith("Unreadable: 1 line of the history.\n")
