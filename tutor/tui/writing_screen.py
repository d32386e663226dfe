"""What the questions of sessions and exams share: an editor, saved while the student types."""

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.message import Message
from textual.widgets import Static, TextArea

from tutor.bank import Language
from tutor.tui.autosave import Autosave, SavePace
from tutor.tui.notice_screen import NoticeScreen
from tutor.tui.widgets.answer_editor import AnswerEditor
from tutor.tui.widgets.prose import Prose


class WritingScreen(NoticeScreen):
    """A question and the editor for its answer."""

    AUTO_FOCUS = "#answer"
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [  # type: ignore[misc]
        (0, "-low"),
        (24, "-tall"),
    ]
    DEFAULT_CSS = """
    WritingScreen {
        #prompt-box { height: auto; max-height: 40%; padding: 1 2 0 2; scrollbar-size-vertical: 1; }
        #prompt { height: auto; max-width: 96; }
        #about {
            height: 1; padding: 0 2; color: $text-muted;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        #answer { height: 1fr; min-height: 5; max-width: 102; margin: 0 1; }
        &.-tall #about, &.-tall #answer { margin-top: 1; }
    }
    """

    def __init__(
        self,
        text: str,
        pace: SavePace | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`text` is what was written before."""
        super().__init__()
        self.autosave = Autosave(
            self, self._snapshot, self._saved, self._not_saved, pace=pace, monotonic=monotonic
        )
        self.editor = AnswerEditor(text, id="answer", bindings=self.BINDINGS)
        self._prompt = Prose(id="prompt", markup=False)
        self._about = Static(id="about", markup=False)
        self._seen = self.editor.text
        """The text of the editor at the last change."""
        self._warned = False
        """Whether the student has been warned that the text is not saved."""
        self._gone = False
        """Whether the screen has handed its text over and saves nothing any more."""

    def _snapshot(self) -> Callable[[], None]:
        """A function that saves the text as it is now, in any thread."""
        raise NotImplementedError

    def _saved(self) -> None:
        """Called when everything written is saved."""
        raise NotImplementedError

    def _not_saved(self, error: BaseException) -> None:
        """Called when what was written could not be saved."""
        raise NotImplementedError

    def _show_edge(self, state: str) -> None:
        """Show at the editor's edge how much is written, and whether it is saved."""
        raise NotImplementedError

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self.editor.text != self._seen:
            self._seen = self.editor.text
            self.notice.clear()
            self._warned = False
            self._touch()

    def _touch(self) -> None:
        self.autosave.touch()
        self._show_edge("not saved yet")

    def _save_now(self) -> bool:
        """Save before the screen closes; returns whether the text is safe."""
        return self.autosave.save_now()

    def _may_leave(self) -> bool:
        """Whether the text is safe, or the student has seen a warning that it is not."""
        may = self._save_now() or self._warned
        self._warned = True
        return may

    def _leave(self, message: Message) -> None:
        """Post `message` and save nothing more; does this only once."""
        if not self._gone:
            self._gone = True
            self.autosave.stop()
            self.post_message(message)

    def on_unmount(self) -> None:
        """Save what is written when the screen closes."""
        if not self._gone:
            self._save_now()


def next_language(languages: Sequence[Language], language: Language) -> Language:
    """The language after this one, the first after the last."""
    at = languages.index(language) if language in languages else -1
    return languages[(at + 1) % len(languages)]
