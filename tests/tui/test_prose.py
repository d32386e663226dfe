"""Chinese lines are full, begin and end as they should, and lose nothing."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.content import Content

from tutor.tui.widgets.prose import Prose, broken

SURVEY = "邱锡鹏等人的综述（2020 年）从四个角度给 NLP 预训练模型分类：表示、结构、任务与扩展。"


def lines(text: str, width: int) -> list[str]:
    return broken(Content(text), width).plain.split("\n")


def test_a_line_breaks_between_any_two_characters() -> None:
    assert lines("一二三四五六七八", 6) == ["一二三", "四五六", "七八"]
    assert lines("用 NLP 一二三四", 10) == ["用 NLP 一", "二三四"]


def test_signs_stay_where_they_belong() -> None:
    for width in range(8, 60):
        for line in lines(SURVEY, width):
            assert line[0] not in "，。、）：", f"{line} at {width}"
            assert line[-1] not in "（", f"{line} at {width}"


def test_text_in_other_letters_is_left_to_textual() -> None:
    text = Content("The quick brown fox jumps over the lazy dog.")
    assert broken(text, 10) is text


def test_an_item_of_a_list_hangs_below_its_own_beginning() -> None:
    assert lines("1  The first point (2)\nof two", 13) == ["1  The first", "   point (2)", "of two"]
    assert lines("Two:\n  • one thing\n  • 第二个问题", 9) == [
        "Two:",
        "  • one",
        "    thing",
        "  • 第二",
        "    个问",
        "    题",
    ]
    assert lines("10. a b c", 8) == ["10. a b", "    c"]
    assert lines("2020 was the year", 8) == ["2020 was the year"]  # no item; left to Textual


@given(st.text(alphabet="一二三，。（）ab 1•-.\n", max_size=60), st.integers(6, 40))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    found = broken(Content(text), width).plain
    assert "".join(found.split()) == "".join(text.split())


def test_styles_move_along() -> None:
    text = Content.assemble("一二三四", ("五六七八", "bold"))
    found = broken(text, 8)
    assert found.plain == "一二三四\n五六七八"
    bold = [found.plain[span.start : span.end] for span in found.spans if span.style == "bold"]
    assert "".join(bold) == "五六七八"


class Host(App[None]):
    def __init__(self, text: str = SURVEY) -> None:
        super().__init__()
        self._shown = text

    def compose(self) -> ComposeResult:
        yield Prose(Content(self._shown), id="prose", markup=False)


async def test_a_widget_is_as_high_as_its_lines() -> None:
    app = Host()
    async with app.run_test(size=(20, 24)) as pilot:
        prose = app.query_one(Prose)
        assert prose.size.height == len(lines(SURVEY, 20))
        assert max(map(cell_len, lines(SURVEY, 20))) <= 20
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        assert prose.size.height == len(lines(SURVEY, 40))


async def test_a_list_has_room_for_a_word_that_is_wider_than_a_line() -> None:
    app = Host("• see\n" + "x" * 30)
    async with app.run_test(size=(20, 24)):
        assert app.query_one(Prose).size.height == 3
