"""The first start: three questions, each preset."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot

from tests.support.judges import tiny_judge, tiny_original
from tests.tui.conftest import wait_until
from tests.tui.doubles import NOON, StubTutor
from tests.tui.steps import notes, on, picture
from tests.tui.test_models import entry
from tests.tui.test_pictures import SnapCompare, elsewhere
from tutor.bank import Bank, Language
from tutor.engine import EngineState, Status
from tutor.engine.judge_model import JudgeModel
from tutor.engine.setup_state import SetupStage, SetupState
from tutor.errors import TutorError
from tutor.formatting import GIB
from tutor.models import Shelf
from tutor.models.catalog import Catalog, load_catalog
from tutor.models.local import FoundIn, OnDisk
from tutor.models.memory import MachineMemory
from tutor.paths import Paths, find_paths
from tutor.profile import Profile
from tutor.progress import open_progress
from tutor.settings_file import write_setting
from tutor.study import Preferences
from tutor.tui import TutorApp
from tutor.tui.dialogs import ChoiceScreen, SeveralScreen
from tutor.tui.first_start import JUDGE, TERMS, GraderOffer
from tutor.tui.models import ModelsScreen
from tutor.tui.today import TodayScreen
from tutor.wiring import Tutor

MOST_UNREAD = 500_000_000
"""Bytes that Enter downloads at most without being read."""


@contextmanager
def opened(paths: Paths, bank: Bank, environ: Mapping[str, str]) -> Iterator[Tutor]:
    """The real tutor with the decks of the test; a named model has settled who grades."""
    environ = {"TUTOR_HOME": str(paths.home), **environ}
    profile = Profile(environ, {"model": paths.home / "none.gguf"})
    with open_progress(profile.paths, clock=lambda: NOON) as progress:
        made = Tutor(profile, bank, progress)
        try:
            yield made
        finally:
            made.close()


def settings(paths: Paths) -> str:
    return paths.settings.read_text("utf-8") if paths.settings.exists() else ""


async def asked(pilot: Pilot[None], text: str) -> None:
    await wait_until(pilot, lambda: text in picture(pilot.app))


@pytest.fixture
def bank(tutor: StubTutor) -> Bank:
    tutor.progress.close()
    return tutor.bank


@pytest.mark.parametrize(
    ("locale", "first", "saved"),
    [
        ("de_DE.UTF-8", "[x] Deutsch", '["de", "en"]'),
        ("ru_RU.UTF-8", "[x] Русский", '["ru", "en"]'),
        ("zh_CN.UTF-8", "[x] 中文", '["zh", "en"]'),
        ("en_US.UTF-8", "[x] English", '["en"]'),
        ("fr_FR.UTF-8", "[x] English", '["en"]'),
    ],
)
async def test_enter_keeps_what_the_system_says(
    paths: Paths, bank: Bank, locale: str, first: str, saved: str
) -> None:
    with opened(paths, bank, {"LANG": locale}) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            await asked(pilot, "Which languages")
            boxes = [line for line in picture(app).splitlines() if "[x]" in line or "[ ]" in line]
            assert first in boxes[0]
            await pilot.press("enter")
            if locale.startswith("zh"):  # only they can read both decks
                await asked(pilot, "Which decks")
                assert settings(paths) == f"languages = {saved}\n", "saved at once"
                await pilot.press("enter")
            await wait_until(pilot, lambda: not tutor.is_new)
            await on(pilot, TodayScreen)
        assert settings(paths) == f"languages = {saved}\n"
        assert tutor.languages == tutor.preferences.languages


async def test_today_waits_until_the_questions_are_over(
    paths: Paths, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = Event()
    write = write_setting

    def slowly(file: Path, name: str, value: object) -> None:
        assert saving.wait(60)
        write(file, name, value)

    monkeypatch.setattr("tutor.settings_file.write_setting", slowly)
    with opened(paths, bank, {"LANG": "zh_CN"}) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            await asked(pilot, "Which languages")
            assert "Due and new" not in picture(app)
            await pilot.press("enter")
            await wait_until(pilot, lambda: not isinstance(app.screen, SeveralScreen))
            await pilot.press("enter", "b", "escape")
            assert "Due and new" not in picture(app)
            saving.set()
            await asked(pilot, "Which decks")
            await pilot.press("escape")
            await on(pilot, TodayScreen)


async def test_other_languages_and_decks_are_saved_and_hold(paths: Paths, bank: Bank) -> None:
    with opened(paths, bank, {"LANG": "en_US"}) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            await asked(pilot, "Which languages")
            await pilot.press("down", "down", "down", "space", "enter")
            await asked(pilot, "Which decks")
            assert "[x] Papers [bold]x (2)" in picture(app)
            await pilot.press("down", "space", "enter")
            await wait_until(pilot, lambda: not tutor.is_new)
        assert settings(paths) == 'languages = ["en", "zh"]\ndecks = ["papers"]\n'
        assert (tutor.preferences.languages, tutor.preferences.decks) == (("en", "zh"), ("papers",))


async def test_no_mark_is_the_default(paths: Paths, bank: Bank) -> None:
    with opened(paths, bank, {"LANG": "zh_CN"}) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            await asked(pilot, "Which languages")
            await pilot.press("space", "down", "space", "enter")
            await asked(pilot, "Which decks")
            await pilot.press("space", "down", "space", "enter")
            await wait_until(pilot, lambda: not tutor.is_new)
        assert settings(paths) == ""
        assert tutor.preferences.languages == ("zh", "en")


async def test_esc_starts_without_and_nobody_is_asked_again(paths: Paths, bank: Bank) -> None:
    with opened(paths, bank, {"LANG": "zh_CN"}) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            await asked(pilot, "Which languages")
            await pilot.press("escape")
            await on(pilot, TodayScreen)
            await wait_until(pilot, lambda: not tutor.is_new)
        assert settings(paths) == ""


async def test_who_quits_is_asked_again_with_what_was_answered(paths: Paths, bank: Bank) -> None:
    with opened(paths, bank, {"LANG": "en_US"}) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            await asked(pilot, "Which languages")
            await pilot.press("down", "down", "down", "space", "enter")
            await asked(pilot, "Which decks")
            await pilot.press("ctrl+q")
    with opened(paths, bank, {"LANG": "en_US"}) as tutor:
        assert tutor.is_new
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            await asked(pilot, "Which languages")
            assert "[x] 中文" in picture(app)


async def test_settings_that_cannot_be_written_are_told_of(
    paths: Paths, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise TutorError("the file cannot be changed", remedy="Check it.")

    monkeypatch.setattr("tutor.settings_file.write_setting", fail)
    with opened(paths, bank, {"LANG": "en_US"}) as tutor:
        app = TutorApp(tutor)
        async with app.run_test(size=(80, 24)) as pilot:
            await asked(pilot, "Which languages")
            await pilot.press("enter")
            await wait_until(pilot, lambda: notes(app) == ["the file cannot be changed. Check it."])
            await on(pilot, TodayScreen)


# --- who grades


@pytest.fixture
def judge(tmp_path: Path, dense_model: Path) -> JudgeModel:
    return tiny_judge(tmp_path, dense_model)


MakeShelf = Callable[..., Shelf]


@pytest.fixture
def make_shelf(paths: Paths, judge: JudgeModel, tmp_path: Path, dense_model: Path) -> MakeShelf:
    original = tiny_original(tmp_path, dense_model)

    def make(*models: OnDisk) -> Shelf:
        catalog = Catalog((entry("large-4b", 2 * GIB, recommended=True), original), judge)
        memory = MachineMemory(8 * GIB, 3 * GIB)
        return Shelf(paths, catalog, models, memory, 4096, None, None, {})

    return make


@pytest.fixture
def new(tutor: StubTutor, make_shelf: MakeShelf) -> StubTutor:
    """A new student who reads one deck only, without a model."""
    tutor.is_new, tutor.preferences = True, Preferences(languages=("de",))
    tutor.grading.status, tutor.grading.model_name = Status(EngineState.OFF), None
    tutor.models = make_shelf
    return tutor


async def to_the_grader(pilot: Pilot[None]) -> None:
    await asked(pilot, "Which languages")
    await pilot.press("enter")
    await asked(pilot, "Who grades")


async def test_enter_has_the_judge_downloaded(new: StubTutor) -> None:
    app = TutorApp(new)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_grader(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: new.downloads)
        assert not new.is_new
        await on(pilot, TodayScreen)
        await asked(pilot, "getting the judge")
        await asked(pilot, "A model is being downloaded. It takes over when it is ready.")
        (pull,) = new.downloads
        new.judge = "the judge"
        pull.arrive()
        await asked(pilot, "● ready · the judge")
        assert new.used == [], "the settings name no model"


async def test_a_judge_that_cannot_take_over_by_itself_is_chosen(new: StubTutor) -> None:
    app = TutorApp(new)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_grader(pilot)
        await pilot.press("enter")
        await wait_until(pilot, lambda: new.downloads)
        new.downloads[0].arrive()
        await wait_until(pilot, lambda: new.used)


async def test_a_judge_that_is_on_its_way_is_not_downloaded_twice(
    new: StubTutor, tmp_path: Path
) -> None:
    state = tmp_path / "background.json"
    state.write_text(
        '{"stage": "compiling", "done": 1, "total": 2, "compiled": false, "problem": "", "log": ""}'
    )
    new.paths = replace(new.paths, setup=state)
    app = TutorApp(new)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_grader(pilot)
        assert "download, in the background" in picture(app)
        await pilot.press("enter")
        await wait_until(pilot, lambda: not new.is_new)
        await on(pilot, TodayScreen)
    assert (new.downloads, new.used) == ([], [])


async def test_a_larger_model(new: StubTutor) -> None:
    app = TutorApp(new)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_grader(pilot)
        assert "Large-4B: 2.0 GiB download; a larger model" in picture(app)
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: new.downloads)
        assert new.downloads[0].entry.id == "large-4b"


async def test_a_file_of_ones_own(new: StubTutor) -> None:
    app = TutorApp(new)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_grader(pilot)
        await pilot.press("down", "down", "enter")
        await on(pilot, ModelsScreen)
        await asked(pilot, "The path of a model file")
    assert (new.downloads, new.used) == ([], [])


async def test_key_terms_only(new: StubTutor) -> None:
    app = TutorApp(new)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_grader(pilot)
        await pilot.press("end", "enter")
        await wait_until(pilot, lambda: new.used == [None])
        assert new.downloads == []


async def test_key_terms_that_are_preset_are_only_for_now(
    new: StubTutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GraderOffer, "room", GIB)
    app = TutorApp(new)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_grader(pilot)
        assert "Key terms for now" in picture(app)
        await pilot.press("enter")
        await wait_until(pilot, lambda: not new.is_new)
    assert (new.downloads, new.used) == ([], []), "the judge may come when there is room"


async def test_esc_at_the_last_question_downloads_nothing(new: StubTutor) -> None:
    app = TutorApp(new)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_grader(pilot)
        await pilot.press("escape")
        await wait_until(pilot, lambda: not new.is_new)
        await on(pilot, TodayScreen)
    assert (new.downloads, new.used) == ([], [])


def on_disk(*, is_judge: bool) -> OnDisk:
    return OnDisk(Path("x.gguf"), FoundIn.JUDGE, "x.gguf", 5, is_judge=is_judge)


def words(offer: GraderOffer) -> str:
    return next(option.text for option in offer.options() if option.id == JUDGE)


def test_what_is_preset(make_shelf: MakeShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    missing, here = make_shelf(), make_shelf(on_disk(is_judge=True))
    assert GraderOffer(missing, None, can_run=True).preset == JUDGE
    assert GraderOffer(missing, None, can_run=True).must_download
    assert GraderOffer(here, None, can_run=True).preset == JUDGE
    assert not GraderOffer(here, None, can_run=True).must_download
    coming = GraderOffer(missing, SetupState(SetupStage.COMPILING), can_run=False)
    assert coming.preset == JUDGE
    assert not coming.must_download
    failed = SetupState(SetupStage.FAILED)
    offer = GraderOffer(missing, failed, can_run=False)
    assert offer.preset == TERMS
    assert "needs llama.cpp" in words(offer)
    monkeypatch.setattr(GraderOffer, "room", GIB)
    offer = GraderOffer(missing, None, can_run=True)
    assert offer.preset == TERMS
    assert "only 1.0 GiB of disk are free" in words(offer)
    assert GraderOffer(here, None, can_run=True).preset == JUDGE
    full = GraderOffer(missing, coming.setup, can_run=False)
    assert full.preset == TERMS
    assert full.must_download, "the set-up downloads nothing without much free space"
    assert "only 1.0 GiB of disk are free" in words(full)
    assert GraderOffer(here, coming.setup, can_run=False).preset == JUDGE


def test_a_file_that_was_found_is_counted(make_shelf: MakeShelf) -> None:
    offer = GraderOffer(make_shelf(on_disk(is_judge=False)), None, can_run=True)
    assert any("(GGUF); 1 file found" in option.text for option in offer.options())


def test_no_more_is_downloaded_than_may_be_unread(home: Path) -> None:
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
    reads: tuple[Language, ...] = ("de",) if question == "grader" else ("zh", "en")
    app = TutorApp(
        replace(
            new, paths=elsewhere(new).paths, preferences=Preferences(languages=reads), is_new=True
        )
    )

    async def look(pilot: Pilot[None]) -> None:
        await on(pilot, SeveralScreen)
        if question != "languages":
            await pilot.press("enter")
        if question == "decks":
            await wait_until(pilot, lambda: "2 of 3" in picture(app))
        if question == "grader":
            await on(pilot, ChoiceScreen)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=look)
