"""What the documents say of the program is what the program does."""

import re
from pathlib import Path

import pytest

from tools import keys
from tools.helptext import PAGE, commands, renewed
from tutor.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def test_quoted_help_is_the_programs() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "python -m tools.helptext writes it anew"


def test_the_page_of_keys_is_that_of_the_screens() -> None:
    assert keys.page() == keys.PAGE.read_text(encoding="utf-8"), "python -m tools.keys writes it"


def test_every_command_is_quoted() -> None:
    quoted = commands(PAGE.read_text(encoding="utf-8"))
    assert {command.removesuffix(" --help") for command in quoted} == {
        "tutor",
        "tutor today",
        "tutor ask",
        "tutor exam",
        "tutor exam start",
        "tutor exam resume",
        "tutor exam grade",
        "tutor exam abandon",
        "tutor exam list",
        "tutor exam report",
        "tutor grade",
        "tutor doctor",
        "tutor bank",
        "tutor bank check",
        "tutor bank stats",
        "tutor bank list",
        "tutor bank show",
        "tutor bank anki",
        "tutor bank import",
        "tutor bank new",
        "tutor bank edit",
        "tutor bank copy",
        "tutor bank diff",
        "tutor bank revert",
        "tutor bank pack",
        "tutor bank unpack",
        "tutor bench",
        "tutor bench grading",
        "tutor bench speed",
        "tutor model",
        "tutor model add",
        "tutor model list",
        "tutor model pull",
        "tutor model remove",
        "tutor model use",
        "tutor model verify",
        "tutor progress",
        "tutor progress agreement",
        "tutor progress report",
        "tutor progress show",
        "tutor progress samples",
        "tutor progress export",
        "tutor progress import",
        "tutor progress backup",
        "tutor progress backups",
        "tutor progress restore",
        "tutor progress rebuild",
    }


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


def test_a_heading_has_the_anchor_that_links_name() -> None:
    assert "compiling-llamacpp" in anchors(ROOT / "docs/measurements.md")
