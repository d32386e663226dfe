"""Explains what grades without a model, and how to get one."""

from textual.content import Content

from tutor.engine import Absence, EngineState
from tutor.tui.labels import one_line
from tutor.tui.model_words import LATER, setup_sentence
from tutor.tui.widgets.model_line import ModelStatus

WITHOUT_MODEL = {
    Absence.CHOSEN: "Key terms grade, as you chose. Press m for the built-in judge.",
    Absence.MISSING: "No model yet, so key terms grade. Press m for the built-in judge.",
    Absence.UNUSED: "Key terms grade, though the judge is installed. Press m to choose it.",
}
DOWNLOADING = "A model is being downloaded."
WITHOUT_THIS_MODEL = "Until it works, key terms suggest the verdicts and you confirm them."


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
