"""Which editor is started, and how."""

import sys
from pathlib import Path

import pytest

from tutor.authoring.editor_command import EditorCommand, EditorFailed, find_editor

FILE = Path("a deck/10-bert.yaml")


_DELETE = "import os, sys; os.remove(sys.argv[-1])"


def test_visual_comes_before_editor() -> None:
    assert find_editor({"VISUAL": "vim -u NONE", "EDITOR": "nano"}).words == ("vim", "-u", "NONE")
    assert find_editor({"VISUAL": " ", "EDITOR": "nano"}).words == ("nano",)


@pytest.mark.skipif(sys.platform == "win32", reason="a path there has backslashes")
def test_the_command_is_split_and_no_shell_sees_it() -> None:
    command = find_editor({"EDITOR": "'/opt/my editor/run' --x='a b'; rm $HOME"})
    assert command.words == ("/opt/my editor/run", "--x=a b;", "rm", "$HOME")


def test_without_a_setting_a_usual_editor_is_taken() -> None:
    assert find_editor({}, {"vi": "/bin/vi", "notepad": "x"}.get).words == ("vi",)
    with pytest.raises(EditorFailed, match="No editor is set") as raised:
        find_editor({}, lambda _: None)
    assert "export EDITOR=nano" in raised.value.remedy


def test_an_unfinished_quotation_is_reported() -> None:
    with pytest.raises(EditorFailed, match="EDITOR cannot be read"):
        find_editor({"EDITOR": "vim 'x"})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("vim",), ["vim", "+7", str(FILE)]),
        (("/usr/bin/nano", "-w"), ["/usr/bin/nano", "-w", "+7", str(FILE)]),
        (("hx",), ["hx", f"{FILE}:7"]),
        (("code",), ["code", "--wait", "-g", f"{FILE}:7"]),
        (("code", "-w"), ["code", "-w", "-g", f"{FILE}:7"]),
        (("subl",), ["subl", "--wait", f"{FILE}:7"]),
        (("my-own",), ["my-own", str(FILE)]),
    ],
)
def test_known_editors_open_at_the_line(words: tuple[str, ...], expected: list[str]) -> None:
    assert EditorCommand(words).arguments(FILE, 7) == expected


def test_an_editor_that_fails_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EditorFailed, match="could not be started"):
        EditorCommand((str(tmp_path / "missing"),)).run(tmp_path / "file")
    with pytest.raises(EditorFailed, match="ended with error 3"):
        EditorCommand((sys.executable, "-c", "import sys; sys.exit(3)")).run(tmp_path / "file")
    with pytest.raises(EditorFailed, match=r"file cannot be read after the editor .* ended"):
        EditorCommand((sys.executable, "-c", _DELETE)).run(tmp_path / "file")
