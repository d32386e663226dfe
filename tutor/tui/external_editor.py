"""Editing a file or an answer in the student's own editor, which takes over the terminal."""

from itertools import chain, count
from pathlib import Path

from textual.app import App, SuspendNotSupported

from tutor.authoring.editor_command import EditorCommand, EditorFailed
from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.paths import private_folder
from tutor.tui.widgets.answer_editor import AnswerEditor

CUT = "<!-- Your answer ends here. What follows is only for you to read. -->"
"""The line between a text and what is shown below it."""


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
