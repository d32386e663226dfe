"""What the set-up in the background is at, in words: for the top bar, and as a sentence."""

from __future__ import annotations

from tutor.engine.setup_state import SetupStage, SetupState
from tutor.formatting import percent
from tutor.tui.labels import one_line

LATER = "It takes over when it is ready."
AGAIN = "Then start the tutor again with make run."


def short_words(state: SetupState) -> str:
    """`◌ key terms · compiling 34 %`; empty where there is nothing to say any more."""
    share = f" {percent(state.done / state.total)}" if state.total else ""
    match state.stage:
        case SetupStage.WAITING:
            return "◌ key terms · setting up"
        case SetupStage.COMPILING:
            return f"◌ key terms · compiling{share}"
        case SetupStage.FETCHING:
            return f"◌ key terms · fetching{share}"
        case SetupStage.FAILED:
            return "✗ set-up failed · key terms"
        case SetupStage.STOPPED:
            return "✗ set-up stopped · key terms"
        case SetupStage.DONE:
            return ""


def sentence(state: SetupState) -> str:
    """How far it is; where it failed, what to do and where the log is."""
    log = f"Log: {one_line(state.log)}"
    match state.stage:
        case SetupStage.WAITING:
            return f"The judge is being set up in the background. {LATER}"
        case SetupStage.COMPILING:
            files = f" ({state.done} of {state.total} files)" if state.total else ""
            return f"The judge is being compiled in the background{files}. {LATER}"
        case SetupStage.FETCHING:
            part = f" ({state.done} of {state.total} MB)" if state.total else ""
            return f"The judge's model is being fetched in the background{part}. {LATER}"
        case SetupStage.FAILED:
            return f"✗ {one_line(state.problem)} {AGAIN} {log}"
        case SetupStage.STOPPED:
            return f"✗ The judge's set-up was interrupted; make run resumes it. {log}"
        case SetupStage.DONE:
            return ""
