"""Changing a question in the student's editor, from any screen, until it is right or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.authoring.editing import (
    CheckedEdit,
    QuestionEdit,
    SavedEdit,
    begin_edit,
    check_edit,
    drop_edit,
    save_edit,
    saved_words,
)
from tutor.authoring.editor_command import find_editor
from tutor.bank import printable
from tutor.errors import TutorError
from tutor.formatting import count_of
from tutor.tui.background import background
from tutor.tui.dialogs import ChoiceScreen, DialogOption
from tutor.tui.external_editor import edit_file
from tutor.tui.labels import explain
from tutor.tui.messages import BankChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tutor.bank import Problem
    from tutor.tui.ports import Tutor

SHOWN = 4
"""How many problems are shown at a time."""
_AGAIN = DialogOption("again", "Edit again")
_LATER = DialogOption("later", "Not now: keep my text, and use the question as it was")
_DROP = DialogOption("drop", "Discard my change")
_SAVE = DialogOption("save", "Save it as it is")


class EditingSession:
    """One change of one question: the editor, the checks, and what the student decides."""

    def __init__(
        self, screen: Screen[None], tutor: Tutor, question: str, done: Callable[[], None]
    ) -> None:
        """`done` is called on the screen's side once the changed bank is open."""
        self._screen = screen
        self._tutor = tutor
        self._question = question
        self._done = done

    def start(self) -> None:
        """Open the editor at the question."""
        tutor, id_ = self._tutor, self._question
        background(
            self._screen,
            lambda: begin_edit(tutor.bank, id_, tutor.paths, tutor.clock()),
            self._open,
            self._failed,
        )

    def _open(self, edit: QuestionEdit, line: int | None = None) -> None:
        try:
            editor = find_editor(self._tutor.environ)
            edit_file(self._screen.app, editor, edit.draft, line or edit.line)
            unchanged = edit.is_unchanged()
        except (TutorError, OSError) as error:
            self._failed(error)
            return
        if unchanged:
            drop_edit(edit)
            self._screen.app.notify("Nothing was changed.", markup=False)
            return
        self._screen.app.notify("Checking your change …", timeout=2, markup=False)
        bank = self._tutor.bank
        background(
            self._screen,
            lambda: check_edit(edit, bank),
            lambda found: self._checked(edit, found),
            self._failed,
        )

    def _checked(self, edit: QuestionEdit, found: CheckedEdit) -> None:
        if found.errors:
            message = (
                f"Not saved: {count_of(len(found.errors), 'mistake')}. The question is as it was."
            )
            self._ask(edit, message, found.errors, (_AGAIN, _LATER, _DROP))
        elif found.remarks:
            message = f"Readable, but the check has {count_of(len(found.remarks), 'objection')}:"
            self._ask(edit, message, found.remarks, (_AGAIN, _SAVE, _LATER, _DROP))
        else:
            self._save(edit)

    def _ask(
        self,
        edit: QuestionEdit,
        message: str,
        problems: Sequence[Problem],
        choices: Sequence[DialogOption],
    ) -> None:
        def chosen(choice: str | None) -> None:
            if choice == "again":
                self._open(edit, problems[0].line)
            elif choice == "save":
                self._save(edit)
            elif choice == "drop":
                drop_edit(edit)
                self._screen.app.notify("Your change was discarded.", markup=False)
            else:
                kept = f"Your text is kept in {edit.draft}. Edit the question again to continue."
                self._screen.app.notify(kept, markup=False)

        lines = [message, *map(problem_words, problems[:SHOWN])]
        if len(problems) > SHOWN:
            lines.append(f"and {len(problems) - SHOWN} more")
        self._screen.app.push_screen(ChoiceScreen("\n".join(lines), choices), chosen)

    def _save(self, edit: QuestionEdit) -> None:
        tutor = self._tutor

        def save() -> SavedEdit:
            saved = save_edit(edit, tutor.paths, tutor.clock())
            tutor.reopen_bank()
            return saved

        background(self._screen, save, self._saved, self._failed)

    def _saved(self, saved: SavedEdit) -> None:
        self._screen.app.notify(" ".join(saved_words(saved)), markup=False)
        self._screen.app.post_message(BankChanged())
        self._done()

    def _failed(self, error: BaseException) -> None:
        self._screen.app.notify(explain(error), severity="error", markup=False)


def problem_words(problem: Problem) -> str:
    """One problem on one line: `line 12, questions[0].levl: the key `levl` is not known. …`."""
    place = f"line {problem.line}"
    if problem.field:
        place += f", {problem.field}"
    return printable(f"{place}: {problem.message}. {problem.remedy}".strip())
