"""A footer never shows half a key: keys that do not fit are left out, least important first."""

from typing import ClassVar

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets._footer import FooterKey

from tests.tui.conftest import wait_until
from tutor.tui.widgets.footer import FittingFooter


class Page(App[None]):
    """Five keys, of which `b` is the first to go."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "alpha", "Alpha"),
        Binding("b", "beta", "Beta"),
        Binding("c", "gamma", "Gamma"),
        Binding("d", "delta", "Delta"),
        Binding("f1", "app.help", "Help"),
    ]

    gamma_works = True

    def compose(self) -> ComposeResult:
        yield FittingFooter("beta")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "gamma" and not self.gamma_works else True


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, ["Alpha", "Beta", "Gamma", "Delta", "Help"]),
        (48, ["Alpha", "Gamma", "Delta", "Help"]),
        (36, ["Alpha", "Gamma", "Help"]),
        (28, ["Alpha", "Help"]),
        (19, ["Help"]),
    ],
)
async def test_keys_are_left_out_whole(width: int, shown: list[str]) -> None:
    app = Page()
    async with app.run_test(size=(width, 10)) as pilot:
        await pilot.pause()
        keys = [key for key in app.query(FooterKey) if key.action != "command_palette"]
        assert [key.description for key in keys] == shown
        line = app.screen._compositor.render_strips()[-1].text
        assert cell_len(line) == width
        assert all(name in line for name in shown)


class PageWithBack(Page):
    """The way out is its last key."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]


async def test_the_way_out_is_left_out_after_all_others() -> None:
    app = PageWithBack()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        keys = [key for key in app.query(FooterKey) if key.action != "command_palette"]
        assert [key.description for key in keys] == ["Alpha", "Help", "Back"]


async def test_keys_are_redrawn_only_when_they_change() -> None:
    app = Page()
    async with app.run_test(size=(80, 10)) as pilot:
        await wait_until(pilot, lambda: app.query(FooterKey))
        before = list(app.query(FooterKey))
        app.refresh_bindings()
        await pilot.pause()
        assert list(app.query(FooterKey)) == before
        app.gamma_works = False
        app.refresh_bindings()
        await wait_until(pilot, lambda: app.query("FooterKey.-disabled"))
        (dim,) = app.query(FooterKey).filter(".-disabled")
        assert dim.description == "Gamma"
        await pilot.resize_terminal(19, 10)
        await wait_until(pilot, lambda: len(app.query(FooterKey)) < len(before))
