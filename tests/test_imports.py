"""A start imports nothing that it does not need, since the student would wait for it."""

import subprocess
import sys
from types import ModuleType

import pytest

import tutor.bank
import tutor.progress


@pytest.mark.parametrize(
    ("start", "heavy"),
    [
        (
            "tutor.cli.app",
            "textual llama_cpp tinydb yaml jinja2 numpy rapidfuzz snowballstemmer pydantic",
        ),
        (
            "tutor.models, tutor.cli.models_list",
            "huggingface_hub httpx2 hf_xet tomlkit filelock llama_cpp textual",
        ),
        ("tutor.cli.ask, tutor.cli.linemode.loop", "textual llama_cpp numpy"),
        (
            "tutor.cli.launch_tui, tutor.wiring, tutor.tui",
            "typer pydantic yaml jinja2 rapidfuzz psutil tutor.grading.grade tutor.engine.client",
        ),
        (
            "tutor.cli.app, tutor.cli.launch_tui, tutor.tui, tutor.engine.client",
            "llama_cpp numpy tutor.engine.worker httpx2",
        ),
    ],
    ids=["command line", "models", "line mode", "first screen", "only the child loads the model"],
)
def test_what_is_not_needed_is_not_imported(start: str, heavy: str) -> None:
    """Pydantic's models alone took a third of the time of an empty Textual app."""
    code = f"import sys, {start}; print([m for m in {heavy.split()} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert out.decode().strip() == "[]"


@pytest.mark.parametrize("front", [tutor.bank, tutor.progress])
def test_a_front_with_late_imports_has_what_it_names_and_nothing_else(front: ModuleType) -> None:
    assert [name for name in front.__all__ if not hasattr(front, name)] == []
    with pytest.raises(AttributeError, match="has no attribute 'Undone'"):
        front.Undone  # noqa: B018 - asking is enough
