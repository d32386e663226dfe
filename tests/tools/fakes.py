"""A project folder whose interpreter is a shell script, so that nothing is really installed."""

from pathlib import Path

from tools.llama import lock_file
from tools.record import LOCKS, MODEL_LOCK, Place
from tools.steps import EXPLAINED

VERSION = "1.2.3"
SCRIPT = """\
#!/bin/sh
cd "{root}"
echo "$*" >> commands
installed() {{
    mkdir -p .venv/lib/python3/site-packages/llama_cpp_python-{version}.dist-info
    touch .venv/lib/python3/site-packages/llama_cpp_python-{version}.dist-info/RECORD
}}
case "$*" in
    *"pip config list"*) cat sources 2>/dev/null ;;
    *uninstall*) rm -rf .venv/lib; touch loads ;;
    *--only-binary*) [ -e wheel ] && installed ;;
    *--require-hashes*) echo "  [41/83] g++ -c x.cpp"; [ ! -e broken ] && installed ;;
    *"import llama_cpp"*) [ -e loads ] ;;
    *tools.judge*)
        echo "[12/469]"
        [ ! -e full ] || {{ echo "1 GiB is free. Free some."; exit {explained}; }}
        [ ! -e offline ] ;;
    *) exit 9 ;;
esac
"""


def write_locks(root: Path, contents: str = "") -> None:
    """The lock files that a set-up reads, each with its name in it or with `contents`."""
    (root / "requirements").mkdir(parents=True)
    for name in (*LOCKS, MODEL_LOCK):
        (root / name).write_text(contents or f"{name}\n", encoding="utf-8")


def fake_compiler(file: Path, code: int = 0) -> Path:
    """A compiler that always ends with this exit code."""
    file.write_text(f"#!/bin/sh\nexit {code}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def fake_place(root: Path, *switches: str) -> Place:
    """A fake project; `switches` are files that the script checks, such as `wheel` or `broken`."""
    place = Place(root)
    place.python.parent.mkdir(parents=True)
    write_locks(root)
    lock_file(place).write_text(f"llama-cpp-python=={VERSION} \\\n    --hash=sha256:aa\n")
    place.python.write_text(
        SCRIPT.format(root=root, version=VERSION, explained=EXPLAINED), encoding="utf-8"
    )
    place.python.chmod(0o755)
    for switch in switches:
        (root / switch).touch()
    return place


def commands(place: Place) -> list[str]:
    """The commands that the interpreter was given, one word for each."""
    file = place.root / "commands"
    words = ("config", "uninstall", "--only-binary", "--require-hashes", "import", "tools.judge")
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [next(word for word in words if word in line) for line in lines]
