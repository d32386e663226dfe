"""Where files are: the profile of a student, and the data that comes with the program."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class _InHome:
    """The path of a file or folder in the profile, as an attribute of `Paths`."""

    def __init__(self, *parts: str) -> None:
        self._parts = parts

    def __get__(self, paths: "Paths", owner: type["Paths"]) -> Path:
        return paths.home.joinpath(*self._parts)


@dataclass(frozen=True)
class Paths:
    """The paths of one profile, all below one folder, so that it can be moved as a whole."""

    home: Path
    """The profile folder: `TUTOR_HOME`, else the system's folder for user data."""
    resources: Path
    """The folder with `prompts/`, `questions/` and `models/` that came with the program."""
    setup: Path | None = None
    """`TUTOR_SETUP`: the file with the state of the background set-up (`engine.setup_state`)."""

    settings = _InHome("settings.toml")
    """The settings file; it may not exist."""
    own_questions = _InHome("questions")
    """The folder of the student's own decks, and of their copies of ours."""
    edits = _InHome("edits")
    """Changes to decks that are not finished: texts with mistakes, a half-filled form."""
    history = _InHome("attempts.jsonl")
    """Every attempt and every overruled verdict, one JSON object per line, append only."""
    state = _InHome("progress.json")
    """The standings (TinyDB), which can be rebuilt from the history."""
    lock = _InHome("tutor.lock")
    """The lock of the one process that may write this profile."""
    engine_log = _InHome("engine.log")
    """The log of llama.cpp and the child process."""
    engine_memory = _InHome("engine.json")
    """Which models need plain buffers on this machine (`engine.probe_cache`)."""
    paces = _InHome("paces")
    """The folder with the measured speeds of models on this machine."""
    welcomed = _InHome("welcomed")
    """A file that exists once the student has chosen how to begin."""
    bank_cache = _InHome("cache", "bank.sqlite")
    """The compiled bank; may be deleted at any time."""

    @property
    def questions(self) -> tuple[Path, ...]:
        """The folders with decks: ours first, then the student's own."""
        return (self.resources / "questions", self.own_questions)

    def is_built_in(self, file: Path) -> bool:
        """Whether a deck's file came with the program."""
        return file.is_relative_to(self.questions[0])

    @property
    def models(self) -> tuple[Path, ...]:
        """The folders that are searched for `*.gguf`: the student's own first."""
        return (self.home / "models", self.resources / "models")

    @property
    def calibrations(self) -> tuple[Path, ...]:
        """The folders of calibrations: the student's own first."""
        return (self.home / "calibrations", self.resources / "models" / "calibrations")

    @property
    def prompts(self) -> Path:
        """The folder with the prompt templates."""
        return self.resources / "prompts"


def find_paths(environ: Mapping[str, str]) -> Paths:
    """The paths in this environment. Creates nothing.

    `TUTOR_HOME` moves the profile; without it the system's folder for user data is used.
    """
    home, setup = environ.get("TUTOR_HOME"), environ.get("TUTOR_SETUP")
    return Paths(
        home=_absolute(home) if home else _user_data(),
        resources=program_folder(),
        setup=_absolute(setup) if setup else None,
    )


def private_folder(folder: Path) -> Path:
    """Create `folder` with its parents, readable only by its owner, and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def open_private(path: str | os.PathLike[str], flags: int) -> int:
    """An opener for `open(..., opener=open_private)`: only the owner can read new files (0600)."""
    return os.open(path, flags, 0o600)


def expanded(path: str | os.PathLike[str]) -> Path:
    """`path` with a home folder for `~`; the `~name` of an unknown user stays as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - Path.expanduser raises RuntimeError


def is_file(path: Path) -> bool:
    """Whether `path` leads to a file; false if it is too long, or in a folder we may not read."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises OSError before Python 3.14


def is_folder(path: Path) -> bool:
    """Whether `path` leads to a folder; false where `is_file` is."""
    return os.path.isdir(path)  # noqa: PTH112 - like is_file


def _absolute(path: str) -> Path:
    return expanded(path).absolute()


def _user_data() -> Path:
    import platformdirs  # late: not needed with TUTOR_HOME

    return platformdirs.user_data_path("offline-tutor", appauthor=False)


def program_folder() -> Path:
    """The folder with the data that came with the program: in a wheel, or in the project."""
    package = Path(__file__).resolve().parent
    wheel = package / "_data"
    return wheel if wheel.is_dir() else package.parent
