"""What the model in use, a download, and the background set-up are doing, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.engine import BUILT_IN_JUDGE, Absence, EngineState, Status
from tutor.engine.setup_state import SetupStage, SetupState
from tutor.formatting import format_duration, percent, size
from tutor.tui.labels import one_line

if TYPE_CHECKING:
    from tutor.models import DownloadProgress

_MARKS: dict[EngineState, str] = {
    EngineState.OFF: "○",
    EngineState.READY: "●",
    EngineState.FAILED: "✗",
}
BUSY = "◌"
_WORDS: dict[EngineState, str] = {
    EngineState.OFF: "no model · key terms",
    EngineState.RESTARTING: "starting again",
    EngineState.PROBING: "trying the model",
    EngineState.READING: "reading …",
    EngineState.JUDGING: "grading …",
    EngineState.WRITING: "writing …",
}


@dataclass(frozen=True, slots=True)
class ModelState:
    """What the model is doing, and which one it is."""

    status: Status
    name: str | None = None
    absence: Absence | None = None
    """Why no model grades; None if one does."""

    @property
    def words(self) -> str:
        """`● ready · judge`, `◌ loading 40 %`, `✗ failed · the file is truncated`."""
        state = self.status.state
        if self.absence is Absence.CHOSEN:
            return f"{_MARKS[EngineState.OFF]} key terms"
        words = f"{_MARKS.get(state, BUSY)} {_WORDS.get(state, state.value)}"
        if state is EngineState.LOADING and self.status.progress is not None:
            return f"{words} {percent(self.status.progress)}"
        failing = state in (EngineState.FAILED, EngineState.RESTARTING)
        name = "judge" if self.name == BUILT_IN_JUDGE else self.name
        detail = self.status.detail if failing else name
        return f"{words} · {one_line(detail)}" if detail and state is not EngineState.OFF else words


def model_as_subject(name: str) -> str:
    """A model's name at the beginning of a sentence."""
    return f"The {name}" if name == BUILT_IN_JUDGE else one_line(name)


# --- a download


@dataclass(frozen=True)
class Fetching:
    """A download, and how far it is."""

    name: str
    progress: DownloadProgress | None = None
    """None before the first report."""
    failed: str = ""
    """Why it ended, if it failed; shown until another one begins."""

    @property
    def words(self) -> str:
        """For a status line: `getting Qwen3 4B 34 %`."""
        progress = self.progress
        share = f" {percent(progress.done / progress.total)}" if progress else ""
        return f"getting {one_line(self.name)}{share}"

    @property
    def details(self) -> str:
        """How far it is, with rate and time left."""
        progress = self.progress
        if self.failed:
            return f"✗ {one_line(self.failed)}"
        if progress is None:
            return f"Getting {one_line(self.name)} …"
        parts = [
            f"Getting {one_line(self.name)}: {progress.stage.value}",
            f"{percent(progress.done / progress.total)}, {size(progress.done)} of "
            f"{size(progress.total)}",
        ]
        if progress.rate is not None and progress.left is not None:
            parts.append(f"{size(int(progress.rate))}/s, {format_duration(progress.left)} left")
        if progress.note:
            parts.append(one_line(progress.note))
        return " · ".join(parts)


# --- the set-up

TERMS = "Key terms grade while"
LATER = "It takes over when it is ready."
AGAIN = "Then start the tutor again with make run."


def setup_short(state: SetupState) -> str:
    """`◌ key terms · compiling 34 %`; empty when it is done."""
    share = f" {percent(state.done / state.total)}" if state.total else ""
    match state.stage:
        case SetupStage.WAITING:
            return "◌ key terms · setting up"
        case SetupStage.COMPILING:
            return f"◌ key terms · compiling{share}"
        case SetupStage.FETCHING:
            return f"◌ key terms · downloading{share}"
        case SetupStage.FAILED:
            return "✗ set-up failed · key terms"
        case SetupStage.STOPPED:
            return "✗ set-up stopped · key terms"
        case SetupStage.DONE:
            return ""


def setup_sentence(state: SetupState) -> str:
    """How far the set-up is; if it failed, what to do and where the log is."""
    log = f"Log: {one_line(state.log)}"
    match state.stage:
        case SetupStage.WAITING:
            return f"{TERMS} the judge is being set up in the background."
        case SetupStage.COMPILING:
            files = f" ({state.done} of {state.total} files)" if state.total else ""
            return f"{TERMS} llama.cpp, which runs models, is compiled in the background{files}."
        case SetupStage.FETCHING:
            part = f" ({state.done} of {state.total} MiB)" if state.total else ""
            return f"The judge is being downloaded in the background{part}. {LATER}"
        case SetupStage.FAILED:
            return f"✗ {one_line(state.problem)} {AGAIN} {log}"
        case SetupStage.STOPPED:
            return f"✗ The judge's set-up was interrupted; make run resumes it. {log}"
        case SetupStage.DONE:
            return ""
