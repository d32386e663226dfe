"""Folders import from each other only at their fronts: the package, and the modules named here.

The order of the folders and the absence of circles are contracts in pyproject.toml.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "tutor"
MOST_NAMES = 20
FRONTS: dict[str, set[str]] = {
    "authoring": {
        "adding",
        "copies",
        "drafting",
        "editing",
        "editor_command",
        "importing",
        "new_deck",
        "readers",
        "samples_from_use",
        "sharing",
    },
    "bank": {
        "anki",
        "crosscheck",
        "outline",
        "problems",
        "questions",
        "section_reader",
        "source_files",
        "text",
        "validation",
        "yaml_reader",
    },
    "cli": {"app", "launch_tui", "model_choice", "progress_view", "terminal"},
    "engine": {
        "api",
        "client",
        "cpu_features",
        "cut_layers",
        "discovery",
        "gguf",
        "judge_model",
        "server.client",
        "server.http_client",
        "setup_state",
    },
    "evaluation": {"background", "speed", "statistics", "verdicts"},
    "grading": {
        "author_checks",
        "calibration",
        "explain",
        "fitting",
        "key_term_grader",
        "keyterms.coverage",
        "keyterms.negation",
        "keyterms.overlap",
        "keyterms.patterns",
        "keyterms.words",
        "model_grader",
        "network_fit",
        "probabilities",
        "prompt_forms",
        "sentences",
        "signals",
        "text",
    },
    "models": {"catalog", "download", "measurements", "memory"},
    "progress": {
        "agreement",
        "archive.backup",
        "archive.restore",
        "archive.samples",
        "archive.import_export",
        "errors",
        "read_only",
        "replay",
        "retention",
    },
    "study": {
        "agenda",
        "exam",
        "exam_form",
        "exam_plan",
        "exam_report",
        "exam_run",
        "exam_text",
        "follow_up",
        "overview",
        "preferences",
        "search_index",
        "session",
        "session_report",
        "statistics",
        "undo",
    },
    "tui": set(),
}
"""The modules that other folders may import besides a folder's `__init__`."""


ONLY_IN: dict[str, str] = {
    "llama_cpp": "engine/worker/",
    "tutor.engine.worker": "engine/worker/",
    "tinydb": "progress/",
    "textual": "tui/",
}
"""The packages that only one folder may import."""


def imported(file: Path) -> Iterator[tuple[str, str]]:
    """The module and name of every import, including late and type-only ones."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.module, f"{file}: a relative import"
            for alias in node.names:
                yield node.module, alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""


def imports(file: Path) -> Iterator[tuple[str, str, str]]:
    """The folder, module in it (empty for the folder itself) and name of each import."""
    for module, name in imported(file):
        if module.startswith("tutor."):
            _, folder, *inside = module.split(".")
            yield folder, ".".join(inside), name
        elif module == "tutor" and (ROOT / name).is_dir():
            yield name, "", name


Crossing = tuple[str, str, str, str]
"""The importing file; the other folder, the module in it and the name."""


@pytest.fixture(scope="module")
def crossings() -> list[Crossing]:
    """The imports that lead from one folder into another."""
    return list(find_crossings())


def find_crossings() -> Iterator[Crossing]:
    for file in sorted(ROOT.rglob("*.py")):
        own = file.relative_to(ROOT).parts[0]
        for folder, module, name in imports(file):
            if folder != own and (ROOT / folder).is_dir():
                yield file.relative_to(ROOT).as_posix(), folder, module, name


def test_no_import_reaches_past_a_front(crossings: list[Crossing]) -> None:
    past = [
        f"{file}: tutor.{folder}.{module}"
        for file, folder, module, _ in crossings
        if module and module not in FRONTS[folder]
    ]
    assert past == []


def test_every_front_is_used(crossings: list[Crossing]) -> None:
    used = {(folder, module) for _, folder, module, _ in crossings if module}
    assert {(folder, module) for folder, modules in FRONTS.items() for module in modules} == used


@pytest.mark.parametrize("folder", FRONTS)
def test_no_front_has_more_names_than_a_reader_can_hold(
    crossings: list[Crossing], folder: str
) -> None:
    names: dict[str, set[str]] = {}
    for _, into, module, name in crossings:
        if into == folder:
            names.setdefault(module, set()).add(name)
    assert {module: len(used) for module, used in names.items() if len(used) > MOST_NAMES} == {}


@pytest.mark.parametrize("what", ONLY_IN)
def test_a_package_is_imported_in_one_folder_only(what: str) -> None:
    files = {
        file.relative_to(ROOT).as_posix()
        for file in ROOT.rglob("*.py")
        for module, name in imported(file)
        if f"{module}.{name}.".startswith(f"{what}.")
    }
    assert files
    assert {file for file in files if not file.startswith(ONLY_IN[what])} == set()
