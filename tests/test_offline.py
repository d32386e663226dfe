"""Only `tutor model pull` opens sockets: no other command does, nor the model's process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models.conftest import entry_of
from tests.models.server import Hub
from tests.models.test_catalog import toml
from tests.support.terminal import Terminal, welcomed

WATCH = """
import os, socket, sys

EVENTS = ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo",
          "socket.gethostbyname", "socket.gethostbyaddr")

def watch(event, arguments):
    made = event == "socket.__new__" and arguments[1] in (-1, socket.AF_INET, socket.AF_INET6)
    if made or event in EVENTS and not isinstance(arguments[-1], (str, bytes)):
        with open(os.environ["SOCKETS"], "a") as file:
            print(event, *map(str, arguments), sys.orig_argv[1:4], file=file)

sys.addaudithook(watch)
with open(os.environ["SOCKETS"] + ".watched", "a") as file:
    print(sys.orig_argv[1:4], file=file)
"""
"""As sitecustomize it runs first in every Python process that is started."""

COMMANDS = (
    "--help",
    "--version",
    "doctor --model MODEL",
    "bank list",
    "bank show papers-ru.5.3",
    "grade papers-ru.5.3 --answer BERT --model MODEL --grader model",
    "progress show",
    "progress backup",
    "progress agreement",
    "progress backups",
    "progress samples",
    "progress export",
    "progress report --html FOLDER/report.html",
    "progress rebuild",
    "ask --limit 1",
    "bank anki papers-ru --out FOLDER/deck.apkg",
    "model list",
    "model add MODEL",
    "model use MODEL",
    "model verify MODEL",
    "model remove MODEL --yes",
)
"""Those that need long are run in the tests' own process, which forbids them the network."""


@pytest.fixture
def sockets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that lists the sockets of all processes started from here on."""
    folder = tmp_path / "watch"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    root = str(Path(__file__).resolve().parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), root)))
    monkeypatch.setenv("SOCKETS", str(tmp_path / "sockets"))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    return tmp_path / "sockets"


def opened(sockets: Path) -> list[str]:
    return sockets.read_text(encoding="utf-8").splitlines() if sockets.exists() else []


def watched(sockets: Path) -> str:
    return sockets.with_name("sockets.watched").read_text(encoding="utf-8")


ALL = """
import json, sys
from tutor.__main__ import main

ended = {}
for command in json.loads(sys.argv[1]):
    sys.argv = ["tutor", *command]
    try:
        main()
    except SystemExit as exit:
        ended[" ".join(command[:2])] = exit.code
print(json.dumps(ended), file=sys.stderr)
"""
"""Runs all commands in one process, which saves most of the time."""


def test_a_download_is_seen(sockets: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one command that may open sockets."""
    content = b"no model, but the bytes that the catalogue names"
    entry = entry_of(content)
    home.mkdir()
    text = toml(bytes=entry.bytes, sha256=entry.sha256)
    (home / "models.toml").write_text(text, encoding="utf-8")
    with Hub(content) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        done = subprocess.run(
            [sys.executable, "-m", "tutor", "model", "pull", "tiny"],
            capture_output=True,
            check=False,
        )
        events = {line.split(" ", 1)[0] for line in opened(sockets)}
    assert done.returncode == 0, done.stderr.decode()
    assert "socket.connect" in events
    assert all("127.0.0.1" in line or "__new__" in line for line in opened(sockets))


@pytest.mark.native
def test_no_command_opens_one(sockets: Path, cached: Path, dense_model: Path) -> None:
    folder = str(sockets.parent)
    commands = [
        [
            str(dense_model) if word == "MODEL" else word.replace("FOLDER", folder)
            for word in command.split()
        ]
        for command in COMMANDS
    ]
    done = subprocess.run(
        [sys.executable, "-c", ALL, json.dumps(commands)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    ended = json.loads(done.stderr.decode().splitlines()[-1])
    assert len(ended) == len({tuple(command[:2]) for command in commands})
    assert {name for name, code in ended.items() if code} == {"model remove"}, done.stderr.decode()
    assert opened(sockets) == []
    assert "tutor.engine.worker" in watched(sockets)


@pytest.mark.native
@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_the_screens_open_none(sockets: Path, cached: Path, dense_model: Path) -> None:
    terminal = Terminal(welcomed(cached), "--model", str(dense_model))
    try:
        terminal.wait_for("Due and new")
        terminal.press("\r")
        terminal.wait_for("Your answer")
        terminal.press("\x11")
        assert terminal.ended() == 0
    finally:
        terminal.close()
    assert opened(sockets) == []
    assert "tutor.engine.worker" in watched(sockets)
