"""The status of the model, as a mark and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tutor.engine import State, Status
from tutor.tui.ports import ModelState
from tutor.tui.text import one_line, percent, plain

if TYPE_CHECKING:
    from tutor.tui.fetch import Fetching

_MARKS: dict[State, str] = {State.OFF: "○", State.READY: "●", State.FAILED: "✗"}
_BUSY = "◌"
_WORDS: dict[State, str] = {
    State.OFF: "no model · key terms",
    State.RESTARTING: "starting again",
    State.PROBING: "trying the model",
    State.READING: "reading …",
    State.JUDGING: "judging …",
    State.WRITING: "writing …",
}


def model_words(status: Status, name: str | None) -> str:
    """`● ready · Qwen3-4B`, `◌ loading 40 %`, `✗ failed · the file is truncated`."""
    words = f"{_MARKS.get(status.state, _BUSY)} {_WORDS.get(status.state, status.state.value)}"
    if status.state is State.LOADING and status.progress is not None:
        return f"{words} {percent(status.progress)}"
    told = status.detail if status.state in (State.FAILED, State.RESTARTING) else name or ""
    return f"{words} · {one_line(told)}" if told and status.state is not State.OFF else words


class ModelLine(Static):
    """Shows what the app says of the model; a class names the state for the stylesheet."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self._model = ModelState(Status(State.STARTING))
        self._fetching: Fetching | None = None

    def on_mount(self) -> None:
        """Follow the app's model."""
        self.watch(self.app, "model", self.show)
        self.watch(self.app, "fetching", self._fetch, init=False)

    def _fetch(self, fetching: Fetching | None) -> None:
        self._fetching = fetching
        self.show(self._model)

    def show(self, model: ModelState) -> None:
        """Show this state."""
        self._model = model
        state = model.status.state
        self.set_class(state is State.FAILED, "-failed")
        self.set_class(state is State.READY, "-ready")
        self.update(self.words(model))

    def words(self, model: ModelState) -> Content:
        """The line's text; without a model that of the download, if there is one."""
        fetching = self._fetching
        if model.status.state is State.OFF and fetching is not None and not fetching.failed:
            return plain(f"{_BUSY} {fetching.words}")
        return plain(model_words(model.status, model.name))
