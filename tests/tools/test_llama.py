"""llama.cpp is installed from the student's own sources, or else compiled."""

import shlex
import sys
from pathlib import Path

import pytest

from tests.tools.fakes import commands, fake_compiler, fake_place
from tools.installer import Installer
from tools.llama import build_environment, get_llama, has_own_sources, loads
from tools.record import Place
from tools.steps import Runner, SetupError

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the interpreter is a script")


def got(place: Place, environ: dict[str, str]) -> list[str]:
    get_llama(Installer(place, None), Runner(place.log, environ), environ)
    return commands(place)


@pytest.fixture
def compiler(tmp_path: Path) -> dict[str, str]:
    return {"CXX": str(fake_compiler(tmp_path / "cxx")), "PATH": "/usr/bin:/bin"}


NO_COMPILER = {"CXX": "/no/compiler", "PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize(
    ("switches", "sources", "has_compiler", "asked"),
    [
        (["wheel", "loads"], "", True, ["config", "--require-hashes", "import"]),
        (["wheel", "loads"], "global.find-links='/wheels'\n", False,
         ["config", "--only-binary", "import"]),
        (["wheel"], "global.index-url='https://here'\n", True,
         ["config", "--only-binary", "import", "uninstall", "--require-hashes", "import"]),
    ],
    ids=["compiled by default", "a wheel from own sources", "compiled after a bad wheel"],
)  # fmt: skip
def test_where_llama_cpp_comes_from(
    tmp_path: Path,
    compiler: dict[str, str],
    switches: list[str],
    sources: str,
    has_compiler: bool,
    asked: list[str],
) -> None:
    place = fake_place(tmp_path / "a b", *switches)
    (place.root / "sources").write_text(sources)
    assert got(place, compiler if has_compiler else NO_COMPILER) == asked
    assert loads(place)


def test_an_installation_that_loads_is_kept(tmp_path: Path, compiler: dict[str, str]) -> None:
    place = fake_place(tmp_path / "a b", "loads")
    got(place, compiler)
    (place.root / "commands").unlink()
    assert got(place, compiler) == ["import"]


def test_without_a_compiler_it_says_what_to_install(tmp_path: Path) -> None:
    place = fake_place(tmp_path / "a b", "loads")
    with pytest.raises(SetupError, match="sudo apt install g") as caught:
        got(place, NO_COMPILER)
    assert caught.value.line.startswith("There is no C++ compiler")
    assert "\n" not in caught.value.line


def test_uvs_own_variables_count_as_sources(tmp_path: Path) -> None:
    place = fake_place(tmp_path / "a b")
    assert has_own_sources(place, {"UV_DEFAULT_INDEX": "https://here", "PATH": "/bin"})
    assert not has_own_sources(place, {"UV_CACHE_DIR": "/x", "PATH": "/bin"})


def test_only_what_is_loaded_is_compiled_and_the_students_settings_win() -> None:
    asked = {"CMAKE_ARGS": "-DGGML_NATIVE=OFF", "CMAKE_BUILD_PARALLEL_LEVEL": "1"}
    environment = build_environment(asked, Path("/a b"))
    arguments = shlex.split(environment["CMAKE_ARGS"])
    assert "-DLLAVA_BUILD=OFF" in arguments
    assert "-DCMAKE_PROJECT_llama.cpp_INCLUDE=/a b/tools/llama.cmake" in arguments
    assert arguments[-1] == "-DGGML_NATIVE=OFF"
    assert environment["CMAKE_BUILD_PARALLEL_LEVEL"] == "1"
    assert "GGML_NATIVE" not in build_environment({}, ROOT)["CMAKE_ARGS"]
    assert (ROOT / "tools/llama.cmake").is_file()


def test_folders_of_wheels_are_passed_to_uv_too() -> None:
    environment = build_environment({"PIP_FIND_LINKS": "/a /b"}, ROOT)
    assert environment["UV_FIND_LINKS"] == "/a,/b"
    assert "UV_FIND_LINKS" not in build_environment({}, ROOT)
