"""The progress page in a real browser, without a network."""

from pathlib import Path

import pytest

from tests.cli.pages import CHINESE, NASTY, RUSSIAN, make_page
from tests.support.pages import Browser, Measured, Page, find_browser, harness, measured

WIDTHS = [320, 600, 1200]
TOO_WIDE = '<!doctype html><body><p style="width: 2000px">wide</p>'
DARK = "--blink-settings=preferredColorScheme=0"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    found = find_browser(tmp_path_factory.mktemp("browser"))
    if found is None:
        pytest.skip("no Chromium on the search path")
    return found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    file = folder / "page.html"
    file.write_text(make_page(folder / "home"), encoding="utf-8")
    return file


def test_it_loads_without_a_word_and_makes_nothing_of_the_decks(
    browser: Browser, page: Path
) -> None:
    dom, console = browser.dom(page)
    found = Page(dom)
    assert console == []
    assert found.tags["script"] == found.tags["b"] == found.tags["i"] == 0
    assert found.words.startswith("Progress, "), "no script gave the page another title"
    said = [text for _, text in found.said]
    assert {f"Deck {NASTY}", RUSSIAN, CHINESE} <= set(said)
    assert "13 answers on 3 days" in found.words


def test_a_page_that_says_something_is_heard(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "loud.html"
    file.write_text("<script>console.error('heard')</script>", encoding="utf-8")
    dom, console = browser.dom(file)
    assert Page(dom).tags["script"] == 1
    assert len(console) == 1
    assert "heard" in console[0]


def test_nothing_sticks_out_at_any_width_in_light_and_dark(
    browser: Browser, page: Path, tmp_path: Path
) -> None:
    file = tmp_path / "harness.html"
    texts = [page.read_text(encoding="utf-8"), TOO_WIDE]
    file.write_text(harness(texts, WIDTHS), encoding="utf-8")
    light, dark = (measured(browser.dom(file, *flags)[0]) for flags in ((), (DARK,)))
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


def test_it_prints_and_is_drawn(browser: Browser, page: Path, tmp_path: Path) -> None:
    assert browser.printed(page, tmp_path / "page.pdf").startswith(b"%PDF")
    picture = browser.screenshot(page, tmp_path / "page.png")
    empty = tmp_path / "empty.html"
    empty.write_text("<!doctype html>", encoding="utf-8")
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 5 * len(browser.screenshot(empty, tmp_path / "empty.png"))


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
