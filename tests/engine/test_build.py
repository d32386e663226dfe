"""What llama.cpp was built for, beside what the processor has."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tutor.engine.cpu_features import Build, look_at_build, parse

TOLD = "CPU : SSE3 = 1 | AVX = 1 | AVX2 = 0 | FMA = 1 | LLAMAFILE = 1 | \n"


@pytest.mark.native
def test_the_build_here_loads_and_suits_this_processor() -> None:
    build = look_at_build()
    assert build.problem == ""
    assert build.uses
    assert build.lacking == ()


def test_what_it_says_is_read() -> None:
    assert parse(TOLD) == ("SSE3", "AVX", "FMA", "LLAMAFILE")
    assert parse("nothing of the kind") == ()


def test_beside_the_processor() -> None:
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
def test_the_processors_own_words(
    tmp_path: Path, text: str | None, has: set[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cpuinfo"
    if text is not None:
        file.write_text(text)
    ended = subprocess.CompletedProcess([], 0, TOLD.encode(), b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert look_at_build(file).has == (None if has is None else frozenset(has))


@pytest.mark.parametrize(
    ("code", "err", "told"),
    [(1, b"Traceback\nOSError: no libllama.so\n", "no libllama.so"), (-4, b"", "ended with -4")],
)
def test_a_build_that_does_not_load(
    code: int, err: bytes, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.CompletedProcess([], code, b"", err)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: ended)
    assert told in look_at_build().problem


def test_a_build_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: Any, **__: Any) -> None:  # noqa: ANN401 - as subprocess.run
        raise subprocess.TimeoutExpired("x", 1)

    monkeypatch.setattr(subprocess, "run", hang)
    assert "did not load within" in look_at_build().problem
