"""The models: the first start, getting one, changing to it, measuring it in pauses."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.judges import put_judge, tiny_judge, tiny_original
from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.shelves import LARGE, entry, shelf_of
from tests.tui.steps import noted, notes, on, picture, press_fast, running, sees
from tests.tui.test_pictures import SnapCompare
from tutor.engine import Cancelled, EngineState, Status
from tutor.errors import TutorError
from tutor.evaluation.background import Measuring
from tutor.formatting import GIB
from tutor.grading import Calibration
from tutor.models import DownloadProgress, DownloadStage, PullFailed, Shelf
from tutor.models.catalog import Catalog
from tutor.models.local import models_on_disk
from tutor.tui import TutorApp
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.messages import ModelTaken, ScreenAsked
from tutor.tui.model_rows import model_table
from tutor.tui.models import LOOKING, ModelsScreen
from tutor.tui.today import TodayScreen


@pytest.fixture
def stocked(tutor: StubTutor, dense_model: Path) -> StubTutor:
    """Two models in the catalogue, one of them recommended, and a file in the models folder."""
    paths = tutor.paths
    paths.models[0].mkdir(parents=True)
    shutil.copyfile(dense_model, paths.models[0] / "mine.gguf")
    return offered(tutor, Catalog((entry("small-2b", GIB), LARGE)))


def offered(tutor: StubTutor, catalog: Catalog) -> StubTutor:
    """No model grades, and these are in the catalogue."""

    def shelf() -> Shelf:
        paths = tutor.paths
        return shelf_of(paths, catalog, models_on_disk(paths, {}, paths.home, catalog))

    tutor.models = shelf
    tutor.grading.status, tutor.grading.model_name = Status(EngineState.OFF), None
    return tutor


@asynccontextmanager
async def models(
    tutor: StubTutor, text: str = "Large-4B"
) -> AsyncIterator[tuple[Pilot[None], ModelsScreen]]:
    """An app that shows the screen, once `text` is on it."""
    async with TutorApp(tutor).run_test(size=(80, 24)) as pilot:
        pilot.app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: text in picture(pilot.app))
        yield pilot, await on(pilot, ModelsScreen)


async def test_what_there_is_and_whether_it_fits(stocked: StubTutor) -> None:
    async with models(stocked) as (pilot, _):
        seen = picture(pilot.app)
        assert "recommended" in seen
        assert "3.0 GiB of 8.0 GiB of memory is free · grading now: key terms" in seen
        assert "Press Enter to download 2.0 GiB" in seen
        await pilot.press("down")
        await sees(pilot, "Location: your models folder")
        await pilot.press("enter")
        await wait_until(pilot, lambda: stocked.used)
        assert stocked.used == [stocked.paths.models[0] / "mine.gguf"]
        await sees(pilot, "grading now: mine")
        await pilot.press("t")
        await wait_until(pilot, lambda: len(stocked.used) == 2)
        assert stocked.used[1] is None


async def test_a_catalogue_that_cannot_be_read_is_told(stocked: StubTutor) -> None:
    def broken() -> Shelf:
        raise TutorError("models.toml: entry 4: id: is missing", remedy="Mend it.")

    stocked.models = broken
    async with models(stocked, "entry 4: id: is missing") as (pilot, _):
        await wait_until(pilot, lambda: LOOKING not in picture(pilot.app))


async def test_a_download_is_told_of_stopped_and_failing(stocked: StubTutor) -> None:
    async with models(stocked) as (pilot, screen):
        await pilot.press("enter")
        await wait_until(pilot, lambda: stocked.downloads)
        stocked.downloads[0].tell(
            DownloadProgress(DownloadStage.LOADING, GIB // 2, 2 * GIB, rate=8 << 20)
        )
        await sees(pilot, "25 %, 512 MiB of 2.0 GiB · 8 MiB/s")
        await pilot.press("enter")
        await noted(pilot, "has downloaded")
        await pilot.press("x")
        await wait_until(pilot, lambda: not screen.query_one("#fetching").display)
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(stocked.downloads) == 2)
        stocked.downloads[1].fail(PullFailed("the hub is away [/b]", remedy="Try later."))
        await noted(pilot, "the hub is away [/b]")
        await sees(pilot, "✗ the hub is away [/b]. Try later.")
        assert stocked.used == []


async def test_a_file_is_added_and_grades(stocked: StubTutor, recurrent_model: Path) -> None:
    async with models(stocked) as (pilot, screen):
        await pilot.press("a", *"/nowhere", "enter")
        await sees(pilot, "/nowhere does not exist. Check the path.")
        await pilot.press("s")
        assert screen.notice.text == "", "the path has changed"
        await pilot.press("enter")
        await wait_until(pilot, lambda: "/nowheres does not exist" in screen.notice.text)
        assert "Esc Cancel" in picture(pilot.app)
        await pilot.press("escape")
        assert screen.notice.text == ""
        assert "Esc Today" in picture(pilot.app)
        await pilot.press("a")
        screen.query_one("#file", Input).value = f'"{recurrent_model}"'
        await pilot.press("enter")
        await wait_until(pilot, lambda: stocked.used)
        assert stocked.used == [stocked.paths.models[0] / recurrent_model.name]
        assert stocked.paths.models[0].joinpath(recurrent_model.name).exists()


async def test_what_is_typed_right_after_a_is_the_path(stocked: StubTutor) -> None:
    async with models(stocked) as (pilot, screen):
        press_fast(pilot, "down", "a", *"data")
        await wait_until(pilot, lambda: screen.query_one("#file", Input).value == "data")
        assert pilot.app.screen is screen


async def test_a_model_is_deleted_only_after_confirmation_and_then_not_shown_as_ready(
    stocked: StubTutor,
) -> None:
    file = stocked.paths.models[0] / "mine.gguf"
    using = stocked.models

    def shelf() -> Shelf:
        assert using is not None
        return replace(using(), used=file if stocked.grading.model_name else None)

    stocked.models = shelf
    async with models(stocked) as (pilot, _):
        await pilot.press("end", "enter")
        await sees(pilot, "● ready · mine")
        await sees(pilot, "in use")
        await pilot.press("d")
        await on(pilot, ChoiceScreen)
        await pilot.press("enter")
        await on(pilot, ModelsScreen)
        assert file.exists()
        await pilot.press("d")
        await on(pilot, ChoiceScreen)
        await pilot.press("down", "enter")
        await noted(pilot, "freed")
        assert not file.exists()
        assert "● ready" not in picture(pilot.app)


async def test_a_model_that_is_still_loading_is_unloaded_before_it_is_deleted(
    stocked: StubTutor,
) -> None:
    file = stocked.paths.models[0] / "mine.gguf"
    listed = stocked.models
    assert listed is not None
    async with models(stocked) as (pilot, _):
        stocked.models = lambda: replace(listed(), used=file)
        await pilot.press("end", "d")
        await on(pilot, ChoiceScreen)
        await pilot.press("down", "enter")
        await noted(pilot, "freed")
        assert stocked.used == [None], "or the settings would name a model that is gone"


async def test_a_model_stays_chosen_when_another_is_listed_above_it(
    stocked: StubTutor, dense_model: Path
) -> None:
    async with models(stocked) as (pilot, screen):
        await pilot.press("end")
        shutil.copyfile(dense_model, stocked.paths.models[0] / "another.gguf")
        screen.post_message(ModelTaken())
        await sees(pilot, "another")
        assert screen.chosen is not None
        assert screen.chosen.name == "mine.gguf"


async def test_a_checksum_without_a_published_one_is_shown(stocked: StubTutor) -> None:
    async with models(stocked) as (pilot, _):
        await pilot.press("down", "V")
        await noted(pilot, "none is published to compare it with")


@pytest.mark.parametrize(
    ("folder", "remedy"), [(0, "Press d to delete it."), (1, "Delete it yourself.")]
)
async def test_a_wrong_checksum_names_a_remedy_that_is_offered(
    tutor: StubTutor, dense_model: Path, folder: int, remedy: str
) -> None:
    own_or_shipped = tutor.paths.models[folder]
    own_or_shipped.mkdir(parents=True)
    shutil.copyfile(dense_model, own_or_shipped / LARGE.file)
    async with models(offered(tutor, Catalog((LARGE,)))) as (pilot, screen):
        await pilot.press("end", "V")
        await wait_until(pilot, lambda: "The checksum is wrong" in screen.notice.text)
        assert screen.notice.text.endswith(remedy)
        assert screen.check_action("remove", ()) is (folder == 0)


async def test_a_file_that_cannot_be_verified_is_reported_and_the_memory_shown_again(
    stocked: StubTutor,
) -> None:
    async with models(stocked) as (pilot, screen):
        (stocked.paths.models[0] / "mine.gguf").unlink()
        await pilot.press("down", "V")
        await wait_until(pilot, lambda: "mine.gguf" in screen.notice.text)
        assert "grading now: key terms" in picture(pilot.app)


async def test_a_model_is_measured_in_pauses_but_not_while_the_student_writes(
    stocked: StubTutor,
) -> None:
    calibration = Calibration.model_validate({
        "terms": "2", "weights": {"terms": 4.0}, "partial": 1.0, "met": 2.0, "points": 300,
        "questions": 40, "found": {"key terms": {"accuracy": 0.81, "kappa": 0.6}},
    })  # fmt: skip
    async with running(stocked) as (app, pilot):
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.focused is not None and app.focused.id == "answer")
        stocked.measured = [Measuring(1, 2), Cancelled("typed"), Measuring(2, 2, calibration)]
        app.models.look_for_a_pause()
        await pilot.pause()
        assert len(stocked.measured) == 3
        await pilot.press("escape")
        await on(pilot, TodayScreen)

        def calibrated() -> list[str]:
            app.models.look_for_a_pause()
            return notes(app)

        await wait_until(pilot, calibrated)
        (note,) = notes(app)
        assert "calibrated. It was right on 81 % with key terms alone" in note


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["narrow", "wide"])
def test_models_as_a_picture(
    stocked: StubTutor, snap_compare: SnapCompare, size: tuple[int, int]
) -> None:
    async def look(pilot: Pilot[None]) -> None:
        pilot.app.post_message(ScreenAsked("models"))
        await sees(pilot, "Press Enter to download")

    app = TutorApp(stocked)
    assert snap_compare(app, terminal_size=size, run_before=look)


async def test_a_tick_while_the_app_closes_does_nothing(tutor: StubTutor) -> None:
    async with running(tutor) as (app, pilot):
        await on(pilot, TodayScreen)
        models = app.models
    assert app.screen_stack == []
    models.look_for_a_pause()


async def test_a_judge_that_is_not_installed_is_offered_first(
    tutor: StubTutor, tmp_path: Path, dense_model: Path
) -> None:
    judge, original = tiny_judge(tmp_path, dense_model), tiny_original(tmp_path, dense_model)
    offered(tutor, Catalog((LARGE, original), judge))
    async with models(tutor, "Trained for these questions.") as (pilot, _):
        await pilot.press("enter")
        await wait_until(pilot, lambda: tutor.downloads)
        assert tutor.downloads[0].entry == original
        put_judge(tutor.paths.models[0], dense_model, judge)
        tutor.judge = "the judge"
        tutor.downloads[0].arrive()
        await sees(pilot, "grading now: the judge")
        await sees(pilot, "Location: the judge's folder")
        assert "Built-in judge" in picture(pilot.app), "it stays the chosen row"


def test_a_judge_that_is_being_set_up_is_not_offered(
    tutor: StubTutor, tmp_path: Path, dense_model: Path
) -> None:
    judge, original = tiny_judge(tmp_path, dense_model), tiny_original(tmp_path, dense_model)
    shelf = shelf_of(tutor.paths, Catalog((LARGE, original), judge))
    assert [row.name for row in model_table(shelf).rows] == ["Built-in judge", LARGE.name]
    assert [row.name for row in model_table(shelf, offer_judge=False).rows] == [LARGE.name]
