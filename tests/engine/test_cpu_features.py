"""The CPU features that llama.cpp was built for, compared with the processor's."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tutor.engine.cpu_features import (
    Build,
    inspect_build,
    parse,
)

SYSTEM_INFO = "CPU : SSE3 = 1 | AVX = 1 | AVX2 = 0 | FMA = 1 | LLAMAFILE = 1 | \n"


@pytest.mark.native
def test_the_installed_build_loads_and_suits_this_processor() -> None:
    build = inspect_build()
    assert build.problem == ""
    assert build.uses
    assert build.lacking == ()


def test_the_system_info_is_parsed() -> None:
    assert parse(SYSTEM_INFO) == ("SSE3", "AVX", "FMA", "LLAMAFILE")
    assert parse("nothing of the kind") == ()


def test_unused_and_lacking_features_are_found() -> None:
    build = Build(uses=("AVX", "AVX512", "OPENMP"), has=frozenset({"AVX", "AVX2", "FMA"}))
    assert build.unused == ("AVX2", "FMA")
    assert build.lacking == ("AVX512",)
    unknown = Build(uses=("AVX512",))
    assert (unknown.unused, unknown.lacking) == ((), ())


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("model name : x\nflags : fpu avx avx2 avx512f\nflags : avx\n", {"AVX", "AVX2", "AVX512"}),
        ("Features : fp asimd asimddp\n", {"NEON", "DOTPROD"}),
        ("nothing", None),
        (None, None),
    ],
)
def test_the_processors_flags_are_read_from_cpuinfo(
    tmp_path: Path, text: str | None, has: set[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    if text is not None:
        file.write_text(text)
    ended = subprocess.CompletedProcess([], 0, SYSTEM_INFO.encode(), b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert inspect_build(file).has == (None if has is None else frozenset(has))


@pytest.mark.parametrize(
    ("ended", "problem"),
    [
        ((1, b"Traceback\nOSError: no libllama.so\n"), "no libllama.so"),
        ((-4, b""), "ended with -4"),
        (None, "did not load within"),
    ],
    ids=["an error", "killed", "hangs"],
)
def test_a_build_that_does_not_load_has_a_problem(
    ended: tuple[int, bytes] | None, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: Any, **__: Any) -> subprocess.CompletedProcess[bytes]:  # noqa: ANN401
        if ended is None:
            raise subprocess.TimeoutExpired("x", 1)
        code, err = ended
        return subprocess.CompletedProcess([], code, b"", err)

    monkeypatch.setattr(subprocess, "run", run)
    assert problem in inspect_build().problem
