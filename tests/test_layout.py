"""The repository: two commands, no paths of a machine, and a wheel that has everything."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import tutor

ROOT = Path(__file__).resolve().parents[1]
RESOURCES = ("prompts", "questions", "models")
NEVER_TRAVEL = (".partial", ".pyc")
HOME = re.compile(r"(?:/home/|/Users/|[A-Za-z]:\\Users\\|/root/)\w")
BLOCK = re.compile(r"^```(?:sh|bash|console)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^## Set-up\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL | re.IGNORECASE)


def commands(markdown: str) -> list[str]:
    """The commands of the section "Set-up", without their comments."""
    section = SECTION.search(markdown)
    assert section, 'no section "## Set-up"'
    lines = "\n".join(BLOCK.findall(section[1])).splitlines()
    return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


def tracked() -> list[Path]:
    """The files that git tracks. Skips the test without git or a repository."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("git does not read this checkout")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [file for file in files if file.is_file()]


def resources() -> set[str]:
    """The files of prompts/, questions/ and models/ for the wheel, as paths below the root."""
    files = (file for folder in RESOURCES for file in (ROOT / folder).rglob("*"))
    packed = (file for file in files if file.is_file() and not is_local(file))
    return {file.relative_to(ROOT).as_posix() for file in packed}


def is_local(file: Path) -> bool:
    """Whether a file does not belong in the wheel: a student's model, but not our adapter."""
    model = file.suffix == ".gguf" and file.parent.name != "adapters"
    return model or file.parts[-3:-1] == ("models", "judge") or file.suffix in NEVER_TRAVEL


@pytest.fixture(scope="module")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the project with a student's model in it.

    It is built without the network: the build back end is a test dependency.
    """
    copy = tmp_path_factory.mktemp("project") / "copy"

    def left_out(folder: str, names: list[str]) -> set[str]:
        hidden = {
            name for name in names if name.startswith(".") or name in ("__pycache__", "build")
        }
        return hidden | {name for name in names if is_local(Path(folder, name))}

    shutil.copytree(ROOT, copy, ignore=left_out)
    (copy / ".gitignore").write_bytes((ROOT / ".gitignore").read_bytes())
    (copy / "models").mkdir(exist_ok=True)
    (copy / "models/own.gguf").write_bytes(b"GGUF")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(copy / "out")]
    built = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (file,) = (copy / "out").glob("*.whl")
    return file


@pytest.fixture
def wheel(wheel_file: Path) -> set[str]:
    """The names of the files in the wheel."""
    with zipfile.ZipFile(wheel_file) as archive:
        return set(archive.namelist())


def test_the_readme_asks_for_two_commands_only() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(commands(text)) == {"make run", "make test"}


def test_no_tracked_file_names_a_home_folder() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in tracked()
        if file != Path(__file__)
        for match in HOME.finditer(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_the_wheel_holds_prompts_questions_and_models(wheel: set[str]) -> None:
    expected = {f"tutor/_data/{name}" for name in resources()}
    assert expected
    assert {name for name in wheel if name.startswith("tutor/_data/")} == expected


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel: set[str]) -> None:
    package = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "tutor").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert package - wheel == set()
    assert {re.split(r"[-/]", name)[0] for name in wheel} <= {"tutor", "offline_tutor"}
    assert not any(name.endswith("own.gguf") for name in wheel)
    adapters = [name for name in wheel if name.endswith(".gguf")]
    assert len(adapters) == len(list((ROOT / "models/adapters").glob("*.gguf")))
    assert all("/adapters/" in name for name in adapters)


def test_what_the_wheel_installs_is_the_same_tutor(
    wheel_file: Path, tmp_path: Path, home: Path
) -> None:
    """In an environment of its own, which borrows the installed dependencies."""
    lent = [path for path in sys.path if path.endswith("site-packages")]
    venv.create(tmp_path / "venv")
    (packages,) = (tmp_path / "venv").rglob("site-packages")
    with zipfile.ZipFile(wheel_file) as archive:
        archive.extractall(packages)
    (packages / "lent.pth").write_text("\n".join(lent), encoding="utf-8")
    folder = "Scripts" if sys.platform == "win32" else "bin"
    environ = {**os.environ, "TUTOR_HOME": str(home), "PYTHONUTF8": "1", "PYTHONPATH": ""}

    def run(*arguments: str) -> str:
        command = [str(tmp_path / "venv" / folder / "python"), *arguments]
        ran = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, encoding="utf-8", check=False
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    where = run("-c", "import tutor; print(tutor.__file__)")
    assert Path(where.strip()).is_relative_to(packages)
    assert run("-m", "tutor", "--version") == f"tutor {tutor.__version__}\n"
    assert "papers-ru" in run("-m", "tutor", "bank", "list")
    listed = json.loads(run("-m", "tutor", "model", "list", "--json"))
    assert "qwen2.5-coder-0.5b" in [entry["id"] for entry in listed["catalogue"]]
