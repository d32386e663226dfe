"""Managing models while the app runs: getting one, changing to it, measuring it in pauses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.widgets import Input, TextArea

from tutor.engine import EngineError, EngineState
from tutor.engine.setup_state import SetupStage, read_setup
from tutor.formatting import sentence
from tutor.tui.background import background
from tutor.tui.labels import explain, one_line
from tutor.tui.messages import FetchProgressed, ModelTaken
from tutor.tui.model_words import Fetching, model_as_subject, setup_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.worker import Worker

    from tutor.engine import Status
    from tutor.evaluation.background import Measuring
    from tutor.models import CatalogEntry, Download, DownloadProgress, JudgeDownload
    from tutor.tui.app import TutorApp


PAUSE = 3.0
"""Seconds between checks for a pause in which to measure a model."""
SETUP_PAUSE = 2.0
"""Seconds between checks of the background set-up."""


class ModelController:
    """Gets, changes and measures models; none of this ever holds up studying."""

    def __init__(self, app: TutorApp, listener: Callable[[Status], None]) -> None:
        """`listener` is called, from any thread, with what a new model is doing."""
        self._app = app
        self._listener = listener
        self._download: Download | JudgeDownload | None = None
        self._measuring: Worker[Measuring | None] | None = None

    # --- getting a model

    def get(self, entry: CatalogEntry) -> None:
        """Start to download a model, which then grades; one download at a time."""
        self._begin(lambda: self._app.tutor.fetch(entry, self._progressed), self.use)

    def get_judge(self) -> None:
        """Start to download the judge, which then grades; one download at a time."""
        self._begin(lambda: self._app.tutor.fetch_judge(self._progressed), self._use_judge)

    def _begin(
        self, make: Callable[[], Download | JudgeDownload], use: Callable[[Path], None]
    ) -> None:
        app = self._app
        if self._download is not None:
            name = one_line(self._download.name)
            app.notify(f"Wait until {name} has downloaded.", markup=False)
            return
        self._download = download = make()
        app.fetching = Fetching(download.name)
        background(app, download.run, lambda path: self._got(path, use), self._not_got)

    def _progressed(self, progress: DownloadProgress) -> None:
        """Runs in the download's thread."""
        if self._app.is_running:
            self._app.post_message(FetchProgressed(progress))

    def stop(self) -> None:
        """Stop the download; what has arrived is kept."""
        if self._download is not None:
            self._download.cancel()

    def _got(self, path: Path, use: Callable[[Path], None]) -> None:
        self._ended()
        words = "The model is downloaded and is loading. You can keep studying."
        self._app.notify(words, markup=False)
        use(path)

    def _not_got(self, error: BaseException) -> None:
        from tutor.models import PullCancelled

        name = self._download.name if self._download is not None else ""
        self._ended()
        if not isinstance(error, PullCancelled):
            self._app.fetching = Fetching(name, failed=explain(error))
            self._app.notify(explain(error), severity="error", markup=False)

    def _ended(self) -> None:
        self._download, self._app.fetching = None, None

    # --- changing the model

    def use(self, path: Path | None) -> None:
        """Let this model grade as soon as it can; None for the key terms."""
        tutor, listener = self._app.tutor, self._listener
        background(
            self._app, lambda: tutor.use_model(path, listener), lambda _: self._announce_grader()
        )

    def unload(self) -> None:
        """Let no model grade; blocks."""
        self._app.tutor.use_model(None, self._listener)

    def _use_judge(self, path: Path) -> None:
        """Let the judge grade, without naming it in the settings if they name no model."""
        tutor, listener = self._app.tutor, self._listener
        background(
            self._app,
            lambda: tutor.retry_model(listener),
            lambda is_used: self._announce_grader() if is_used else self.use(path),
        )

    def _announce_grader(self) -> None:
        app, grading = self._app, self._app.tutor.grading
        status = grading.status
        if status.state is EngineState.FAILED:
            words = f"{sentence(status.detail)} {status.remedy}"
            app.notify(words, severity="error", markup=False)
        else:
            name = grading.model_name
            grades = f"{model_as_subject(name)} grades" if name else "Key terms suggest grades"
            app.notify(f"{grades} from now on.", markup=False)
        app.screen.post_message(ModelTaken())

    # --- the judge that is set up in the background

    def follow_setup(self) -> None:
        """Check the set-up; load a model once one can run, the judge once it is installed."""
        app = self._app
        before, now = app.setup_state, read_setup(app.tutor.paths.setup)
        if now is None or now == before:
            return
        app.setup_state = now
        if now.stage is SetupStage.FAILED:  # not if STOPPED, as it seems when a laptop wakes up
            app.notify(setup_sentence(now), severity="warning", timeout=20, markup=False)
        was = (before.compiled, before.stage is SetupStage.DONE) if before else (False, False)
        if was < (now.compiled, now.stage is SetupStage.DONE):
            tutor, listener = app.tutor, self._listener
            background(app, lambda: tutor.retry_model(listener), self._retried)

    def _retried(self, is_used: bool) -> None:
        if is_used:
            self._announce_grader()

    # --- measuring it

    def look_for_a_pause(self) -> None:
        """Measure on one more sample answer, unless the student is writing."""
        app = self._app
        if not app.screen_stack:
            return  # the last tick, while the app closes
        is_busy = self._measuring is not None and not self._measuring.is_finished
        if not is_busy and not isinstance(app.focused, TextArea | Input):
            self._measuring = background(
                app, app.tutor.measure_in_pause, self._measured, self._not_measured
            )

    def _not_measured(self, error: BaseException) -> None:
        if not isinstance(error, EngineError):  # such as when the student needs the model
            self._app.notify(explain(error), severity="error", markup=False)

    def _measured(self, measuring: Measuring | None) -> None:
        if measuring is not None and measuring.calibration is not None:
            from tutor.models.measurements import Quality

            accuracy = Quality(measuring.calibration).words
            self._app.notify(
                f"The model has been measured and calibrated. It was {accuracy}.", markup=False
            )
