"""A notice that is longer than it has room for says so, and scrolls."""

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input

from tutor.tui.notice_screen import NoticeScreen, say
from tutor.tui.widgets.notice import MORE, Notice
from tutor.tui.widgets.text_field import TextField


class Page(App[None]):
    """A notice above something that has the focus."""

    def compose(self) -> ComposeResult:
        yield Notice("\n".join(f"line {number}" for number in range(1, 13)))
        yield Input()

    def seen(self) -> str:
        return "\n".join(line.text for line in self.screen._compositor.render_strips())


async def test_a_long_notice_says_that_there_is_more_and_scrolls() -> None:
    app = Page()
    async with app.run_test(size=(40, 20)) as pilot:
        await pilot.pause()
        assert "line 5" in app.seen()
        assert "line 6" not in app.seen()
        assert MORE in app.seen()
        app.query_one(Input).focus()
        await pilot.press("shift+tab", "end")
        await pilot.pause()
        assert "line 12" in app.seen()
        assert MORE not in app.seen()


async def test_a_short_notice_takes_no_more_room_than_it_needs() -> None:
    app = Page()
    async with app.run_test(size=(40, 20)) as pilot:
        notice = app.query_one(Notice)
        notice.show("one [/nope] line")
        await pilot.pause()
        assert (notice.region.height, notice.text) == (1, "one [/nope] line")
        assert MORE not in app.seen()
        await pilot.press("tab", "tab")
        assert isinstance(app.focused, Input), "there is nothing to scroll"
        notice.show("")
        await pilot.pause()
        assert notice.region.height == 0


class Writing(NoticeScreen):
    """A notice above a field."""

    def compose(self) -> ComposeResult:
        yield self.notice
        yield TextField("two words")


@pytest.mark.parametrize("key", ["left", "home", "x", "backspace", "f1", "down"])
async def test_a_notice_disappears_with_the_next_key_whatever_handles_it(key: str) -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        screen = Writing()
        await app.push_screen(screen)
        say(screen, "Copied.")
        assert screen.notice.text == "Copied."
        await pilot.press(key)
        await pilot.pause()
        assert screen.notice.text == ""
