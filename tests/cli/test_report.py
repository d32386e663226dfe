"""`tutor progress report`: one page, which no text of a deck can change.

Checked with Python's parser, and with a real browser without a network.
"""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.cli.pages import CHINESE, LONG, NASTY, RUSSIAN, make_profile
from tests.support.pages import Browser, Measured, Page, find_browser, harness, measured
from tutor.bank import open_bank
from tutor.cli.html_report import page_of
from tutor.cli.output import FileExists, NotAFile
from tutor.cli.progress_view import open_progress_view
from tutor.progress import ProfileNotWritable

WIDTHS = [320, 600, 1200]
TOO_WIDE = '<!doctype html><body><p style="width: 2000px">wide</p>'
DARK = "--blink-settings=preferredColorScheme=0"


@pytest.fixture(scope="module")
def text(compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a profile with nasty decks."""
    home, now = tmp_path_factory.mktemp("nasty"), datetime.now(UTC)
    paths = make_profile(home, now)
    paths.bank_cache.parent.mkdir()
    os.link(compiled, paths.bank_cache)
    assert open_bank(paths.questions, paths.bank_cache).problems == ()
    return page_of(open_progress_view({"TUTOR_HOME": str(home)}, now))


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_text_of_decks_stays_text_in_its_language(page: Page, text: str) -> None:
    assert (page.unclosed, page.crossed) == ([], [])
    assert page.tags["html"] == page.tags["body"] == page.tags["style"] == 1
    assert page.tags["svg"] > 4
    assert page.tags["script"] == page.tags["b"] == page.tags["i"] == 0
    assert page.tags["title"] == 1 + page.tags["g"], "the page's own, and one a day with answers"
    said = [text for _, text in page.said]
    assert {f"Deck {NASTY}", f"Why {NASTY}?", f"Because {NASTY} 2"} <= set(said)
    assert page.elements[0] == ("html", {"lang": "en"})
    texts = {("ru", RUSSIAN), ("zh", CHINESE), ("de", f"Was ist {LONG}?"), (None, "shared")}
    assert texts <= set(page.said)
    assert "secret" not in text, "answers are not on it"


def test_nothing_is_loaded(page: Page, text: str) -> None:
    assert page.tags["link"] == page.tags["img"] == page.tags["iframe"] == 0
    assert page.values("src") == page.values("href") == page.values("style") == []
    assert not re.search(r"url\(|@import|@font-face", text)
    policy = dict(page.elements[3][1])
    assert policy["http-equiv"] == "Content-Security-Policy"
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_figures_are_there(page: Page) -> None:
    for words in (
        "Streak 3 days best 3",
        "In 53 weeks: 13 answers on 3 days.",
        "Today: 5 answers, 1 for the first time, mean 40 %, 5 min.",
        "Потоки 0 2 0",
        "4 points missed more than once.",
        "Not started: arithmetic , ",
        "2.5 of 10 (1 not graded yet) 25 %",
        "A model version <i>1</i>, file f00ba5ed 25 of 26 96 %",
    ):
        assert words in page.words


def test_every_picture_has_a_table(page: Page) -> None:
    names = [known["aria-label"] for tag, known in page.elements if "aria-label" in known]
    assert len(names) == 6
    assert all(name and name.endswith(("months.", "month.", "figures.")) for name in names)
    assert page.tags["table"] == 7
    hidden = [known for tag, known in page.elements if tag == "svg" and "role" not in known]
    assert {known.get("aria-hidden") for known in hidden} == {"true"}
    assert "missed, missed, missed:" in page.words


def test_the_command_writes_it_and_replaces_nothing_without_force(
    run: Run, home: Path, tmp_path: Path
) -> None:
    make_profile(home, datetime.now(UTC))
    file = tmp_path / "page.html"
    file.write_text("mine", encoding="utf-8")
    assert isinstance(run("progress", "report", "--html", str(file)).error, FileExists)
    for force in ((), ("--force",)):
        error = run("progress", "report", "--html", str(file.parent), *force).error
        assert isinstance(error, NotAFile)
        assert "is a folder" in error.message
    assert file.read_text(encoding="utf-8") == "mine"
    ran = run("progress", "report", "--html", str(file), "--force")
    assert (ran.code, ran.out, ran.err) == (0, f"{file}\n", "")
    written = file.read_text(encoding="utf-8")
    assert written.startswith("<!doctype html>")
    assert RUSSIAN in written
    missing = tmp_path / "nowhere" / "page.html"
    assert isinstance(run("progress", "report", "--html", str(missing)).error, ProfileNotWritable)


@pytest.mark.skipif(os.name != "posix", reason="a named pipe is POSIX")
@pytest.mark.parametrize("command", ["report --html", "export --out", "backup --out"])
def test_a_device_or_a_pipe_is_never_replaced(run: Run, tmp_path: Path, command: str) -> None:
    """With --force as root even /dev/null was."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    error = run("progress", *command.split(), str(pipe), "--force").error
    assert (isinstance(error, NotAFile), pipe.is_fifo()) == (True, True)


def test_a_dash_prints_it(run: Run, home: Path) -> None:
    ran = run("progress", "report", "--html", "-")
    page = Page(ran.out)
    assert (page.unclosed, page.crossed) == ([], [])
    assert "Nothing has been answered yet." in page.words
    assert page.tags["svg"] == 0
    assert not list(home.glob("attempts*"))


# --- in a browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    found = find_browser(tmp_path_factory.mktemp("browser"))
    if found is None:
        pytest.skip("no Chromium on the search path")
    return found


@pytest.fixture(scope="module")
def file(text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_browser_reports_nothing_and_runs_nothing_from_decks(
    browser: Browser, file: Path
) -> None:
    dom, console = browser.dom(file)
    found = Page(dom)
    assert console == []
    assert found.tags["script"] == found.tags["b"] == found.tags["i"] == 0
    assert found.words.startswith("Progress, "), "no script gave the page another title"
    said = [text for _, text in found.said]
    assert {f"Deck {NASTY}", RUSSIAN, CHINESE} <= set(said)
    assert "13 answers on 3 days" in found.words


def test_nothing_sticks_out_at_any_width_in_light_and_dark(
    browser: Browser, text: str, tmp_path: Path
) -> None:
    frames = tmp_path / "harness.html"
    frames.write_text(harness([text, TOO_WIDE], WIDTHS), encoding="utf-8")
    light, dark = (measured(browser.dom(frames, *flags)[0]) for flags in ((), (DARK,)))
    for rows in (light, dark):
        ours, wide = rows[: len(WIDTHS)], rows[len(WIDTHS) :]
        assert [(row.width, row.scroll, row.wide) for row in ours] == [
            (width, width, ()) for width in WIDTHS
        ]
        assert all(row.wide == ("P.",) for row in wide), "the measuring sees what sticks out"
    assert brightness(light[0].paper) > 0.9 > 0.3 > brightness(light[0].ink)
    assert brightness(dark[0].paper) < 0.2 < 0.7 < brightness(dark[0].ink)
    assert contrast(light[0]) > 7
    assert contrast(dark[0]) > 7


def channels(colour: str) -> list[float]:
    return [int(part) / 255 for part in colour.removeprefix("rgb(").rstrip(")").split(",")]


def brightness(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour))
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(row: Measured) -> float:
    """Contrast of text and paper (WCAG 2.2), from 1 to 21."""
    low, high = sorted((brightness(row.paper), brightness(row.ink)))
    return (high + 0.05) / (low + 0.05)
