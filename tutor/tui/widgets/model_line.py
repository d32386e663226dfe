"""The status of the model, as a mark and words."""

from __future__ import annotations

from textual.widgets import Static

from tutor.engine import EngineState, Status
from tutor.engine.setup_state import SetupState
from tutor.tui.labels import plain
from tutor.tui.model_words import BUSY, Fetching, ModelState, setup_short


class ModelStatus(Static):
    """Shows the model, its download and its set-up, and updates when one of them changes."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self.model = ModelState(Status(EngineState.STARTING))
        self.download: Fetching | None = None
        self.setup: SetupState | None = None

    def on_mount(self) -> None:
        """Follow the app's state."""
        self.watch(self.app, "model", self._model_changed)
        self.watch(self.app, "fetching", self._download_changed)
        self.watch(self.app, "setup_state", self._setup_changed)

    def show(self) -> None:
        """Show their present state."""
        raise NotImplementedError

    def _model_changed(self, model: ModelState) -> None:
        self.model = model
        self.show()

    def _download_changed(self, download: Fetching | None) -> None:
        self.download = download
        self.show()

    def _setup_changed(self, setup: SetupState | None) -> None:
        self.setup = setup
        self.show()


class ModelLine(ModelStatus):
    """The model's state on one line, with a class for the style sheet."""

    def show(self) -> None:
        """Show the model's state or, without a model, that of its download or set-up."""
        state = self.model.status.state
        self.set_class(state is EngineState.FAILED, "-failed")
        self.set_class(state is EngineState.READY, "-ready")
        words = self.model.words
        if state is EngineState.OFF:
            if self.download is not None and not self.download.failed:
                words = f"{BUSY} {self.download.words}"
            elif self.setup is not None:
                words = setup_short(self.setup) or words
        self.update(plain(words))
