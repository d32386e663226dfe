"""The settings screen: each setting, its value, where that comes from, and changing it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import (
    TodayScreen,
    on,
    picture,
    press_fast,
    running,
    sees,
    showing,
    shown,
    start,
)
from tutor.bank import LANGUAGES
from tutor.settings import Settings
from tutor.study import Preferences
from tutor.tui import TutorApp
from tutor.tui.dialogs import ChoiceScreen, SeveralScreen
from tutor.tui.help import HelpScreen
from tutor.tui.models import ModelsScreen
from tutor.tui.settings import SettingsScreen
from tutor.tui.settings_rows import SETTINGS, value_text
from tutor.tui.widgets.row_list import RowList

COMMENTED = "# mine\nnew_per_day = 5  # few\n\n# spring\nexam_date = 2027-03-01\n"


@pytest.fixture
def file(tutor: StubTutor) -> Path:
    tutor.paths.home.mkdir(exist_ok=True)
    tutor.paths.settings.write_text(COMMENTED, encoding="utf-8")
    return tutor.paths.settings


@asynccontextmanager
async def settings(
    tutor: StubTutor, name: str = "new_per_day", size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Pilot[None], SettingsScreen]]:
    """An app that shows the screen, with this setting chosen."""
    async with showing(tutor, SettingsScreen(tutor), size=size) as (_, pilot, screen):
        await wait_until(pilot, lambda: screen.chosen is not None)
        screen.query_one(RowList).choose(name)
        await pilot.pause()
        yield pilot, screen


def row_of(pilot: Pilot[None], label: str) -> str:
    """The row with this label, as it is drawn."""
    (row,) = [line for line in picture(pilot.app).splitlines() if label in line]
    return " ".join(row.split())


def test_every_setting_has_one_row() -> None:
    assert sorted(SETTINGS) == sorted(Settings.model_fields)


def test_a_path_keeps_its_spaces_when_it_is_edited() -> None:
    assert value_text(Path("/a  b/t.jinja")) == "/a  b/t.jinja"


async def test_today_leads_to_it_and_escape_back(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await pilot.press("comma")
        await on(pilot, SettingsScreen)
        await pilot.press("escape")
        assert await on(pilot, TodayScreen) is app.screen


async def test_values_and_where_they_come_from(
    tutor: StubTutor, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_COVER", "false")
    tutor.arguments = {"model": Path("mine.gguf"), "server": ""}
    async with settings(tutor, size=(80, 40)) as (pilot, _):
        assert row_of(pilot, "Studying") == "Studying value from applies"
        assert row_of(pilot, "New questions") == "› New questions a day 5 settings.toml at once"
        assert row_of(pilot, "Exam date") == "Exam date 1 Mar 2027 settings.toml at once"
        assert row_of(pilot, "Questions in a") == "Questions in a session 10 default at once"
        assert row_of(pilot, "Say what") == "Say what to cover off environment at once"
        assert row_of(pilot, "Rating") == "Rating", "the columns are named once"
        assert row_of(pilot, "Your model") == "Your model mine.gguf command line next start"


async def test_a_number_is_checked_while_it_is_typed_and_saved_at_once(
    tutor: StubTutor, file: Path
) -> None:
    async with settings(tutor) as (pilot, screen):
        assert "How many questions you see for the first time" in shown(screen, "#meaning")
        await pilot.press("enter")
        field = screen.query_one(Input)
        assert (field.has_focus, field.value) == (True, "5")
        await pilot.press("x")
        assert "✗ This has to be a whole number." in shown(screen, "#wrong")
        await pilot.press("enter")
        assert field.has_focus, "nothing is lost"
        assert file.read_text("utf-8") == COMMENTED
        await pilot.press("backspace", "5", "0")
        assert shown(screen, "#wrong") == ""
        await pilot.press("enter")
        assert screen.query_one(RowList).has_focus
        assert file.read_text("utf-8") == COMMENTED.replace("= 5", "= 50")
        assert row_of(pilot, "New questions a day").endswith("50 settings.toml at once")
        assert tutor.rereads == 1


async def test_what_is_typed_right_after_enter_goes_into_the_field(
    tutor: StubTutor, file: Path
) -> None:
    async with settings(tutor, "server_model") as (pilot, screen):
        press_fast(pilot, "enter", *"dkj", "enter")
        await wait_until(pilot, lambda: 'server_model = "dkj"' in file.read_text("utf-8"))
        assert screen.chosen is SETTINGS["server_model"]


async def test_a_double_click_changes_a_setting(tutor: StubTutor, file: Path) -> None:
    async with settings(tutor, "cover") as (pilot, screen):
        rows = screen.query_one(RowList)
        y = rows.chosen - rows.scroll_offset.y
        await pilot.click(rows, offset=(3, y), times=2)
        await wait_until(pilot, lambda: "cover = false" in file.read_text("utf-8"))


async def test_escape_leaves_a_date_as_it_was_and_an_empty_one_is_none(
    tutor: StubTutor, file: Path
) -> None:
    async with settings(tutor, "exam_date") as (pilot, screen):
        await pilot.press("enter", "9", "9")
        assert "has to be a date" in shown(screen, "#wrong")
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, SettingsScreen)
        assert shown(screen, "#wrong") == ""
        assert not screen.query_one(Input).display
        assert file.read_text("utf-8") == COMMENTED
        await pilot.press("enter")
        screen.query_one(Input).value = " "
        await pilot.press("enter")
        assert file.read_text("utf-8") == COMMENTED.replace("exam_date = 2027-03-01\n", "")
        assert row_of(pilot, "Exam date") == "› Exam date none default at once"


async def test_help_keeps_what_is_typed(tutor: StubTutor, file: Path) -> None:
    async with settings(tutor) as (pilot, screen):
        await pilot.press("enter", "7", "f1")
        await on(pilot, HelpScreen)
        await pilot.press("escape", "8", "enter")
        await on(pilot, SettingsScreen)
        assert screen.query_one(RowList).has_focus
    assert file.read_text("utf-8") == COMMENTED.replace("= 5", "= 78")


async def test_a_switch_turns_and_the_default_comes_back(tutor: StubTutor, file: Path) -> None:
    async with settings(tutor, "cover") as (pilot, screen):
        await pilot.press("enter")
        assert file.read_text("utf-8") == COMMENTED + "cover = false\n"
        await pilot.press("d")
        assert file.read_text("utf-8") == COMMENTED
        await pilot.press("backspace")
        assert "already the default" in shown(screen, "#wrong")
        assert file.read_text("utf-8") == COMMENTED


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("new_per_day", "TUTOR_NEW_PER_DAY sets this"),
        ("allow_large_model", "The command line sets this"),
    ],
)
async def test_what_is_set_elsewhere_is_not_changed(
    tutor: StubTutor, file: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    monkeypatch.setenv("TUTOR_NEW_PER_DAY", "3")
    tutor.arguments = {"allow_large_model": True}
    async with settings(tutor, name) as (pilot, screen):
        assert why in shown(screen, "#facts")
        for key in ("enter", "d"):
            screen.action_cancel()
            await pilot.press(key)
            assert "cannot be changed here" in shown(screen, "#wrong")
        assert not screen.query_one(Input).display
        assert file.read_text("utf-8") == COMMENTED


async def test_decks_are_marked_in_a_list(tutor: StubTutor, file: Path) -> None:
    file.write_text('exam_decks = ["gone"]\n', encoding="utf-8")
    async with settings(tutor, "exam_decks") as (pilot, _):
        await pilot.press("enter")
        await on(pilot, SeveralScreen)
        assert "[ ] Статьи [bold]x" in picture(pilot.app)
        assert "[x] gone (missing)" in picture(pilot.app)
        await pilot.press("space", "j", "j", "space", "enter")
        await on(pilot, SettingsScreen)
        assert file.read_text("utf-8") == 'exam_decks = ["papers"]\n'
        assert "Статьи" in row_of(pilot, "Decks in the exam"), "its title, not its id"
        await pilot.press("enter")
        await on(pilot, SeveralScreen)
        await pilot.press("space", "escape")
        await on(pilot, SettingsScreen)
        assert file.read_text("utf-8") == 'exam_decks = ["papers"]\n'
        await pilot.press("enter")
        await on(pilot, SeveralScreen)
        await pilot.press("space", "enter")
        await on(pilot, SettingsScreen)
        assert file.read_text("utf-8") == ""


async def test_languages_are_marked_in_a_list(tutor: StubTutor, file: Path) -> None:
    async with settings(tutor, "languages") as (pilot, _):
        await pilot.press("enter")
        await on(pilot, SeveralScreen)
        await pilot.press("space", "down", "space", "enter")
        await on(pilot, SettingsScreen)
        assert 'languages = ["de", "en"]' in file.read_text("utf-8")
        assert "Deutsch, English" in row_of(pilot, "Languages you read")


async def test_today_lists_the_decks_to_study_and_asks_in_a_language_that_is_read(
    tutor: StubTutor,
) -> None:
    tutor.preferences = Preferences(decks=("papers",), languages=("en",))
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await sees(pilot, "0 due · 2 new")
        assert "迁移学习" not in picture(app)
        question = await start(pilot)
        assert "How does `matrix[i][j]` give the determinant?" in shown(question, "#prompt")


async def test_every_deck_is_listed_if_the_chosen_ones_are_gone(tutor: StubTutor) -> None:
    tutor.preferences = Preferences(decks=("gone",), languages=LANGUAGES)
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        await sees(pilot, "all done for today")
        assert "迁移学习" in picture(app)


async def test_the_theme_is_chosen_from_a_list_and_seen_at_once(
    tutor: StubTutor, file: Path
) -> None:
    async with settings(tutor, "theme") as (pilot, _):
        await pilot.press("enter")
        await on(pilot, ChoiceScreen)
        await pilot.press("down", "enter")
        await on(pilot, SettingsScreen)
        assert 'theme = "textual-light"' in file.read_text("utf-8")


async def test_a_model_is_chosen_on_its_own_screen(tutor: StubTutor) -> None:
    async with settings(tutor, "model") as (pilot, _):
        await pilot.press("enter")
        assert await on(pilot, ModelsScreen) is pilot.app.screen


async def test_settings_that_cannot_be_read_are_reported(tutor: StubTutor, file: Path) -> None:
    file.write_text("contxt = 1\n", encoding="utf-8")
    async with showing(tutor, SettingsScreen(tutor)) as (_, pilot, _):
        await sees(pilot, "contxt: is not known")
        await pilot.press("enter", "d", "j", "escape")
        await on(pilot, TodayScreen)
    assert file.read_text("utf-8") == "contxt = 1\n"


async def test_it_fits(tutor: StubTutor) -> None:
    async with settings(tutor, "retention", size=(40, 20)) as (pilot, _):
        await pilot.press("enter", "x")
        for size in ((40, 20), (160, 50)):
            await pilot.resize_terminal(*size)
            await sees(pilot, "› Retention to aim for")
            assert "✗ This has to be a number" in " ".join(picture(pilot.app).split())


# --- themes


async def test_a_theme_chosen_anywhere_is_saved(tutor: StubTutor, file: Path) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        assert app.theme == "textual-dark"
        app.theme = "nord"
        await wait_until(pilot, lambda: 'theme = "nord"' in file.read_text("utf-8"))
    assert file.read_text("utf-8") == COMMENTED + 'theme = "nord"\n'


@pytest.mark.parametrize(
    ("named", "ground", "theme"),
    [
        ("nord", None, "nord"),
        ("nord", "0;15", "nord"),
        (None, "0;15", "textual-light"),
        (None, "0;default;7", "textual-light"),
        (None, "15;0", "textual-dark"),
        (None, None, "textual-dark"),
        ("no [bold]such", "0;15", "textual-light"),
    ],
)
def test_the_first_theme(
    tutor: StubTutor,
    monkeypatch: pytest.MonkeyPatch,
    named: str | None,
    ground: str | None,
    theme: str,
) -> None:
    tutor.theme = named
    if ground is not None:
        monkeypatch.setenv("COLORFGBG", ground)
    assert TutorApp(tutor).theme == theme


async def test_the_first_theme_is_seen_and_not_saved(
    tutor: StubTutor, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tutor.theme = "no [bold]such"
    monkeypatch.setenv("COLORFGBG", "0;15")
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        assert app.has_class("-light-mode")
    assert file.read_text("utf-8") == COMMENTED, "nothing was chosen"


async def test_a_theme_set_by_the_environment_is_not_overwritten(
    tutor: StubTutor, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUTOR_THEME", "nord")
    tutor.theme = "nord"
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        app.theme = "dracula"
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert app.theme == "dracula"
    assert file.read_text("utf-8") == COMMENTED
