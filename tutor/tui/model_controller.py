"""Models while the app runs: getting one, changing to it, measuring it in pauses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.widgets import Input, TextArea

from tutor.engine import EngineError, EngineState
from tutor.engine.setup_state import SetupStage, read_setup
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
"""Seconds between two looks whether a model is to be measured and nobody types."""
SETUP_PAUSE = 2.0
"""Seconds between two looks at what is being set up in the background."""


class ModelController:
    """Keeps the app's models; nothing of it ever holds up studying."""

    def __init__(self, app: TutorApp, listener: Callable[[Status], None]) -> None:
        """`listener` is called, from any thread, with what a new model is doing."""
        self._app = app
        self._listener = listener
        self._pull: Download | JudgeDownload | None = None
        self._pausing: Worker[Measuring | None] | None = None

    # --- getting a model

    def get(self, entry: CatalogEntry) -> None:
        """Begin to download a model, which then grades; one download at a time."""
        self._begin(lambda: self._app.tutor.fetch(entry, self._heard), self.use)

    def get_judge(self) -> None:
        """Begin to download the judge, which then judges."""
        self._begin(lambda: self._app.tutor.fetch_judge(self._heard), self._take_judge)

    def _begin(
        self, make: Callable[[], Download | JudgeDownload], got: Callable[[Path], None]
    ) -> None:
        app = self._app
        if self._pull is not None:
            name = one_line(self._pull.name)
            app.notify(f"Wait until {name} has downloaded.", markup=False)
            return
        self._pull = pull = make()
        app.fetching = Fetching(pull.name)
        background(app, pull.run, lambda path: self._got(path, got), self._not_got)

    def _heard(self, progress: DownloadProgress) -> None:
        """In the download's thread."""
        if self._app.is_running:
            self._app.post_message(FetchProgressed(progress))

    def stop(self) -> None:
        """Stop the download; what has arrived is kept."""
        if self._pull is not None:
            self._pull.cancel()

    def _got(self, path: Path, got: Callable[[Path], None]) -> None:
        self._ended()
        self._app.notify("The model is here and is loading. You can keep studying.", markup=False)
        got(path)

    def _not_got(self, error: BaseException) -> None:
        from tutor.models import PullCancelled

        name = self._pull.name if self._pull is not None else ""
        self._ended()
        if not isinstance(error, PullCancelled):
            self._app.fetching = Fetching(name, failed=explain(error))
            self._app.notify(explain(error), severity="error", markup=False)

    def _ended(self) -> None:
        self._pull, self._app.fetching = None, None

    # --- changing the model

    def use(self, path: Path | None) -> None:
        """Have this model grade as soon as it can; None for the key terms."""
        tutor, listener = self._app.tutor, self._listener
        background(self._app, lambda: tutor.use_model(path, listener), lambda _: self._used())

    def _take_judge(self, path: Path) -> None:
        """Have the judge grade without naming it in the settings, where they name no model."""
        tutor, listener = self._app.tutor, self._listener
        background(
            self._app,
            lambda: tutor.retry_model(listener),
            lambda taken: self._used() if taken else self.use(path),
        )

    def _used(self) -> None:
        app, grading = self._app, self._app.tutor.grading
        status = grading.status
        if status.state is EngineState.FAILED:
            app.notify(f"{status.detail} {status.remedy}", severity="error", markup=False)
        else:
            name = grading.model_name
            grades = f"{model_as_subject(name)} grades" if name else "Key terms suggest grades"
            app.notify(f"{grades} from now on.", markup=False)
        app.screen.post_message(ModelTaken())

    # --- the judge that is set up in the background

    def follow_setup(self) -> None:
        """See how far it is; load a model once one can be run, the judge once it is installed."""
        app = self._app
        before, now = app.setup_state, read_setup(app.tutor.paths.setup)
        if now is None or now == before:
            return
        app.setup_state = now
        if now.stage is SetupStage.FAILED:  # a laptop that wakes up seems to have stopped
            app.notify(setup_sentence(now), severity="warning", timeout=20, markup=False)
        was = (before.compiled, before.stage is SetupStage.DONE) if before else (False, False)
        if was < (now.compiled, now.stage is SetupStage.DONE):
            tutor, listener = app.tutor, self._listener
            background(app, lambda: tutor.retry_model(listener), self._retried)

    def _retried(self, taken: bool) -> None:
        if taken:
            self._used()

    # --- measuring it

    def look_for_a_pause(self) -> None:
        """Measure one sample answer more, unless somebody is writing."""
        app = self._app
        if not app.screen_stack:
            return  # the last tick, while the app closes
        busy = self._pausing is not None and not self._pausing.is_finished
        if not busy and not isinstance(app.focused, TextArea | Input):
            self._pausing = background(
                app, app.tutor.measure_in_pause, self._measured, self._not_measured
            )

    def _not_measured(self, error: BaseException) -> None:
        if not isinstance(error, EngineError):  # that somebody wanted the model is no trouble
            self._app.notify(explain(error), severity="error", markup=False)

    def _measured(self, measuring: Measuring | None) -> None:
        if measuring is not None and measuring.calibration is not None:
            from tutor.models.measurements import quality_of

            accuracy = quality_of(measuring.calibration).words
            self._app.notify(
                f"The model has been measured and calibrated. It was {accuracy}.", markup=False
            )
