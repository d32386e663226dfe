"""The first start: three questions with presets."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from tests.support.judges import tiny_judge, tiny_original
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.shelves import LARGE, shelf_of
from tests.tui.steps import notes, on, picture, sees
from tests.tui.test_pictures import SnapCompare, elsewhere
from tutor.bank import Bank, Language
from tutor.engine import EngineState, Status
from tutor.engine.setup_state import SetupStage, SetupState
from tutor.errors import TutorError
from tutor.formatting import GIB
from tutor.models import Shelf
from tutor.models.catalog import Catalog, load_catalog
from tutor.models.local import FoundIn, OnDisk
from tutor.paths import Paths, find_paths
from tutor.profile import Profile
from tutor.progress import open_progress
from tutor.settings_file import write_setting
from tutor.study import Preferences
from tutor.tui import TutorApp
from tutor.tui.dialogs import SeveralScreen
from tutor.tui.first_start import JUDGE, TERMS, GraderOffer
from tutor.tui.models import ModelsScreen
from tutor.tui.today import TodayScreen
from tutor.wiring import Tutor

MOST_UNREAD = 500_000_000
"""The most bytes that a student may download by pressing Enter without reading."""


@dataclass(frozen=True)
class Profiles:
    """The real tutor with the decks of the test, and a model in its settings."""

    paths: Paths
    bank: Bank

    @asynccontextmanager
    async def welcomed(self, locale: str) -> AsyncIterator[tuple[Pilot[None], Tutor]]:
        """The app, when it asks the first question."""
        environ = {"TUTOR_HOME": str(self.paths.home), "LANG": locale}
        profile = Profile(environ, {"model": self.paths.home / "none.gguf"})
        with (
            open_progress(profile.paths, clock=lambda: NOON) as progress,
            closing(Tutor(profile, self.bank, progress)) as tutor,
        ):
            async with TutorApp(tutor).run_test(size=(80, 24)) as pilot:
                await sees(pilot, "Which languages")
                yield pilot, tutor

    @property
    def settings(self) -> str:
        """What is saved."""
        return self.paths.settings.read_text("utf-8") if self.paths.settings.exists() else ""


@pytest.fixture
def profiles(tutor: StubTutor) -> Profiles:
    tutor.progress.close()
    return Profiles(tutor.paths, tutor.bank)


@pytest.mark.parametrize(
    ("locale", "first", "saved"),
    [
        ("zh_CN.UTF-8", "[x] 中文", '["zh", "en"]'),
        ("fr_FR.UTF-8", "[x] English", '["en"]'),
    ],
)
async def test_enter_keeps_what_the_system_says(
    profiles: Profiles, locale: str, first: str, saved: str
) -> None:
    async with profiles.welcomed(locale) as (pilot, tutor):
        boxes = [line for line in picture(pilot.app).splitlines() if "[x]" in line or "[ ]" in line]
        assert first in boxes[0]
        await pilot.press("enter")
        if locale.startswith("zh"):  # only they can read both decks
            await sees(pilot, "Which decks")
            assert profiles.settings == f"languages = {saved}\n", "saved at once"
            await pilot.press("enter")
        await wait_until(pilot, lambda: not tutor.is_new)
        await on(pilot, TodayScreen)
        assert profiles.settings == f"languages = {saved}\n"
        assert tutor.languages == tutor.preferences.languages


async def test_today_waits_until_the_questions_are_over(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = Event()
    write = write_setting

    def slowly(file: Path, name: str, value: object) -> None:
        assert saving.wait(60)
        write(file, name, value)

    monkeypatch.setattr("tutor.settings_file.write_setting", slowly)
    async with profiles.welcomed("zh_CN") as (pilot, tutor):
        assert "Due and new" not in picture(pilot.app)
        await pilot.press("enter")
        await wait_until(pilot, lambda: not isinstance(pilot.app.screen, SeveralScreen))
        await pilot.press("enter", "b", "escape")
        assert "Due and new" not in picture(pilot.app)
        saving.set()
        await sees(pilot, "Which decks")
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: not tutor.is_new)


@pytest.mark.parametrize(
    ("locale", "languages", "decks", "saved", "preferred"),
    [
        (
            "en_US",
            ("down", "down", "down", "space"),
            ("down", "space"),
            'languages = ["en", "zh"]\ndecks = ["papers"]\n',
            (("en", "zh"), ("papers",)),
        ),
        (
            "zh_CN",
            ("space", "down", "space"),
            ("space", "down", "space"),
            "",  # no mark is the default
            (("zh", "en"), ()),
        ),
    ],
)
async def test_other_languages_and_decks_are_saved_and_apply(
    profiles: Profiles,
    locale: str,
    languages: tuple[str, ...],
    decks: tuple[str, ...],
    saved: str,
    preferred: tuple[tuple[str, ...], ...],
) -> None:
    async with profiles.welcomed(locale) as (pilot, tutor):
        await pilot.press(*languages, "enter")
        await sees(pilot, "Which decks")
        assert "[x] Papers [bold]x (2)" in picture(pilot.app) or locale == "zh_CN"
        await pilot.press(*decks, "enter")
        await wait_until(pilot, lambda: not tutor.is_new)
        assert profiles.settings == saved
        assert (tutor.preferences.languages, tutor.preferences.decks) == preferred


async def test_esc_skips_the_questions_for_good(profiles: Profiles) -> None:
    async with profiles.welcomed("zh_CN") as (pilot, tutor):
        await pilot.press("escape")
        await on(pilot, TodayScreen)
        await wait_until(pilot, lambda: not tutor.is_new)
    assert profiles.settings == ""


async def test_after_quitting_the_questions_return_with_the_saved_answers(
    profiles: Profiles,
) -> None:
    async with profiles.welcomed("en_US") as (pilot, _):
        await pilot.press("down", "down", "down", "space", "enter")
        await sees(pilot, "Which decks")
        await pilot.press("ctrl+q")
    async with profiles.welcomed("en_US") as (pilot, tutor):
        assert tutor.is_new
        assert "[x] 中文" in picture(pilot.app)


async def test_settings_that_cannot_be_written_are_reported(
    profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise TutorError("the file cannot be changed", remedy="Check it.")

    monkeypatch.setattr("tutor.settings_file.write_setting", fail)
    async with profiles.welcomed("en_US") as (pilot, _):
        await pilot.press("enter")
        failure = ["the file cannot be changed. Check it."]
        await wait_until(pilot, lambda: notes(pilot.app) == failure)
        await on(pilot, TodayScreen)


# --- who grades


MakeShelf = Callable[..., Shelf]


@pytest.fixture
def make_shelf(paths: Paths, tmp_path: Path, dense_model: Path) -> MakeShelf:
    judge, original = tiny_judge(tmp_path, dense_model), tiny_original(tmp_path, dense_model)

    return lambda *models: shelf_of(paths, Catalog((LARGE, original), judge), models)


@pytest.fixture
def new(tutor: StubTutor, make_shelf: MakeShelf) -> StubTutor:
    """A new student who reads one deck only, without a model."""
    tutor.is_new, tutor.preferences = True, Preferences(languages=("de",))
    tutor.grading.status, tutor.grading.model_name = Status(EngineState.OFF), None
    tutor.models = make_shelf
    return tutor


@asynccontextmanager
async def at_the_grader(tutor: StubTutor) -> AsyncIterator[Pilot[None]]:
    """The app, when it asks the last question."""
    async with TutorApp(tutor).run_test(size=(80, 24)) as pilot:
        await sees(pilot, "Which languages")
        await pilot.press("enter")
        await sees(pilot, "Who grades")
        yield pilot


@pytest.mark.parametrize("judge", ["the judge", None], ids=["takes over by itself", "is chosen"])
async def test_enter_has_the_judge_downloaded(new: StubTutor, judge: str | None) -> None:
    async with at_the_grader(new) as pilot:
        await pilot.press("enter")
        await wait_until(pilot, lambda: new.downloads)
        assert not new.is_new
        await on(pilot, TodayScreen)
        await sees(pilot, "getting the judge")
        await sees(pilot, "A model is being downloaded. It takes over when it is ready.")
        (pull,) = new.downloads
        new.judge = judge
        pull.arrive()
        await sees(pilot, f"● ready · {judge or pull.target.stem}")
        assert new.used == ([] if judge else [pull.target])


@pytest.mark.parametrize(
    ("key", "downloads", "used"),
    [("down", ["large-4b"], []), ("end", [], [None])],
    ids=["a larger model", "key terms"],
)
async def test_another_grader(
    new: StubTutor, key: str, downloads: list[str], used: list[None]
) -> None:
    async with at_the_grader(new) as pilot:
        assert "Large-4B: 2.0 GiB download; a larger model" in picture(pilot.app)
        await pilot.press(key, "enter")
        await wait_until(pilot, lambda: new.downloads or new.used)
    assert ([each.entry.id for each in new.downloads], new.used) == (downloads, used)


async def test_a_file_of_ones_own(new: StubTutor) -> None:
    async with at_the_grader(new) as pilot:
        await pilot.press("down", "down", "enter")
        await on(pilot, ModelsScreen)
        await sees(pilot, "The path of a model file")
    assert (new.downloads, new.used) == ([], [])


def being_set_up(tutor: StubTutor, _: pytest.MonkeyPatch) -> None:
    state = SetupState(SetupStage.COMPILING, 1, 2)
    file = tutor.paths.home.with_name("background.json")
    file.write_text(json.dumps(asdict(state)), encoding="utf-8")
    tutor.paths = replace(tutor.paths, setup=file)


def without_room(_: StubTutor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GraderOffer, "room", GIB)


def as_usual(_: StubTutor, __: pytest.MonkeyPatch) -> None:
    """The judge is preset."""


@pytest.mark.parametrize(
    ("prepare", "shown", "key"),
    [
        (being_set_up, "download, in the background", "enter"),
        (without_room, "Key terms for now", "enter"),  # the judge may come when there is room
        (as_usual, "Key terms only", "escape"),
    ],
    ids=["the judge is on its way", "key terms are preset", "esc"],
)
async def test_nothing_is_downloaded_or_set_where(
    new: StubTutor,
    monkeypatch: pytest.MonkeyPatch,
    prepare: Callable[[StubTutor, pytest.MonkeyPatch], None],
    shown: str,
    key: str,
) -> None:
    prepare(new, monkeypatch)
    async with at_the_grader(new) as pilot:
        assert shown in picture(pilot.app)
        await pilot.press(key)
        await wait_until(pilot, lambda: not new.is_new)
        await on(pilot, TodayScreen)
    assert (new.downloads, new.used) == ([], [])


def on_disk(*, is_judge: bool) -> OnDisk:
    return OnDisk(Path("x.gguf"), FoundIn.JUDGE, "x.gguf", 5, is_judge=is_judge)


COMPILING, FAILED = SetupState(SetupStage.COMPILING), SetupState(SetupStage.FAILED)


@pytest.mark.parametrize("is_here", [False, True])
@pytest.mark.parametrize("has_room", [False, True])
@pytest.mark.parametrize(
    ("setup", "can_run", "will_run"),
    [(None, True, True), (COMPILING, False, True), (FAILED, False, False)],
)
def test_what_is_preset(
    make_shelf: MakeShelf,
    monkeypatch: pytest.MonkeyPatch,
    setup: SetupState | None,
    is_here: bool,
    has_room: bool,
    can_run: bool,
    will_run: bool,
) -> None:
    monkeypatch.setattr(GraderOffer, "room", 100 * GIB if has_room else GIB)
    shelf = make_shelf(*[on_disk(is_judge=True)] * is_here)
    offer = GraderOffer(shelf, setup, can_run=can_run)
    words = offer.options()[JUDGE]
    assert offer.preset == (JUDGE if will_run and (is_here or has_room) else TERMS)
    comes = setup is COMPILING and has_room
    assert offer.must_download == (not is_here and not comes), "the set-up needs much free space"
    assert ("needs llama.cpp" in words) == (not will_run)
    assert ("only 1.0 GiB of disk are free" in words) == (will_run and not is_here and not has_room)


def test_a_file_that_was_found_is_counted(make_shelf: MakeShelf) -> None:
    offer = GraderOffer(make_shelf(on_disk(is_judge=False)), None, can_run=True)
    assert any("(GGUF); 1 file found" in words for words in offer.options().values())


def test_enter_alone_never_starts_a_huge_download(home: Path) -> None:
    assert load_catalog(find_paths({"TUTOR_HOME": str(home)})).original.bytes < MOST_UNREAD


# --- what it looks like


@pytest.mark.parametrize("size", [(80, 24), (40, 24)])
@pytest.mark.parametrize("question", ["languages", "decks", "grader"])
def test_the_first_start(
    new: StubTutor,
    snap_compare: SnapCompare,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
    question: str,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    number = {"languages": "1", "decks": "2", "grader": "3"}[question]
    reads: tuple[Language, ...] = ("de",) if question == "grader" else ("zh", "en")
    app = TutorApp(
        replace(
            new, paths=elsewhere(new).paths, preferences=Preferences(languages=reads), is_new=True
        )
    )

    async def look(pilot: Pilot[None]) -> None:
        await sees(pilot, "1 of 3")
        if number != "1":
            await pilot.press("enter")
        await sees(pilot, f"{number} of 3")
        await sees(pilot, "F1 Help")
        await wait_until(pilot, lambda: "○" in app.export_screenshot())  # on the page below

    assert snap_compare(app, terminal_size=size, run_before=look)
