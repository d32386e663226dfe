"""References that are links are opened on request, and what is on the screen can be copied."""

import webbrowser
from dataclasses import dataclass, field

import pytest
from textual.pilot import Pilot

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import graded, noted, notes, on, running, sees, showing_verdict
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.references import links

ARXIV = "https://arxiv.org/abs/1605.08803"


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("arXiv:1605.08803 §3.2 [/nope]", (ARXIV,)),
        (
            "arXiv:1605.08803v2 (Vaswani et al., 2017), arXiv:cs/0112017",
            (
                f"{ARXIV}v2",
                "https://arxiv.org/abs/cs/0112017",
            ),
        ),
        ("See (https://example.org/a_(b)?c=d#e).", ("https://example.org/a_(b)?c=d#e",)),
        ("doi:10.1162/neco.1997.9.8.1735.", ("https://doi.org/10.1162/neco.1997.9.8.1735",)),
        (
            "github.com/patrick-kidger/torchtyping, README",
            ("https://github.com/patrick-kidger/torchtyping",),
        ),
        ("Goodfellow, Bengio, Courville: Deep Learning, p. 3", ()),
        ("javascript:alert(1) file:///etc/passwd ftp://example.org/x mailto:a@b.com/c", ()),
        ("https://ex\u0430mple.org/x", ()),
        ("https://arxiv.org@evil.org/x", ()),
        ("a@evil.com/x http://\x1b[2J", ()),
    ],
)
def test_links_are_web_addresses_alone(reference: str, found: tuple[str, ...]) -> None:
    assert links([reference, reference]) == found


@dataclass
class Browser:
    """A graphical browser, which shows nothing."""

    works: bool = True
    opened: list[str] = field(default_factory=list)

    def open(self, address: str) -> bool:
        self.opened.append(address)
        return self.works


async def ask_to_open(pilot: Pilot[None]) -> None:
    await graded(pilot)
    await pilot.press("o")
    await on(pilot, ChoiceScreen)
    await sees(pilot, ARXIV)


async def test_a_reference_is_opened_after_its_address_was_seen(
    tutor: StubTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser()
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    async with running(tutor) as (_, pilot):
        await ask_to_open(pilot)
        await pilot.press("escape")
        assert browser.opened == []
        await pilot.press("o")
        await on(pilot, ChoiceScreen)
        await pilot.press("enter")
        await noted(pilot, f"Opened {ARXIV}")
        assert browser.opened == [ARXIV]


async def test_without_a_graphical_browser_the_address_is_copied(
    tutor: StubTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = webbrowser.GenericBrowser("lynx")
    monkeypatch.setattr(webbrowser, "get", lambda: terminal)
    async with running(tutor) as (app, pilot):
        await ask_to_open(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.clipboard == ARXIV)
        assert notes(app) == [f"There is no graphical browser here. Copied: {ARXIV}"]


async def test_a_verdict_is_copied_whole(tutor: StubTutor) -> None:
    async with showing_verdict(tutor, "мой ответ") as (app, pilot, _):
        await pilot.press("н")
        await wait_until(pilot, lambda: notes(app))
        (note,) = notes(app)
    assert note == "Copied: the question, your answer, the verdicts and the model answer."
    lines = app.clipboard.split("\n")
    assert lines[:2] == [
        "papers.1.1",
        "Как из `matrix[i][j]` получить определитель якобиана? [/nope] [bold]x",
    ]
    assert "Answer\nмой ответ\n\n2.5 of 4 marks, fair\n✓ Якобиан" in app.clipboard
    assert app.clipboard.endswith("равен произведению диагонали [/nope].")
