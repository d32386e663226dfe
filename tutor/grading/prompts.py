"""The prompt templates, and how text that is not ours goes through them untouched.

A template is ours and trusted; question, rubric and answer are not. Each value stands for itself in
the rendered text as a segment of its own, so that the engine can tell the two apart token by token.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.engine.api import Segment
from tutor.errors import TutorError

if TYPE_CHECKING:
    from jinja2 import Template

NAMES = (
    "system", "question", "answer", "feedback", "follow-up",
    "single-system", "single-question", "single-verdict",
    "trained-system", "trained-question",
)  # fmt: skip
_SLOT = re.compile("\ue000(\\d+)\ue001")
Untrusted = str | Sequence[str]


class PromptMissing(TutorError):
    """A prompt template is not where it has to be."""


class PromptBook:
    """The templates of one folder. Jinja is imported when the first one is rendered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _sources(self) -> dict[str, str]:
        try:
            return {name: self._file(name).read_text(encoding="utf-8") for name in NAMES}
        except (OSError, UnicodeDecodeError) as error:
            raise PromptMissing(
                f"the prompt templates in {self._folder} cannot be read: {error}",
                remedy="Install the tutor again.",
            ) from error

    def load(self) -> None:
        """Read and compile the templates now, so that the first question does not wait for it."""
        assert self._templates

    def hash(self, names: Sequence[str]) -> str:
        """Names these templates, as they are now, in grades and calibrations."""
        text = "\0".join(f"{name}\0{self._sources[name]}" for name in names)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def segments(
        self, name: str, trusted: Mapping[str, str] | None = None, **values: Untrusted
    ) -> tuple[Segment, ...]:
        """Template `name` with its values filled in, cut into trusted and untrusted segments.

        `trusted` holds words of our own (labels, the name of a language); everything in `values`
        is a text, or a sequence of texts, that may have been written by anybody.
        """
        slots: list[str] = []
        marked = {key: _mark(value, slots) for key, value in values.items()}
        text = self._templates[name].render({**(trusted or {}), **marked})
        return tuple(_cut(text, slots))

    @cached_property
    def _templates(self) -> "Mapping[str, Template]":
        from jinja2 import Environment, StrictUndefined

        environment = Environment(  # noqa: S701 - prompts are no HTML
            undefined=StrictUndefined, keep_trailing_newline=True
        )
        return {name: environment.from_string(text) for name, text in self._sources.items()}

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.j2"


def _mark(value: Untrusted, slots: list[str]) -> str | list[str]:
    if isinstance(value, str):
        slots.append(value)
        return f"\ue000{len(slots) - 1}\ue001"
    marked: list[str] = []
    for text in value:
        slots.append(text)
        marked.append(f"\ue000{len(slots) - 1}\ue001")
    return marked


def _cut(text: str, slots: Sequence[str]) -> Iterator[Segment]:
    """Only our own templates are searched for slots, never the values that go into them."""
    at = 0
    for match in _SLOT.finditer(text):
        if match.start() > at:
            yield Segment(text[at : match.start()], trusted=True)
        yield Segment(slots[int(match.group(1))])
        at = match.end()
    if at < len(text):
        yield Segment(text[at:], trusted=True)
