"""The status of the model, as a mark and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

from tutor.engine import EngineState, Status
from tutor.engine.setup_state import SetupState
from tutor.formatting import percent
from tutor.tui.labels import one_line, plain
from tutor.tui.ports import ModelState
from tutor.tui.setup_words import short_words

if TYPE_CHECKING:
    from tutor.tui.model_controller import Fetching

_MARKS: dict[EngineState, str] = {
    EngineState.OFF: "○",
    EngineState.READY: "●",
    EngineState.FAILED: "✗",
}
_BUSY = "◌"
_WORDS: dict[EngineState, str] = {
    EngineState.OFF: "no model · key terms",
    EngineState.RESTARTING: "starting again",
    EngineState.PROBING: "trying the model",
    EngineState.READING: "reading …",
    EngineState.JUDGING: "grading …",
    EngineState.WRITING: "writing …",
}


def model_words(status: Status, name: str | None) -> str:
    """`● ready · Qwen3-4B`, `◌ loading 40 %`, `✗ failed · the file is truncated`."""
    words = f"{_MARKS.get(status.state, _BUSY)} {_WORDS.get(status.state, status.state.value)}"
    if status.state is EngineState.LOADING and status.progress is not None:
        return f"{words} {percent(status.progress)}"
    detail = (
        status.detail
        if status.state in (EngineState.FAILED, EngineState.RESTARTING)
        else name or ""
    )
    if not detail or status.state is EngineState.OFF:
        return words
    return f"{words} · {one_line(detail)}"


class ModelStatus(Static):
    """Shows something of the model, and again whenever it, its download or its set-up changes."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self.model = ModelState(Status(EngineState.STARTING))
        self.download: Fetching | None = None
        self.setup: SetupState | None = None

    def on_mount(self) -> None:
        """Follow what the app knows of them."""
        self.watch(self.app, "model", self._model_changed)
        self.watch(self.app, "fetching", self._download_changed)
        self.watch(self.app, "setup_state", self._setup_changed)

    def show(self) -> None:
        """Show them as they are now."""
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
    """The model on one line; a class names its state for the stylesheet."""

    def show(self) -> None:
        """Show its state; without a model that of the download or the set-up, if there is one."""
        state = self.model.status.state
        self.set_class(state is EngineState.FAILED, "-failed")
        self.set_class(state is EngineState.READY, "-ready")
        words = model_words(self.model.status, self.model.name)
        if state is EngineState.OFF:
            if self.download is not None and not self.download.failed:
                words = f"{_BUSY} {self.download.words}"
            elif self.setup is not None:
                words = short_words(self.setup) or words
        self.update(plain(words))
