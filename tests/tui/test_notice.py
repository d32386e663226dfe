"""A notice that is longer than it has room for says so, and scrolls."""

from textual.app import App, ComposeResult
from textual.widgets import Input

from tutor.tui.widgets.notice import MORE, Notice


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
        notice.tell("one [/nope] line")
        await pilot.pause()
        assert (notice.region.height, notice.text) == (1, "one [/nope] line")
        assert MORE not in app.seen()
        await pilot.press("tab", "tab")
        assert isinstance(app.focused, Input), "there is nothing to scroll"
        notice.tell("")
        await pilot.pause()
        assert notice.region.height == 0
