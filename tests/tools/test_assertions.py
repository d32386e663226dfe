from pathlib import Path

import pytest

from tools.assertions import idle_tests, main

CAN_FAIL = [
    "def test_it(): assert 1 + 1 == two()",
    "async def test_it(): assert await two()",
    "class TestIt:\n    def test_it(self): assert two()",
    "def test_it():\n    with pytest.raises(ValueError): two()",
    "def test_it():\n    with pytest.warns(UserWarning): two()",
    "def test_it(): assert_same(1, two())",
    "def test_it(): _check_same(1, two())",
    "def test_it(): mock.assert_called_once()",
    "async def test_it(pilot): await wait_until(pilot, two)",
    "def helper(): two()",
    "TestIt = Machine.TestCase",
]
CANNOT_FAIL = [
    "def test_it(): two()",
    "async def test_it(): await two()",
    "class TestIt:\n    def test_it(self): two()",
    "def test_it(): note('seen')",
    "def test_it(): assert True",
    "def test_it(): check()",
    "def test_it(): task.raises(ValueError)",
]


def written(folder: Path, source: str) -> Path:
    file = folder / "test_it.py"
    file.write_text(source, encoding="utf-8")
    return file


@pytest.mark.parametrize("source", CAN_FAIL)
def test_a_test_that_can_fail_is_not_listed(source: str, tmp_path: Path) -> None:
    assert list(idle_tests(written(tmp_path, source))) == []


@pytest.mark.parametrize("source", CANNOT_FAIL)
def test_a_test_that_asserts_nothing_is_listed(source: str, tmp_path: Path) -> None:
    (idle,) = idle_tests(written(tmp_path, source))
    assert idle.name == "test_it"
    assert str(idle).endswith(f"test_it.py:{idle.line}: test_it asserts nothing")


def test_the_exit_code_is_1_for_idle_tests_or_no_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 1, "no tests at all is a failure too"
    written(tmp_path, CAN_FAIL[0])
    assert main([str(tmp_path)]) == 0
    written(tmp_path, CANNOT_FAIL[0])
    assert main([str(tmp_path)]) == 1
    assert "test_it asserts nothing" in capsys.readouterr().out
