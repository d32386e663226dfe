from pathlib import Path

import pytest

from tools.assertions import idle_tests, main

SAYS_SOMETHING = [
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
SAYS_NOTHING = [
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


@pytest.mark.parametrize("source", SAYS_SOMETHING)
def test_a_test_that_can_fail_is_left_alone(source: str, tmp_path: Path) -> None:
    assert list(idle_tests(written(tmp_path, source))) == []


@pytest.mark.parametrize("source", SAYS_NOTHING)
def test_a_test_that_asserts_nothing_is_named(source: str, tmp_path: Path) -> None:
    (idle,) = idle_tests(written(tmp_path, source))
    assert idle.name == "test_it"
    assert str(idle).endswith(f"test_it.py:{idle.line}: test_it asserts nothing")


def test_the_exit_code_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1, "no test at all is a fault as well"
    written(tmp_path, SAYS_SOMETHING[0])
    assert main([str(tmp_path)]) == 0
    written(tmp_path, SAYS_NOTHING[0])
    assert main([str(tmp_path)]) == 1
    assert "test_it asserts nothing" in capsys.readouterr().out
