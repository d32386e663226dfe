"""Folders import from each other only at their fronts: the package, and the modules named here.

The order of the folders and the absence of circles are contracts in pyproject.toml.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "tutor"
MOST_NAMES = 20
FRONTS = {
    "authoring": (
        "adding copies drafting editing editor_command importing new_deck readers "
        "samples_from_use sharing"
    ),
    "bank": (
        "anki crosscheck lint outline problems questions source_files text validation yaml_reader"
    ),
    "cli": "app launch_tui model_choice progress_view terminal",
    "engine": (
        "api client cpu_features cut_layers discovery gguf judge_model server.client "
        "server.http_client setup_state"
    ),
    "evaluation": "background speed statistics verdicts",
    "grading": (
        "author_checks calibration explain fitting key_term_grader keyterms.coverage "
        "keyterms.negation keyterms.overlap keyterms.patterns keyterms.words model_grader "
        "network_fit other_questions probabilities prompt_forms sentences signals text"
    ),
    "models": "catalog download measurements memory",
    "progress": (
        "archive.backup archive.import_export archive.restore archive.samples "
        "errors read_only replay retention"
    ),
    "study": (
        "agenda exam exam_form exam_plan exam_report exam_run exam_text follow_up overview "
        "preferences search_index session session_report statistics undo"
    ),
    "tui": "",
}
"""The modules that other folders may import besides a folder's `__init__`."""


ONLY_IN: dict[str, str] = {
    "llama_cpp": "engine/worker/",
    "tutor.engine.worker": "engine/worker/",
    "tinydb": "progress/",
    "textual": "tui/",
}
"""The packages that only one folder may import."""


@cache
def imported() -> list[tuple[str, str, str]]:
    """The file, module and name of every import, including late and type-only ones."""
    found = []
    for file in sorted(ROOT.rglob("*.py")):
        path = file.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module, f"{path}: a relative import"
                found += [(path, node.module, alias.name) for alias in node.names]
            elif isinstance(node, ast.Import):
                found += [(path, alias.name, "") for alias in node.names]
    return found


def crossings() -> Iterator[tuple[str, str, str, str]]:
    """The imports that lead from one folder into another.

    The importing file; the other folder, the module in it (empty for the folder itself), the name.
    """
    for file, module, name in imported():
        package, _, inside = module.partition(".")
        folder, _, inside = (inside or name).partition(".")
        if package == "tutor" and (ROOT / folder).is_dir() and folder != file.split("/")[0]:
            yield file, folder, inside, name


def test_imports_reach_into_a_folder_at_its_fronts_alone_and_use_each() -> None:
    fronts = {(folder, module) for folder in FRONTS for module in FRONTS[folder].split()}
    used = {(folder, module): file for file, folder, module, _ in crossings() if module}
    assert {place: file for place, file in used.items() if place not in fronts} == {}
    assert used.keys() == fronts


def test_no_front_has_more_names_than_a_reader_can_hold() -> None:
    names: dict[tuple[str, str], set[str]] = {}
    for _, folder, module, name in crossings():
        names.setdefault((folder, module), set()).add(name)
    assert {front: len(used) for front, used in names.items() if len(used) > MOST_NAMES} == {}


@pytest.mark.parametrize("what", ONLY_IN)
def test_a_package_is_imported_in_one_folder_only(what: str) -> None:
    files = {
        file for file, module, name in imported() if f"{module}.{name}.".startswith(f"{what}.")
    }
    assert files
    assert {file for file in files if not file.startswith(ONLY_IN[what])} == set()
