"""The documents match the program."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from tools import keys
from tools.helptext import PAGE, commands, renewed
from tutor.cli.app import app
from tutor.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def test_quoted_help_is_the_programs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run python -m tools.helptext"


def test_the_page_of_keys_is_that_of_the_screens() -> None:
    assert keys.page() == keys.PAGE.read_text(encoding="utf-8"), "run python -m tools.keys"


def named(command: object, name: str) -> Iterator[str]:
    """A command's full name, and those of the commands in it."""
    yield name
    for inner, one in getattr(command, "commands", {}).items():
        yield from named(one, f"{name} {inner}")


def test_every_command_is_quoted() -> None:
    quoted = commands(PAGE.read_text(encoding="utf-8"))
    program = set(named(get_command(app), "tutor"))
    assert "tutor bank import" in program
    assert {command.removesuffix(" --help") for command in quoted} == program


def test_every_event_of_a_session_is_in_the_table_with_its_fields() -> None:
    """`tests/golden` pins the events and their fields."""
    table = PAGE.read_text(encoding="utf-8").partition("| event | with |\n")[2].partition("\n\n")[0]
    rows = [row.split("|")[1:3] for row in table.splitlines()]
    fields_of = {name: fields for names, fields in rows for name in re.findall("[a-z-]+", names)}
    pinned = (ROOT / "tests" / "golden" / "json.txt").read_text(encoding="utf-8").split("\n\n")
    sessions = [part.splitlines()[1:] for part in pinned if part.startswith("$ tutor ask --json")]
    events = [line.split(": ") for lines in sessions for line in lines]
    missing = [
        f"{event}: {field}"
        for event, fields in events
        for field in fields.split(", ")
        if f"`{field}`" not in fields_of[event]
    ]
    assert events
    assert missing == []


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_in_the_table_with_its_default(field: str) -> None:
    default = Settings.model_fields[field].default
    shown = "none" if default is None else str(default).lower()
    assert f"| `{field}` | {shown} |" in PAGE.read_text(encoding="utf-8")


PAGES = [
    *ROOT.glob("*.md"),
    *(page for folder in ("docs", "models", "training") for page in ROOT.glob(f"{folder}/**/*.md")),
]
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)")


def anchors(page: Path) -> set[str]:
    """What a link to a heading of `page` can name, as GitHub makes it."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    broken = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        file = page.parent / target if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(f"{target}#{anchor}")
    assert broken == []
