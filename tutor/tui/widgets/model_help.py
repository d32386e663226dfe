"""What works without a model, and how to get one."""

from textual.content import Content

from tutor.engine import EngineState
from tutor.tui.labels import one_line
from tutor.tui.model_words import LATER, setup_sentence
from tutor.tui.widgets.model_line import ModelStatus

WITHOUT_MODEL = "Key terms suggest the verdicts, and you confirm them."
GET_ONE = "For the built-in judge, or a model of your own, press m."
DOWNLOADING = "A model is being downloaded."
WITHOUT_THIS_MODEL = "Until it works, key terms suggest the verdicts and you confirm them."


class ModelHelp(ModelStatus):
    """Hidden while there is a model."""

    def show(self) -> None:
        """Say what is to be done, or why the model cannot be used."""
        status = self.model.status
        self.display = status.state in (EngineState.OFF, EngineState.FAILED)
        if status.state is EngineState.FAILED:
            failed = one_line(f"✗ The model cannot be used: {status.detail}. {status.remedy}")
            self.update(Content(f"{failed}\n{WITHOUT_THIS_MODEL}"))
        else:
            self.update(Content(f"{WITHOUT_MODEL}\n{self._next()}"))

    def _next(self) -> str:
        if self.download is not None and not self.download.failed:
            return f"{DOWNLOADING} {LATER}"
        return (setup_sentence(self.setup) if self.setup is not None else "") or GET_ONE
