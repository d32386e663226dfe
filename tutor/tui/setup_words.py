"""What the set-up in the background is at, in words: for the top bar, and as a sentence."""

from __future__ import annotations

from tutor.engine.setup_state import SetupStage, SetupState
from tutor.formatting import percent
from tutor.tui.labels import one_line

TERMS = "Key terms grade while"
LATER = "It takes over when it is ready."
AGAIN = "Then start the tutor again with make run."


def short_words(state: SetupState) -> str:
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


def sentence(state: SetupState) -> str:
    """How far it is; where it failed, what to do and where the log is."""
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
