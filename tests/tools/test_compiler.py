import sys
from pathlib import Path

import pytest

from tests.tools.fakes import fake_compiler
from tools.compiler import candidates, has_compiler, short_remedy

posix = pytest.mark.skipif(sys.platform == "win32", reason="compilers are shell scripts here")


def test_the_chosen_compiler_is_the_only_candidate() -> None:
    assert candidates({"CXX": "ccache 'my g++'"}) == [["ccache", "my g++"]]
    assert ["g++"] in candidates({})


@posix
def test_a_compiler_that_fails_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not has_compiler({})
    fake_compiler(tmp_path / "c++", 1)
    assert not has_compiler({})
    fake_compiler(tmp_path / "clang++")
    assert has_compiler({})


@posix
def test_a_chosen_compiler_that_fails_is_not_replaced(tmp_path: Path) -> None:
    assert not has_compiler({"CXX": str(fake_compiler(tmp_path / "mine", 1))})
    assert has_compiler({"CXX": str(fake_compiler(tmp_path / "other"))})


@posix
def test_the_short_remedy_uses_the_installed_package_manager(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert short_remedy("linux") == "Install g++ or clang++."
    fake_compiler(tmp_path / "dnf")
    assert short_remedy("linux") == "Install one: “sudo dnf install gcc-c++”."
    assert "xcode-select" in short_remedy("darwin")
    assert "\n" not in short_remedy("win32")
