import itertools

import pytest

from tools.check import Check, check_all, run

FIRST, SECOND, LAST = (Check(name, ("-c", name)) for name in ("First", "Second", "Last"))


def checked(failing: Check | None) -> tuple[int, list[str]]:
    seen: list[str] = []

    def fake(check: Check) -> int:
        seen.append(check.name)
        return 3 if check == failing else 0

    ticks = itertools.count()
    return check_all((FIRST, SECOND), LAST, fake, lambda: float(next(ticks))), seen


@pytest.mark.parametrize(
    ("failing", "code"), [(None, 0), (FIRST, 1), (SECOND, 1), (LAST, 1)], ids=str
)
def test_all_run_and_one_failure_is_enough(failing: Check | None, code: int) -> None:
    assert checked(failing) == (code, ["First", "Second", "Last"])


def test_the_summary_is_printed_before_the_last_check(capfd: pytest.CaptureFixture[str]) -> None:
    checked(SECOND)
    lines = capfd.readouterr().out.split("\n\n")
    assert "So far: First ok (1 s), Second FAILED (1 s)" in lines[-2]
    assert lines[-1] == "--- Last ---\n"


def test_a_check_runs_in_its_own_process() -> None:
    assert run(Check("exit", ("-c", "raise SystemExit(7)"))) == 7
