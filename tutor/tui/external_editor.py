"""Handing the terminal to the student's own editor, and taking it back."""

from pathlib import Path

from textual.app import App, SuspendNotSupported

from tutor.authoring.editor_command import EditorCommand, EditorFailed
from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.paths import private_folder


def edit_file(app: App[None], editor: EditorCommand, file: Path, line: int = 1) -> None:
    """Have the student edit `file`; the app stands still until the editor ends.

    Raises `EditorFailed`, also where the terminal cannot be handed over.
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


def edit_text(app: App[None], editor: EditorCommand, text: str, file: Path) -> str:
    """Have the student edit `text` in `file`, which is gone afterwards; returns the new text.

    Raises `EditorFailed` and OSError; what the editor saved is then still in `file`.
    """
    private_folder(file.parent)
    write_safely(file, text.encode())
    edit_file(app, editor, file)
    changed = file.read_bytes().decode("utf-8", "replace")
    file.unlink()
    return changed.removesuffix("\n") if not text.endswith("\n") else changed
