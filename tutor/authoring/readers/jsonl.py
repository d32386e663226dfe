"""Reads JSON lines, each with a note: `{"prompt": …, "answer": …, "id": …, "tags": […]}`."""

import json
from pathlib import Path

from tutor.authoring.notes import Collector, Note, ReadNotes, cleaned, key_of_id, key_of_prompt
from tutor.authoring.readers.source import at_line, read_text
from tutor.formatting import printable

_KEYS = ("prompt", "answer", "id", "tags")
_OTHER_NAMES = {"question": "prompt", "front": "prompt", "back": "answer"}
"""What other programs call these keys."""
_REMEDY = 'Write each line like {"prompt": "…", "answer": "…"}; `id` and `tags` are optional.'


def read_jsonl(file: Path, encoding: str | None = None) -> ReadNotes:
    """The notes in a file. Raises NotesUnreadable, which names the line."""
    collector = Collector(file)
    for number, line in enumerate(read_text(file, encoding).split("\n"), 1):
        if line.strip():
            collector.add(_note(file, number, line))
    return collector.result()


def _note(file: Path, number: int, line: str) -> Note:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else "too deep or too large"
        raise at_line(file, number, f"is not JSON: {what}", _REMEDY) from error
    if not isinstance(data, dict):
        raise at_line(file, number, "is not an object", _REMEDY)
    for name, key in _OTHER_NAMES.items():
        if name in data and key not in data:
            data[key] = data.pop(name)
    unknown = next((key for key in data if key not in _KEYS), None)
    if unknown is not None:
        message = f"has the unknown key `{printable(unknown[:60])}`"
        raise at_line(file, number, message, f"The keys are: {', '.join(_KEYS)}.")
    prompt, answer = (_text(file, number, data, key) for key in ("prompt", "answer"))
    id_ = data.get("id", "")
    if not isinstance(id_, str | int) or isinstance(id_, bool):
        raise at_line(file, number, "has an `id` that is neither text nor a whole number", _REMEDY)
    key = key_of_id(str(id_)) if id_ != "" else key_of_prompt(prompt)
    return Note(key, prompt, answer, f"line {number}", _tags(file, number, data))


def _text(file: Path, number: int, data: dict[str, object], key: str) -> str:
    value = data.get(key, "")
    if not isinstance(value, str):
        raise at_line(file, number, f"has a `{key}` that is not text", _REMEDY)
    return cleaned(value)


def _tags(file: Path, number: int, data: dict[str, object]) -> tuple[str, ...]:
    tags = data.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise at_line(file, number, "has `tags` that are not a list of texts", _REMEDY)
    return tuple(tags)
