"""`tutor progress report`: one page, of which nothing in a deck can make anything else."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.pages import CHINESE, LONG, NASTY, RUSSIAN, SECRET, make_page, make_profile
from tests.support.pages import Page
from tutor.cli.output import FileExists, FolderNamed
from tutor.progress import ProfileNotWritable


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return make_page(tmp_path_factory.mktemp("nasty") / "home")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_every_element_is_closed_where_it_belongs(page: Page) -> None:
    assert (page.unclosed, page.crossed) == ([], [])
    assert page.tags["html"] == page.tags["body"] == page.tags["style"] == 1
    assert page.tags["svg"] > 4


def test_text_of_decks_stays_text(page: Page) -> None:
    assert page.tags["script"] == page.tags["b"] == page.tags["i"] == 0
    said = [text for _, text in page.said]
    assert f"Deck {NASTY}" in said
    assert f"Why {NASTY}?" in said
    assert f"Because {NASTY} 2" in said
    assert page.tags["title"] == 1 + page.tags["g"], "the page's own, and one a day with answers"


def test_every_text_names_its_language(page: Page) -> None:
    assert page.elements[0] == ("html", {"lang": "en"})
    assert ("ru", RUSSIAN) in page.said
    assert ("zh", CHINESE) in page.said
    assert ("de", f"Was ist {LONG}?") in page.said
    assert (None, "shared") in page.said


def test_nothing_is_loaded(page: Page, text: str) -> None:
    assert page.tags["link"] == page.tags["img"] == page.tags["iframe"] == 0
    assert page.values("src") == page.values("href") == page.values("style") == []
    assert not re.search(r"url\(|@import|@font-face", text)
    policy = dict(page.elements[3][1])
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_figures_are_there(page: Page) -> None:
    assert "Streak 3 days best 3" in page.words
    assert "In 53 weeks: 13 answers on 3 days." in page.words
    assert "Today: 5 answers, 1 for the first time, mean 40 %, 5 min." in page.words
    assert "Потоки 0 2 0" in page.words
    assert "4 points missed more than once." in page.words
    assert "Not started: arithmetic , " in page.words


def test_the_figures_stand_in_the_order_of_the_screen(page: Page) -> None:
    headings = (
        "Answers, last 7 days",
        "Due, next 14 days",
        "Weakest topics",
        "Weak points",
        "Decks and topics",
        "Calendar",
        "Mean marks, week by week",
        "Answers, week by week",
        "Exams",
        "Agreement with the grader",
    )
    places = [page.words.index(heading) for heading in headings]
    assert places == sorted(places)


def test_exams_and_agreement_have_their_numbers(page: Page) -> None:
    assert "2.5 of 10 (1 not graded yet) 25 %" in page.words
    assert "Model version <i>1</i>, file f00ba5ed 25 of 26 96 %" in page.words


def test_a_table_stands_behind_every_picture(page: Page) -> None:
    names = [known["aria-label"] for tag, known in page.elements if "aria-label" in known]
    assert len(names) == 6
    assert all(name and name.endswith(("months.", "month.", "figures.")) for name in names)
    assert page.tags["table"] == 7
    hidden = [known for tag, known in page.elements if tag == "svg" and "role" not in known]
    assert {known.get("aria-hidden") for known in hidden} == {"true"}
    assert "missed, missed, missed:" in page.words


def test_answers_are_not_on_it(text: str) -> None:
    assert "secret" not in text
    assert SECRET not in text


def test_the_command_writes_it_and_replaces_nothing_without_force(
    run: Run, home: Path, tmp_path: Path
) -> None:
    make_profile(home, datetime.now(UTC))
    file = tmp_path / "page.html"
    file.write_text("mine", encoding="utf-8")
    assert isinstance(run("progress", "report", "--html", str(file)).error, FileExists)
    for force in ((), ("--force",)):
        error = run("progress", "report", "--html", str(file.parent), *force).error
        assert isinstance(error, FolderNamed)
    assert file.read_text(encoding="utf-8") == "mine"
    ran = run("progress", "report", "--html", str(file), "--force")
    assert (ran.code, ran.out, ran.err) == (0, f"{file}\n", "")
    written = file.read_text(encoding="utf-8")
    assert written.startswith("<!doctype html>")
    assert RUSSIAN in written
    missing = tmp_path / "nowhere" / "page.html"
    assert isinstance(run("progress", "report", "--html", str(missing)).error, ProfileNotWritable)


def test_a_dash_prints_it(run: Run, home: Path) -> None:
    ran = run("progress", "report", "--html", "-")
    page = Page(ran.out)
    assert (page.unclosed, page.crossed) == ([], [])
    assert "Nothing has been answered yet." in page.words
    assert page.tags["svg"] == 0
    assert not list(home.glob("attempts*"))
