"""Changing a question in the student's editor, from any screen, until it is right or dropped."""

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
from tutor.bank import printable
from tutor.errors import TutorError
from tutor.formatting import count_of
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
            saved = await _edited(screen, tutor, question)
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


async def _edited(screen: Screen[None], tutor: Tutor, question: str) -> SavedEdit | None:
    """The change once it is saved; None without one.

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
        found = await in_thread(screen, lambda: check_edit(edit, bank))
        if found.errors:
            mistakes = count_of(len(found.errors), "mistake")
            message = f"Not saved: {mistakes}. The question is as it was."
            choice = await _ask(screen, message, found.errors, (_AGAIN, _LATER, _DROP))
        elif found.remarks:
            message = f"Readable, but the check has {count_of(len(found.remarks), 'objection')}:"
            choice = await _ask(screen, message, found.remarks, (_AGAIN, _SAVE, _LATER, _DROP))
        else:
            choice = _SAVE.id
        if choice == _SAVE.id:
            return await in_thread(screen, lambda: _save(edit, tutor))
        if choice != _AGAIN.id:
            break
        line = (found.errors or found.remarks)[0].line
    if choice == _DROP.id:
        drop_edit(edit)
        say(screen, "Your change was discarded.")
    else:
        kept = f"Your text is kept in {edit.draft}. Edit the question again to continue."
        say(screen, kept)
    return None


async def _ask(
    screen: Screen[None],
    message: str,
    problems: Sequence[Problem],
    choices: Sequence[DialogOption],
) -> str | None:
    """What the student decides about the problems; None for none of the choices."""
    lines = [message, *map(problem_words, problems[:SHOWN])]
    if len(problems) > SHOWN:
        lines.append(f"and {len(problems) - SHOWN} more")
    return await screen.app.push_screen_wait(ChoiceScreen("\n".join(lines), choices))


def _save(edit: QuestionEdit, tutor: Tutor) -> SavedEdit:
    saved = save_edit(edit, tutor.paths, tutor.clock())
    tutor.reopen_bank()
    return saved


def problem_words(problem: Problem) -> str:
    """One problem on one line: `line 12, questions[0].levl: the key `levl` is not known. …`."""
    place = f"line {problem.line}"
    if problem.field:
        place += f", {problem.field}"
    return printable(f"{place}: {problem.message}. {problem.remedy}".strip())
