"""JSON lines, and the line of everything that is wrong with them."""

from pathlib import Path

import pytest

from tutor.authoring.notes import Note, NotesUnreadable, key_of_id, key_of_prompt
from tutor.authoring.readers import read_notes


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "notes.jsonl"
    file.write_text(text, encoding="utf-8")
    return file


def test_notes(tmp_path: Path) -> None:
    text = (
        '{"prompt": "What?", "answer": "It\\nis \\u0000."}\n\n'
        '{"answer": "So.", "prompt": "Why?", "id": "a/1", "tags": ["x y"]}\r\n'
        '{"prompt": "How?", "answer": "Thus.", "id": 12}'
    )
    assert read_notes(written(tmp_path, text)).notes == (
        Note(key_of_prompt("What?"), "What?", "It\nis .", "line 1"),
        Note(key_of_id("a/1"), "Why?", "So.", "line 3", ("x y",)),
        Note("12", "How?", "Thus.", "line 4"),
    )


def test_the_keys_of_other_programs(tmp_path: Path) -> None:
    text = '{"question": "What?", "answer": "This."}\n{"front": "Why?", "back": "So."}\n'
    found = read_notes(written(tmp_path, text)).notes
    assert [(note.prompt, note.answer) for note in found] == [("What?", "This."), ("Why?", "So.")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"question": "x", "front": "y", "answer": "z"}', "has the unknown key `front`"),
        ('{"prompt": "x"', "is not JSON: "),
        ("[1]", "is not an object"),
        ('{"prompt": "x", "answr": "y"}', "has the unknown key `answr`"),
        ('{"prompt": 1, "answer": "y"}', "has a `prompt` that is not text"),
        ('{"prompt": "x", "answer": ["y"]}', "has a `answer` that is not text"),
        ('{"prompt": "x", "answer": "y", "id": 1.5}', "has an `id` that is neither"),
        ('{"prompt": "x", "answer": "y", "id": true}', "has an `id` that is neither"),
        ('{"prompt": "x", "answer": "y", "tags": "z"}', "has `tags` that are not a list"),
        ('{"prompt": "x", "answer": "y", "tags": [1]}', "has `tags` that are not a list"),
        ("[" * 200_000, "is not JSON: too deep"),
        ('{"id": ' + "9" * 5_000 + "}", "is not JSON: too deep or too large"),
    ],
)
def test_what_is_wrong_has_its_line(tmp_path: Path, line: str, message: str) -> None:
    file = written(tmp_path, f'{{"prompt": "a", "answer": "b"}}\n{line}\n')
    with pytest.raises(NotesUnreadable, match=f"notes.jsonl, line 2, {message}") as error:
        read_notes(file)
    assert error.value.remedy


def test_empty_texts_are_skipped(tmp_path: Path) -> None:
    read = read_notes(written(tmp_path, '{"answer": "b"}\n{"prompt": "a", "answer": " "}\n'))
    assert read.notes == ()
    assert [each.reason for each in read.unusable] == ["it has no question", "it has no answer"]
