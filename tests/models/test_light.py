"""No network library is imported before something is downloaded."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["tutor.models", "tutor.cli.app, tutor.cli.models_list"])
def test_the_hubs_library_is_not_imported(module: str) -> None:
    heavy = ["huggingface_hub", "httpx2", "hf_xet", "tomlkit", "filelock", "llama_cpp", "textual"]
    code = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert out.decode().strip() == "[]"
