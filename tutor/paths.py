"""Where everything lies: the profile of one student, and what travels with the program."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """The places of one profile, below one folder, so that a profile can be moved as a whole."""

    home: Path
    """The profile folder: `TUTOR_HOME`, else the system's place for user data."""
    resources: Path
    """The folder with `prompts/`, `questions/` and `models/` that came with the program."""
    setup: Path | None = None
    """`TUTOR_SETUP`: what is still being set up is told there (`tutor.engine.setup_state`)."""

    @property
    def settings(self) -> Path:
        """The settings file; it need not be there."""
        return self.home / "settings.toml"

    @property
    def questions(self) -> tuple[Path, ...]:
        """The folders that hold decks: ours first, then the student's own."""
        return (self.resources / "questions", self.own_questions)

    @property
    def own_questions(self) -> Path:
        """The folder of the student's own decks, and of their copies of ours."""
        return self.home / "questions"

    @property
    def edits(self) -> Path:
        """Changes to decks that are not finished: texts with mistakes, a half-filled form."""
        return self.home / "edits"

    def is_built_in(self, file: Path) -> bool:
        """Whether a deck's file came with the program."""
        return file.is_relative_to(self.questions[0])

    @property
    def models(self) -> tuple[Path, ...]:
        """The folders that are looked through for `*.gguf`: the student's own first."""
        return (self.home / "models", self.resources / "models")

    @property
    def prompts(self) -> Path:
        """The folder with the prompt templates."""
        return self.resources / "prompts"

    @property
    def history(self) -> Path:
        """Every attempt and every overruling, one JSON object a line, append only."""
        return self.home / "attempts.jsonl"

    @property
    def state(self) -> Path:
        """Standings and drafts (TinyDB); can be rebuilt from the history."""
        return self.home / "progress.json"

    @property
    def lock(self) -> Path:
        """Held by the one process that may write this profile."""
        return self.home / "tutor.lock"

    @property
    def engine_log(self) -> Path:
        """What llama.cpp and the child process have to say."""
        return self.home / "engine.log"

    @property
    def engine_memory(self) -> Path:
        """What probing has taught about this processor and model."""
        return self.home / "engine.json"

    @property
    def calibrations(self) -> tuple[Path, ...]:
        """The folders with graders' calibrations: the student's own first."""
        return (self.home / "calibrations", self.resources / "models" / "calibrations")

    @property
    def paces(self) -> Path:
        """How fast models were on this machine, where that was measured."""
        return self.home / "paces"

    @property
    def welcomed(self) -> Path:
        """There once the student has said how they want to begin."""
        return self.home / "welcomed"

    @property
    def bank_cache(self) -> Path:
        """The compiled bank; may be deleted at any time."""
        return self.home / "cache" / "bank.sqlite"


def find_paths(environ: Mapping[str, str]) -> Paths:
    """The paths that hold under this environment. Creates nothing.

    `TUTOR_HOME` moves the profile; without it the system's folder for user data is used.
    """
    home, setup = environ.get("TUTOR_HOME"), environ.get("TUTOR_SETUP")
    return Paths(
        home=_absolute(home) if home else _user_data(),
        resources=_resources(),
        setup=_absolute(setup) if setup else None,
    )


def private_folder(folder: Path) -> Path:
    """Make `folder`, with its parents, readable by its owner alone, and return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def open_private(path: str | os.PathLike[str], flags: int) -> int:
    """An opener for `open(..., opener=open_private)`: new files are their owner's alone (0600)."""
    return os.open(path, flags, 0o600)


def _absolute(path: str) -> Path:
    return Path(path).expanduser().absolute()


def _user_data() -> Path:
    import platformdirs  # here, since with TUTOR_HOME set it is not needed

    return platformdirs.user_data_path("offline-tutor", appauthor=False)


def _resources() -> Path:
    package = Path(__file__).resolve().parent
    wheel = package / "_data"
    return wheel if wheel.is_dir() else package.parent
