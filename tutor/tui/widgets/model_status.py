"""What the model is doing: on one line, and as advice while no model grades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

from textual.content import Content
from textual.widgets import Static

from tutor.engine import Absence, EngineState
from tutor.tui.labels import one_line, plain
from tutor.tui.model_words import (
    BUSY,
    LATER,
    setup_sentence,
    setup_short,
)

if TYPE_CHECKING:
    from tutor.engine.setup_state import SetupState
    from tutor.tui.model_words import Fetching, ModelState

WITHOUT_MODEL = {
    Absence.CHOSEN: "Key terms grade, as you chose. Press m for the built-in judge.",
    Absence.MISSING: "No model yet, so key terms grade. Press m for the built-in judge.",
    Absence.UNUSED: "Key terms grade, though the judge is installed. Press m to choose it.",
}
DOWNLOADING = "A model is being downloaded."
WITHOUT_THIS_MODEL = "Until it works, key terms suggest the verdicts and you confirm them."


class ModelOwner(Protocol):
    """The app, as far as it knows about the model."""

    model: ModelState
    fetching: Fetching | None
    setup_state: SetupState | None


class ModelStatus(Static):
    """Shows the model, its download and its set-up, and updates when one of them changes."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

    def on_mount(self) -> None:
        """Follow the app's state."""
        for name in ("model", "fetching", "setup_state"):
            self.watch(self.app, name, self._changed)

    def _changed(self) -> None:
        app = cast("ModelOwner", self.app)
        download = None if app.fetching is None or app.fetching.failed else app.fetching
        self.show(app.model, download, app.setup_state)

    def show(self, model: ModelState, download: Fetching | None, setup: SetupState | None) -> None:
        """Show their present state; `download` is None also once it has failed."""
        raise NotImplementedError


class ModelLine(ModelStatus):
    """The model's state on one line, with a class for the style sheet."""

    def show(self, model: ModelState, download: Fetching | None, setup: SetupState | None) -> None:
        """Show the model's state or, without a model, that of its download or set-up."""
        state, words = model.status.state, model.words
        self.set_class(state is EngineState.FAILED, "-failed")
        self.set_class(state is EngineState.READY, "-ready")
        if state is EngineState.OFF:
            if download is not None:
                words = f"{BUSY} {download.words}"
            elif setup is not None:
                words = setup_short(setup) or words
        self.update(plain(words))


class ModelHelp(ModelStatus):
    """Explains why no model grades; hidden while one does."""

    def show(self, model: ModelState, download: Fetching | None, setup: SetupState | None) -> None:
        """Show how to get a model, or why the one in use cannot be used."""
        status = model.status
        self.display = status.state in (EngineState.OFF, EngineState.FAILED)
        if status.state is EngineState.FAILED:
            failed = one_line(f"✗ The model cannot be used: {status.detail}. {status.remedy}")
            words = f"{failed}\n{WITHOUT_THIS_MODEL}"
        elif download is not None:
            words = f"{DOWNLOADING} {LATER}"
        else:
            setting_up = setup_sentence(setup) if setup is not None else ""
            words = setting_up or WITHOUT_MODEL[model.absence or Absence.MISSING]
        self.update(Content(words))
