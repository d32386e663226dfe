import io
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from tools.steps import LINE_SECONDS, Progress, Runner, SetupError, Step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def python(code: str) -> Step:
    return Step("Doing it", (sys.executable, "-c", code), "Do this.")


def test_a_step_writes_to_the_log_and_not_to_the_screen(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    runner = Runner(log, {"PYTHONUTF8": "1"})
    runner.run(python("print('first')"))
    runner.run(python("print('second')"))
    assert log.read_text(encoding="utf-8").index("first") < log.stat().st_size
    assert "second" in log.read_text(encoding="utf-8")
    screen = capfd.readouterr()
    assert screen.out == ""
    assert "Doing it  0:00" in screen.err
    assert "second" not in screen.err


def test_a_failure_shows_the_last_lines_and_what_to_do(tmp_path: Path) -> None:
    code = "for i in range(100): print('line', i)\nraise SystemExit(3)"
    with pytest.raises(SetupError) as caught:
        Runner(tmp_path / "log", {}).run(python(code))
    message = str(caught.value)
    assert caught.value.line == "Doing it failed. Do this."
    assert "exit code 3" in message
    assert "| line 99\n" in message
    assert "| line 70\n" in message
    assert "| line 69\n" not in message
    assert message.endswith("Do this.\nThen run the same command again.")


def test_a_missing_command_is_an_error_with_its_name(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    with pytest.raises(SetupError, match="does not start"):
        Runner(tmp_path / "log", {}).run(Step("Doing it", (missing,), "Do this."))


if sys.platform != "win32":  # signals and pipes of POSIX

    def test_an_interruption_ends_the_command_too(tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        code = f"import os, time\nopen({str(pipe)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
        seen: list[int] = []
        is_followed = threading.Event()

        class Followed:
            def tick(self) -> None:
                is_followed.set()

            def end(self) -> None:
                raise AssertionError("the step did not end by itself")

        def interrupt() -> None:
            seen.append(int(pipe.read_text(encoding="utf-8")))
            is_followed.wait()
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            Runner(tmp_path / "log", {}, watch=lambda _: Followed()).run(python(code))
        thread.join()
        with pytest.raises(ProcessLookupError):
            os.kill(seen[0], 0)


def test_on_a_terminal_the_time_is_shown_in_one_line() -> None:
    out, now = Terminal(), [0.0]
    progress = Progress("Doing it", out, lambda: now[0])
    now[0] = 61.5
    progress.tick()
    now[0] = 183.0
    progress.end()
    shown = [f"\r\x1b[K  Doing it  {time}" for time in ("0:00", "1:01", "3:03")]
    assert out.getvalue() == "".join(shown) + "\n"


def test_a_file_gets_a_line_every_half_minute() -> None:
    out, now = io.StringIO(), [0.0]
    progress = Progress("Doing it", out, lambda: now[0])
    for second in range(95):
        now[0] = float(second)
        progress.tick()
    lines = out.getvalue().splitlines()
    assert len(lines) == 1 + 94 // int(LINE_SECONDS)
    assert lines[-1] == "  Doing it  1:30"
