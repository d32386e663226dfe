"""The status of the model, as a mark and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
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
    told = (
        status.detail
        if status.state in (EngineState.FAILED, EngineState.RESTARTING)
        else name or ""
    )
    return f"{words} · {one_line(told)}" if told and status.state is not EngineState.OFF else words


class ModelLine(Static):
    """Shows what the app says of the model; a class names the state for the stylesheet."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._model = ModelState(Status(EngineState.STARTING))
        self._fetching: Fetching | None = None
        self._setup: SetupState | None = None

    def on_mount(self) -> None:
        """Follow the app's model."""
        self.watch(self.app, "model", self.show)
        self.watch(self.app, "fetching", self._fetch, init=False)
        self.watch(self.app, "setup_state", self._set_up)

    def _fetch(self, fetching: Fetching | None) -> None:
        self._fetching = fetching
        self.show(self._model)

    def _set_up(self, setup: SetupState | None) -> None:
        self._setup = setup
        self.show(self._model)

    def show(self, model: ModelState) -> None:
        """Show this state."""
        self._model = model
        state = model.status.state
        self.set_class(state is EngineState.FAILED, "-failed")
        self.set_class(state is EngineState.READY, "-ready")
        self.update(self.words(model))

    def words(self, model: ModelState) -> Content:
        """The line's text; without a model that of the download or the set-up, if there is one."""
        fetching = self._fetching
        if model.status.state is EngineState.OFF:
            if fetching is not None and not fetching.failed:
                return plain(f"{_BUSY} {fetching.words}")
            if self._setup is not None and (told := short_words(self._setup)):
                return plain(told)
        return plain(model_words(model.status, model.name))
