"""The models: the first start, getting one, changing to it, measuring it in pauses."""

import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.support.judges import put_judge, tiny_judge, tiny_original
from tests.tui.conftest import wait_until
from tests.tui.doubles import StubTutor
from tests.tui.steps import notes, on, picture
from tests.tui.test_pictures import SnapCompare
from tutor.engine import Cancelled, EngineState, Status
from tutor.errors import TutorError
from tutor.evaluation.background import Measuring
from tutor.grading import Calibration
from tutor.models import CatalogEntry, DownloadProgress, DownloadStage, PullFailed, Shelf
from tutor.models.catalog import Catalog
from tutor.models.local import models_on_disk
from tutor.models.memory import MachineMemory
from tutor.tui import TutorApp
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.messages import ScreenAsked
from tutor.tui.model_rows import model_table
from tutor.tui.models import LOOKING, ModelsScreen
from tutor.tui.today import TodayScreen

GIB = 1 << 30


def entry(id_: str, number: int, **changes: object) -> CatalogEntry:
    values: dict[str, object] = {
        "id": id_, "name": id_.title(), "repository": "owner/name", "revision": "a" * 40,
        "file": f"{id_}.gguf", "bytes": number, "sha256": "b" * 64, "licence": "Apache-2.0",
        "languages": ("de", "en", "ru", "zh"), "laptop": 8, "kind": "dense",
        "layers": 36, "kv_heads": 8, "head": 128, "vocabulary": 151_936,
    }  # fmt: skip
    return CatalogEntry.model_validate(values | changes)


@pytest.fixture
def stocked(tutor: StubTutor, dense_model: Path, monkeypatch: pytest.MonkeyPatch) -> StubTutor:
    """Two models to have, one of them recommended, and a file in the models folder."""
    paths = tutor.paths
    paths.models[0].mkdir(parents=True)
    shutil.copyfile(dense_model, paths.models[0] / "mine.gguf")
    catalog = Catalog((entry("small-2b", GIB), entry("large-4b", 2 * GIB, recommended=True)))

    def shelf() -> Shelf:
        models = models_on_disk(paths, {}, paths.home, catalog)
        return Shelf(paths, catalog, models, MachineMemory(8 * GIB, 3 * GIB), 4096, None, None, {})

    tutor.models = shelf
    tutor.grading.status, tutor.grading.model_name = Status(EngineState.OFF), None
    return tutor


async def models_screen(pilot_app: TutorApp) -> ModelsScreen:
    screen = pilot_app.screen
    assert isinstance(screen, ModelsScreen)
    return screen


async def test_what_there_is_and_whether_it_fits(stocked: StubTutor) -> None:
    app = TutorApp(stocked)
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: "Large-4B" in picture(app))
        told = picture(app)
        assert "recommended" in told
        assert "3.0 GiB of 8.0 GiB of memory is free · grading now: key terms" in told
        assert "Press Enter to download 2.0 GiB" in told
        await pilot.press("down")
        await wait_until(pilot, lambda: "Location: your models folder" in picture(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: stocked.used)
        assert stocked.used == [stocked.paths.models[0] / "mine.gguf"]
        await wait_until(pilot, lambda: "grading now: mine" in picture(app))
        await pilot.press("t")
        await wait_until(pilot, lambda: len(stocked.used) == 2)
        assert stocked.used[1] is None


async def test_a_catalogue_that_cannot_be_read_is_told(stocked: StubTutor) -> None:
    def broken() -> Shelf:
        raise TutorError("models.toml: entry 4: id: Field required", remedy="Mend it.")

    stocked.models = broken
    app = TutorApp(stocked)
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: "entry 4: id: Field required" in picture(app))
        await wait_until(pilot, lambda: LOOKING not in picture(app))


async def test_a_download_is_told_of_stopped_and_failing(stocked: StubTutor) -> None:
    app = TutorApp(stocked)
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: "Large-4B" in picture(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: stocked.downloads)
        stocked.downloads[0].tell(
            DownloadProgress(DownloadStage.LOADING, GIB // 2, 2 * GIB, rate=8 << 20)
        )
        await wait_until(pilot, lambda: "25 %, 512 MiB of 2.0 GiB · 8 MiB/s" in picture(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: any("has downloaded" in told for told in notes(app)))
        await pilot.press("x")
        await wait_until(pilot, lambda: app.fetching is None)
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(stocked.downloads) == 2)
        stocked.downloads[1].fail(PullFailed("the hub is away [/b]", remedy="Try later."))
        await wait_until(pilot, lambda: any("the hub is away [/b]" in told for told in notes(app)))
        await wait_until(pilot, lambda: "✗ the hub is away [/b]. Try later." in picture(app))
        assert stocked.used == []


async def test_a_file_is_added_and_judges(
    stocked: StubTutor, recurrent_model: Path, tmp_path: Path
) -> None:
    app = TutorApp(stocked)
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: "Large-4B" in picture(app))
        await pilot.press("a", *"/nowhere", "enter")
        await wait_until(pilot, lambda: "/nowhere does not exist. Check the path." in picture(app))
        await pilot.press("s")
        assert await_notice(app) == "", "it is another path now"
        await pilot.press("enter")
        await wait_until(pilot, lambda: "/nowheres does not exist" in await_notice(app))
        assert "Esc Cancel" in picture(app)
        await pilot.press("escape")
        screen = await models_screen(app)
        assert await_notice(app) == ""
        assert "Esc Today" in picture(app)
        await pilot.press("a")
        screen.query_one("#file", Input).value = f'"{recurrent_model}"'
        await pilot.press("enter")
        await wait_until(pilot, lambda: stocked.used)
        assert stocked.used == [stocked.paths.models[0] / recurrent_model.name]
        assert stocked.paths.models[0].joinpath(recurrent_model.name).exists()


