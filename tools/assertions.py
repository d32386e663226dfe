"""Finds tests that assert nothing: `python -m tools.assertions tests`."""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

EXPECTATIONS = ("raises", "warns")
HELPERS = ("assert_", "check_")
WAITS = ("wait_until", "sees", "noted")


@dataclass(frozen=True)
class Idle:
    """A test that asserts nothing, and so can fail only by accident."""

    file: Path
    line: int
    name: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.name} asserts nothing"


def idle_tests(file: Path) -> Iterator[Idle]:
    """The tests in a file that assert nothing. Raises SyntaxError if it is not Python."""
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    for function in functions:
        if function.name.startswith("test_") and not any(map(_asserts, ast.walk(function))):
            yield Idle(file, function.lineno, function.name)


def main(folders: Sequence[str]) -> int:
    """Print every idle test below the folders; return 1 if there are any, or no tests at all."""
    files = sorted(file for folder in folders for file in Path(folder).rglob("test_*.py"))
    idle = [test for file in files for test in idle_tests(file)]
    for test in idle:
        print(test)
    print(f"{len(files)} test files, {len(idle)} tests without an assertion")
    return int(bool(idle) or not files)


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant)  # `assert True` checks nothing
    if not isinstance(node, ast.Call):
        return False
    name = _name(node.func)
    if name in EXPECTATIONS:
        return _owner(node.func) == "pytest"
    return name.lstrip("_").startswith(HELPERS) or name in WAITS


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _owner(function: ast.expr) -> str:
    return _name(function.value) if isinstance(function, ast.Attribute) else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
