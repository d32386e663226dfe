"""Editing a question or an answer in the student's own editor, which takes over the terminal."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, count
from typing import TYPE_CHECKING

from textual.app import App, SuspendNotSupported
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
from tutor.authoring.editor_command import EditorCommand, EditorFailed, find_editor
from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.formatting import count_of, printable
from tutor.paths import private_folder
from tutor.tui.background import in_thread
from tutor.tui.dialogs import ChoiceScreen
from tutor.tui.labels import explain
from tutor.tui.messages import BankChanged
from tutor.tui.notice_screen import complain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from textual.screen import Screen

    from tutor.bank import Problem
    from tutor.tui.ports import Tutor
    from tutor.tui.widgets.answer_editor import AnswerEditor

CUT = "<!-- Your answer ends here. What follows is only for you to read. -->"
"""The line between a text and what is shown below it."""
SHOWN = 4
"""How many problems are shown at a time."""
_EDITING = "editing a question"
"""The group of workers that edit one."""
_AGAIN = {"again": "Edit again"}
_SAVE = {"save": "Save it as it is"}
_OTHERS = {
    "later": "Not now: keep my text, and use the question as it was",
    "drop": "Discard my change",
}


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

    if all(worker.group != _EDITING for worker in screen.workers):  # not if asked for twice
        _: Worker[None] = screen.run_worker(edit, group=_EDITING)


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
            choice = await _ask(screen, message, check.errors, _AGAIN | _OTHERS)
        elif check.remarks:
            objections = count_of(len(check.remarks), "objection")
            message = f"The question can be read, but the check has {objections}:"
            choice = await _ask(screen, message, check.remarks, _AGAIN | _SAVE | _OTHERS)
        else:
            choice = "save"
        if choice == "save":
            return await in_thread(screen, lambda: _save(edit, tutor))
        if choice != "again":
            break
        line = (check.errors or check.remarks)[0].line
    if choice == "drop":
        drop_edit(edit)
        say(screen, "Your change was discarded.")
    else:
        say(screen, f"Your text is kept in {edit.draft}. Edit the question again to continue.")
    return None


async def _ask(
    screen: Screen[None],
    message: str,
    problems: Sequence[Problem],
    choices: Mapping[str, str],
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


# --- answers, and the editor itself


def edit_file(app: App[None], editor: EditorCommand, file: Path, line: int = 1) -> None:
    """Open `file` in the student's editor; the app is suspended until the editor ends.

    Raises `EditorFailed`, also if the terminal cannot be handed over.
    """
    failure: TutorError | None = None
    try:
        with app.suspend():  # an error inside would leave the app suspended
            try:
                editor.run(file, line)
            except EditorFailed as error:
                failure = error
    except SuspendNotSupported as error:
        raise EditorFailed(
            "No editor can be opened from here: the terminal cannot be handed over.",
            remedy="To change a question, use `tutor bank edit` in a shell.",
        ) from error
    if failure is not None:
        raise failure


def edit_answer(
    app: App[None], command: EditorCommand, folder: Path, editor: AnswerEditor, *, below: str
) -> None:
    """Have the student edit the text of `editor` in a file in `folder`, with `below` under it.

    The file is deleted afterwards. Raises `EditorFailed` and OSError; what the student saved is
    then still in the file, which no later call overwrites.
    """
    private_folder(folder)
    file = _unused(folder / "answer.md")
    shown = f"{editor.text}\n\n{CUT}\n\n{below}\n".encode()
    write_safely(file, shown)
    try:
        edit_file(app, command, file, editor.cursor_location[0] + 1)
    except EditorFailed:
        with suppress(OSError):  # such as when the editor deleted it
            if file.read_bytes() == shown:
                file.unlink()
        raise
    saved = file.read_bytes().decode("utf-8", "replace")
    file.unlink()
    changed = saved.partition(CUT)[0].rstrip()
    if changed not in (editor.text, editor.text.rstrip()):
        editor.replace_all(changed)


def _unused(file: Path) -> Path:
    """The path `file`, or if that exists, the same with the first free number."""
    numbered = (file.with_stem(f"{file.stem}-{number}") for number in count(2))
    return next(each for each in chain((file,), numbered) if not each.exists())
