"""`tutor` itself: version, no terminal, completion, the model's path, repairs of the profile."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import FakeTerminal, Run
from tests.progress.builders import fill
from tutor import __version__
from tutor.cli.launch_tui import why_not_drawn
from tutor.engine import ModelRefused
from tutor.paths import Paths


def test_version(run: Run) -> None:
    assert run("--version").out == f"tutor {__version__}\n"


def test_without_a_terminal_it_says_how_to_continue(run: Run) -> None:
    ran = run()
    assert (ran.code, ran.out) == (1, "")
    assert "tutor grade ID --answer TEXT" in ran.err


@pytest.mark.parametrize(
    ("redirected", "why"),
    [
        ((0,), "standard input is not one."),
        ((2,), "standard error is not one."),
        ((0, 1), "standard input and standard output are not."),
        ((), "but TERM is dumb."),
    ],
)
def test_it_names_what_is_no_terminal(
    redirected: tuple[int, ...], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            patched.setattr(sys, name, io.StringIO() if number in redirected else FakeTerminal())
        patched.setenv("TERM", "xterm" if redirected else "dumb")
        assert why_not_drawn().endswith(why)


@pytest.mark.skipif(os.name != "posix", reason="written for a POSIX shell")
@pytest.mark.parametrize(
    ("command", "closed", "code", "said"),
    [
        ("", "0", 1, "needs an interactive terminal"),
        ("ask --questions papers-ru.5.3 --grader terms", "0", 0, "Session paused"),
        ("bank list", "1", 0, ""),
    ],
)
def test_a_closed_stream_is_like_an_empty_one(
    command: str, closed: str, code: int, said: str, cached: Path
) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m tutor {command} {closed}<&-', sys.executable],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "TUTOR_HOME": str(cached)},
    )
    assert (done.returncode, said in done.stdout + done.stderr) == (code, True)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("command", "full"),
    [
        ("today", True),
        ("today", False),
        ("bank list", False),
        ("progress report --html -", True),
    ],
)
def test_an_output_that_takes_nothing_ends_it(command: str, full: bool, cached: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    out = os.open("/dev/full", os.O_WRONLY) if full else write
    done = subprocess.run(
        [sys.executable, "-m", "tutor", *command.split()],
        stdout=out,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
        env={**os.environ, "TUTOR_HOME": str(cached)},
    )
    for descriptor in {out, write}:
        os.close(descriptor)
    said = "tutor: No space left on device.\nFree some space, then repeat the command.\n"
    assert (done.returncode, done.stderr) == (1, said if full else "")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("ask --limit 0", "Error: --limit: cannot be less than 1.\n"),
        ("grade --jobs 300", "Error: --jobs: cannot be more than 256.\n"),
        ("exam start --seed x", "Error: --seed: has to be a whole number.\n"),
        (
            "grade x --grader xml",
            "Error: --grader: 'xml' is not one of 'auto', 'model', 'terms'.\n",
        ),
        (
            "grade x",
            "Error: The answer is missing: give it with --answer TEXT, --file FILE or -.\n",
        ),
        ("grade x - --answer a", "Error: The answer is given more than once: use one of "),
        ("--model a --server b ask", "Error: Give --model or --server, not both.\n"),
    ],
)
def test_wrong_usage_is_named_in_our_words(command: str, said: str, run: Run) -> None:
    ran = run(*command.split())
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX")
def test_profile_folder_is_its_owners_alone(run: Run, home: Path, dense_model: Path) -> None:
    home.chmod(0o755)
    run("grade", "papers-ru.5.3", "--answer", "нечто", "--model", str(dense_model))
    assert home.stat().st_mode & 0o777 == 0o700
    files = [path for path in home.rglob("*") if path.is_file()]
    assert home / "engine.log" in files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


@pytest.mark.parametrize(
    ("typed", "word", "offered"), [("tutor pro", 1, "progress"), ("tutor model ver", 2, "verify")]
)
def test_the_shell_completes_commands(typed: str, word: int, offered: str) -> None:
    environ = {**os.environ, "_TUTOR_COMPLETE": "complete_bash"}
    environ |= {"COMP_WORDS": typed, "COMP_CWORD": str(word)}
    program = "import sys; sys.argv[0] = 'tutor'; from tutor.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, env=environ, text=True
    )
    assert done.stdout.split() == [offered]


# --- what is given for a model's path and is none is refused, never taken for "no model"


ID = "papers-ru.5.3"
GRADE = f"grade {ID} --answer 42"


@pytest.mark.parametrize(
    ("command", "path"),
    [
        *((GRADE, path) for path in (".", "", "..", "none.gguf")),
        *((command, "no") for command in (f"ask --questions {ID}", "exam resume", "doctor")),
    ],
)
def test_a_path_that_names_no_file(run: Run, command: str, path: str) -> None:
    ran = run(*command.split(), "--model", path)
    assert ran.code == 1
    said = ran.error.message if isinstance(ran.error, ModelRefused) else ran.out
    assert "not a model file" in said or "no model file" in said


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_dot_in_the_settings(
    run: Run, home: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "environment":
        monkeypatch.setenv("TUTOR_MODEL", ".")
    else:
        (home / "settings.toml").write_text('model = "."\n', encoding="utf-8")
    ran = run("grade", ID, "--answer", "42", "--grader", "model")
    assert isinstance(ran.error, ModelRefused)
    assert "not a model file" in ran.error.message


def test_an_empty_path_in_the_environment_means_none(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_MODEL", "")
    assert run("grade", ID, "--answer", "42").code == 0


@pytest.mark.parametrize("group", ["", "bank", "bench", "exam", "model", "progress"])
def test_in_a_narrow_terminal_every_summary_is_whole(
    group: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    _, _, listed = run(*group.split(), "--help").out.partition("Commands:\n")
    assert listed
    assert all(line.endswith(".") and not line.endswith("...") for line in listed.splitlines())


# --- a command that opens the profile says what was repaired in it, and that a deck has problems


@pytest.fixture
def damaged(home: Path, paths: Paths) -> None:
    """A history whose last line is incomplete, and a deck that cannot be read."""
    fill(paths, 1)
    paths.history.write_bytes(paths.history.read_bytes()[:-30])
    deck = home / "questions" / "mine"
    deck.mkdir(parents=True)
    (deck / "deck.yaml").write_text("title: [", encoding="utf-8")


@pytest.mark.usefixtures("damaged")
@pytest.mark.parametrize("command", [f"ask --questions {ID}", "exam start --number 1"])
def test_every_command_that_opens_the_profile_says_it(run: Run, command: str) -> None:
    ran = run(*command.split(), "--grader", "terms", stdin=":quit\n")
    for said in (
        "The last line of attempts.jsonl is incomplete",
        "2 problems in the questions; list them with: tutor bank check",
    ):
        assert said in ran.err
        assert said not in ran.out


@pytest.mark.usefixtures("damaged")
def test_as_json_it_is_an_event(run: Run) -> None:
    ran = run("ask", "--grader", "terms", "--questions", ID, "--json", stdin=":quit\n")
    first, *_ = ran.events()
    assert (first["event"], first["problems"]) == ("notices", 2)
    assert "attempts.jsonl" in first["notices"][0]
