"""What the model is doing: on one line, and as advice while no model grades."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from tutor.engine import Absence, EngineState, Status
from tutor.engine.setup_state import SetupState
from tutor.tui.labels import one_line, plain
from tutor.tui.model_words import (
    BUSY,
    LATER,
    Fetching,
    ModelState,
    setup_sentence,
    setup_short,
)

WITHOUT_MODEL = {
    Absence.CHOSEN: "Key terms grade, as you chose. Press m for the built-in judge.",
    Absence.MISSING: "No model yet, so key terms grade. Press m for the built-in judge.",
    Absence.UNUSED: "Key terms grade, though the judge is installed. Press m to choose it.",
}
DOWNLOADING = "A model is being downloaded."
WITHOUT_THIS_MODEL = "Until it works, key terms suggest the verdicts and you confirm them."


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


class ModelHelp(ModelStatus):
    """Explains why no model grades; hidden while one does."""

    def show(self) -> None:
        """Show how to get a model, or why the one in use cannot be used."""
        status = self.model.status
        self.display = status.state in (EngineState.OFF, EngineState.FAILED)
        if status.state is EngineState.FAILED:
            failed = one_line(f"✗ The model cannot be used: {status.detail}. {status.remedy}")
            self.update(Content(f"{failed}\n{WITHOUT_THIS_MODEL}"))
        else:
            self.update(Content(self._without()))

    def _without(self) -> str:
        if self.download is not None and not self.download.failed:
            return f"{DOWNLOADING} {LATER}"
        setting_up = setup_sentence(self.setup) if self.setup is not None else ""
        return setting_up or WITHOUT_MODEL[self.model.absence or Absence.MISSING]