def await_notice(app: TutorApp) -> str:
    screen = app.screen
    return screen.notice.text if isinstance(screen, ModelsScreen) else ""


async def test_a_file_is_deleted_after_a_question_only(stocked: StubTutor) -> None:
    file = stocked.paths.models[0] / "mine.gguf"
    app = TutorApp(stocked)
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: "Large-4B" in picture(app))
        await pilot.press("down", "d")
        await on(pilot, ChoiceScreen)
        await pilot.press("enter")
        await on(pilot, ModelsScreen)
        assert file.exists()
        await pilot.press("d")
        await on(pilot, ChoiceScreen)
        await pilot.press("down", "enter")
        await wait_until(pilot, lambda: not file.exists())


async def test_a_checksum_that_nobody_knows_is_shown(stocked: StubTutor) -> None:
    app = TutorApp(stocked)
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: "Large-4B" in picture(app))
        await pilot.press("down", "V")
        await wait_until(
            pilot,
            lambda: any("none is published to compare it with" in told for told in notes(app)),
        )


async def test_a_model_is_measured_in_pauses_and_never_while_somebody_writes(
    stocked: StubTutor,
) -> None:
    calibration = Calibration.model_validate({
        "terms": "2", "weights": {"terms": 4.0}, "partial": 1.0, "met": 2.0, "points": 300,
        "questions": 40, "found": {"key terms": {"accuracy": 0.81, "kappa": 0.6}},
    })  # fmt: skip
    app = TutorApp(stocked)
    async with app.run_test(size=(80, 24)) as pilot:
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
        assert app.measuring == Measuring(2, 2, calibration)
        (told,) = notes(app)
        assert (
            "measured and calibrated: of 300 points it got right 81 % with key terms alone" in told
        )


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["narrow", "wide"])
def test_models_as_a_picture(
    stocked: StubTutor, snap_compare: SnapCompare, size: tuple[int, int]
) -> None:
    async def look(pilot: Pilot[None]) -> None:
        pilot.app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: "Press Enter to download" in picture(app))

    app = TutorApp(stocked)
    assert snap_compare(app, terminal_size=size, run_before=look)


async def test_a_tick_while_the_app_closes_does_nothing(tutor: StubTutor) -> None:
    app = TutorApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        await on(pilot, TodayScreen)
        models = app.models
    assert app.screen_stack == []
    models.look_for_a_pause()


async def test_a_judge_that_is_not_here_is_offered_first(
    tutor: StubTutor, tmp_path: Path, dense_model: Path
) -> None:
    judge, original = tiny_judge(tmp_path, dense_model), tiny_original(tmp_path, dense_model)
    catalog = Catalog((entry("large-4b", 2 * GIB, recommended=True), original), judge)

    def shelf() -> Shelf:
        models = models_on_disk(tutor.paths, {}, tutor.paths.home, catalog)
        memory = MachineMemory(8 * GIB, 3 * GIB)
        return Shelf(tutor.paths, catalog, models, memory, 4096, None, None, {})

    tutor.models = shelf
    tutor.grading.status, tutor.grading.model_name = Status(EngineState.OFF), None
    app = TutorApp(tutor)
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(ScreenAsked("models"))
        await wait_until(pilot, lambda: "Trained for these questions." in picture(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: tutor.downloads)
        assert tutor.downloads[0].entry == original
        put_judge(tutor.paths.models[0], dense_model, judge)
        tutor.judge = "the judge"
        tutor.downloads[0].arrive()
        await wait_until(pilot, lambda: "grading now: the judge" in picture(app))
        await wait_until(pilot, lambda: "Location: the judge's folder" in picture(app))
        assert "The built-in judge" in picture(app), "it stays the chosen row"


def test_a_judge_that_is_on_its_way_is_not_offered(
    tutor: StubTutor, tmp_path: Path, dense_model: Path
) -> None:
    judge, original = tiny_judge(tmp_path, dense_model), tiny_original(tmp_path, dense_model)
    memory = MachineMemory(8 * GIB, 3 * GIB)
    shelf = Shelf(tutor.paths, Catalog((original,), judge), (), memory, 4096, None, None, {})
    assert [row.name for row in model_table(shelf).rows] == ["The built-in judge", "Tiny"]
    assert [row.name for row in model_table(shelf, offer_judge=False).rows] == ["Tiny"]
