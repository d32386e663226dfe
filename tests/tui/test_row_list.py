"""A list of thousands of rows draws only what is in view, so that keys stay cheap."""

from collections.abc import Collection
from functools import partial

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from tests.tui.conftest import wait_until
from tutor.tui.widgets.option_rows import OptionRows
from tutor.tui.widgets.row_list import Row, RowList


class Host(App[None]):
    """A list, which counts what is drawn."""

    def __init__(self, count: int, titles: Collection[int] = ()) -> None:
        super().__init__()
        self.drawn: list[int] = []
        self.opened: list[str] = []
        self._rows = [
            Row(partial(self._draw, at), "" if at in titles else f"r{at}") for at in range(count)
        ]
        self.list = RowList(id="list", is_alone=True)

    def _draw(self, at: int, width: int) -> Content:
        self.drawn.append(at)
        return Content(f"row {at} [/nope]"[:width])

    def compose(self) -> ComposeResult:
        yield self.list

    def on_mount(self) -> None:
        self.list.styles.height = "1fr"
        self.list.focus()
        self.list.show_rows(self._rows)

    def on_row_list_opened(self, event: RowList.Opened) -> None:
        self.opened.append(event.row)


async def test_a_key_draws_no_more_than_what_is_in_view() -> None:
    app = Host(5_000)
    async with app.run_test(size=(40, 10)) as pilot:
        await wait_until(pilot, lambda: app.drawn)
        for key in ("down", "pagedown", "end", "up", "home"):
            app.drawn.clear()
            await pilot.press(key)
            await pilot.pause()
            assert 0 < len(app.drawn) <= 4 * 10
        assert app.list.chosen == 0
        await pilot.press("end")
        assert app.list.chosen == 4_999
        assert app.list.scroll_offset.y == 4_990


@pytest.mark.parametrize(
    ("count", "titles", "keys", "chosen"),
    [
        (0, (), ("down", "up", "end", "home", "pagedown", "pageup"), 0),
        (1, (), ("down", "end"), 0),
        (4, (0, 2), (), 1),
        (4, (0, 2), ("down",), 3),
        (4, (0, 2), ("down", "up"), 1),
        (4, (0, 2), ("up",), 1),
        (4, (0, 3), ("end",), 2),
        (4, (0, 3), ("pagedown",), 2),
        (4, (0, 1), ("end", "pageup"), 2),
        (2, (0, 1), ("end", "home", "down"), 0),
    ],
)
async def test_titles_are_never_chosen(
    count: int, titles: tuple[int, ...], keys: tuple[str, ...], chosen: int
) -> None:
    app = Host(count, titles)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press(*keys)
        assert app.list.chosen == chosen


async def test_letters_move_as_the_arrows_do() -> None:
    app = Host(100, (0,))
    async with app.run_test(size=(40, 10)) as pilot:
        for pressed, chosen in (("j", 2), ("k", 1), ("G", 99), ("g", 1), ("о", 2), ("л", 1)):
            await pilot.press(pressed)
            assert app.list.chosen == chosen


async def test_the_title_above_the_first_row_stays_in_view() -> None:
    app = Host(100, (0,))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("end", "home")
        assert app.list.chosen == 1
        assert app.list.scroll_offset.y == 0


async def test_a_click_chooses_and_a_double_click_opens() -> None:
    app = Host(100, (0,))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("end")
        await pilot.click(app.list, offset=(3, 4))
        assert (app.list.chosen, app.opened) == (94, [])
        await pilot.click(app.list, offset=(3, 4), times=3)  # the third opens nothing more
        assert (app.list.chosen, app.opened) == (94, ["r94"])


async def test_the_chosen_row_is_marked_without_colour() -> None:
    app = Host(3)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("down")
        lines = [app.list.render_line(y).text.rstrip() for y in range(4)]
        assert lines == ["  row 0 [/nope]", "› row 1 [/nope]", "  row 2 [/nope]", ""]


class Rows(App[None]):
    """A list of rows with ids."""

    def compose(self) -> ComposeResult:
        yield RowList(id="rows")


async def test_rows_inserted_at_the_top_are_in_view() -> None:
    async with Rows().run_test(size=(40, 4)) as pilot:
        rows = pilot.app.query_one(RowList)
        rows.styles.height = 4
        some = [Row(str, f"r{number}") for number in range(8)]
        rows.show_rows(some, "r7")
        await wait_until(pilot, lambda: rows.scroll_offset.y == 4)
        rows.show_rows([Row(str, "new"), *some], "r0")
        await wait_until(pilot, lambda: rows.scroll_offset.y == 0)
        assert rows.chosen_id == "r0"


@pytest.mark.parametrize("size", [(0, 3), (1, 3), (2, 3), (9, 0)])
async def test_keys_do_no_harm_in_a_list_without_room(size: tuple[int, int]) -> None:
    class Cramped(App[None]):
        def compose(self) -> ComposeResult:
            yield OptionRows("one", "two", "three")

    async with Cramped().run_test() as pilot:
        rows = pilot.app.query_one(OptionRows)
        rows.styles.width, rows.styles.height = size
        await pilot.press("down", "pagedown", "pageup", "end", "home", "down")
        assert rows.highlighted == 1
