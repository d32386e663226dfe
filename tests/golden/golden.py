"""Text that programs rely on, compared with the files beside this one.

`python -m pytest tests/golden --renew-golden` writes the files anew: look at the difference, since
every line of it may break somebody's script or somebody's profile.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
_NAMED_BY_DATA = frozenset(
    {"answer", "by_kind", "by_language", "cover", "days", "explanation", "hints", "note", "point"}
    | {"prompt", "section", "title"}
)
"""Objects whose keys are data, such as languages or days: any key is as good as another."""
_OF_THE_MACHINE = frozenset({"advice", "physical_cores", "recommended", "to_do"})
"""What one machine reports and another does not."""


def check_golden(name: str, text: str, *, renew: bool) -> None:
    """Compare with the golden file of this name, or write it anew."""
    file = FOLDER / name
    if renew:
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_bytes().decode(), f"see {__name__} on how to renew {name}"


def shape(value: object) -> Iterator[str]:
    """The keys and types of a JSON value, a line each: `decks[].id: string`; no values."""
    types: dict[str, set[str]] = {}
    for path, kind in _leaves("", "", value):
        types.setdefault(path, set()).add(kind)
    for path, kinds in types.items():
        yield f"{path}: {' or '.join(sorted(kinds))}"


def _leaves(path: str, name: str, value: object) -> Iterable[tuple[str, str]]:
    match value:
        case dict() if value and name in _NAMED_BY_DATA:
            for each in value.values():
                yield from _leaves(f"{path}{{}}", "", each)
        case dict():
            yield from _of_object(path, value)
        case list():
            yield (path or ".", "list")
            for each in value:
                yield from _leaves(f"{path}[]", name, each)
        case _ if name not in _OF_THE_MACHINE:
            yield (path or ".", _KINDS[type(value)])


def _of_object(path: str, value: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    if not value:
        yield (path or ".", "object")
    for name, each in value.items():
        yield from _leaves(f"{path}.{name}" if path else name, name, each)


_KINDS = {str: "string", bool: "true/false", int: "number", float: "number", type(None): "null"}
