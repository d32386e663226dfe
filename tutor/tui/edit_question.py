"""Editing a question in the student's own editor, until the change is saved or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.worker import Worker, WorkerFailed

from tutor.authoring.editing import (
    QuestionEdit,
    SavedEdit,
    begin_edit,
    check_edit,
    drop_edit,
    save_edit,
    saved_words,
)
from tutor.authoring.editor_command import find_editor
from tutor.errors import TutorError
from tutor.formatting import count_of, printable
from tutor.tui.background import in_thread
from tutor.tui.dialogs import ChoiceScreen, DialogOption
from tutor.tui.external_editor import edit_file
from tutor.tui.labels import explain
from tutor.tui.messages import BankChanged
from tutor.tui.notice_screen import complain, say

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


def edit_question(
    screen: Screen[None], tutor: Tutor, question: str, done: Callable[[], None]
) -> None:
    """Open the editor at the question; `done` is called once the changed bank is open."""

    async def edit() -> None:
        try:
            saved = await _edit_until_done(screen, tutor, question)
        except WorkerFailed as failure:
            complain(screen, explain(failure.error))
        except (TutorError, OSError) as error:
            complain(screen, explain(error))
        else:
            if saved is not None:
                say(screen, " ".join(saved_words(saved)))
                screen.app.post_message(BankChanged())
                done()

    _: Worker[None] = screen.run_worker(edit)


async def _edit_until_done(screen: Screen[None], tutor: Tutor, question: str) -> SavedEdit | None:
    """Edit until the student saves or stops; returns the saved change, or None.

    Raises `TutorError`, OSError, and `WorkerFailed` for what failed in a thread.
    """
    app, bank = screen.app, tutor.bank
    edit = await in_thread(screen, lambda: begin_edit(bank, question, tutor.paths, tutor.clock()))
    line = edit.line
    while True:
        edit_file(app, find_editor(tutor.environ), edit.draft, line)
        if edit.is_unchanged():
            drop_edit(edit)
            say(screen, "Nothing was changed.")
            return None
        say(screen, "Checking your change …")
        check = await in_thread(screen, lambda: check_edit(edit, bank))
        if check.errors:
            mistakes = count_of(len(check.errors), "mistake")
            message = f"Not saved: {mistakes}. The question is as it was."
            choice = await _ask(screen, message, check.errors, (_AGAIN, _LATER, _DROP))
        elif check.remarks:
            objections = count_of(len(check.remarks), "objection")
            message = f"The question can be read, but the check has {objections}:"
            choice = await _ask(screen, message, check.remarks, (_AGAIN, _SAVE, _LATER, _DROP))
        else:
            choice = _SAVE.id
        if choice == _SAVE.id:
            return await in_thread(screen, lambda: _save(edit, tutor))
        if choice != _AGAIN.id:
            break
        line = (check.errors or check.remarks)[0].line
    if choice == _DROP.id:
        drop_edit(edit)
        say(screen, "Your change was discarded.")
    else:
        say(screen, f"Your text is kept in {edit.draft}. Edit the question again to continue.")
    return None


async def _ask(
    screen: Screen[None],
    message: str,
    problems: Sequence[Problem],
    choices: Sequence[DialogOption],
) -> str | None:
    """Ask what to do about the problems; returns the id of a choice, or None for none."""
    lines = [message, *map(_problem_words, problems[:SHOWN])]
    if len(problems) > SHOWN:
        lines.append(f"and {len(problems) - SHOWN} more")
    return await screen.app.push_screen_wait(ChoiceScreen("\n".join(lines), choices))


def _save(edit: QuestionEdit, tutor: Tutor) -> SavedEdit:
    saved = save_edit(edit, tutor.paths, tutor.clock())
    tutor.reopen_bank()
    return saved


def _problem_words(problem: Problem) -> str:
    """One problem on one line: `line 12, questions[0].levl: the key `levl` is not known. …`."""
    place = f"line {problem.line}"
    if problem.field:
        place += f", {problem.field}"
    return printable(f"{place}: {problem.message}. {problem.remedy}".strip())
