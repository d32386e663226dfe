"""Renders the prompt templates without trusting the texts that are filled in.

A template is ours and trusted; question, rubric and answer are not. Each text becomes a segment of
its own, so that the engine can keep the two apart token by token.
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
"""Private-use characters around the number of the text that belongs here."""
Untrusted = str | Sequence[str]


class PromptMissing(TutorError):
    """A prompt template cannot be read."""


class PromptBook:
    """The templates of one folder. Jinja is imported when the first one is rendered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _sources(self) -> dict[str, str]:
        try:
            return {
                name: (self._folder / f"{name}.j2").read_text(encoding="utf-8") for name in NAMES
            }
        except (OSError, UnicodeDecodeError) as error:
            raise PromptMissing(
                f"the prompt templates in {self._folder} cannot be read: {error}",
                remedy="Install the tutor again.",
            ) from error

    def load(self) -> None:
        """Read and compile the templates now, so that the first question does not wait."""
        assert self._templates

    def hash(self, names: Sequence[str]) -> str:
        """A hash of these templates as they are now, for grades and calibrations."""
        text = "\0".join(f"{name}\0{self._sources[name]}" for name in names)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def segments(
        self, name: str, trusted: Mapping[str, str] | None = None, **values: Untrusted
    ) -> tuple[Segment, ...]:
        """Fill in template `name`, and cut the result into trusted and untrusted segments.

        `trusted` has words of our own (labels, the name of a language). Everything in `values` is a
        text, or a sequence of texts, that anybody may have written.
        """
        texts: list[str] = []
        slots = {key: _slots_for(value, texts) for key, value in values.items()}
        rendered = self._templates[name].render({**(trusted or {}), **slots})
        return tuple(_cut(rendered, texts))

    @cached_property
    def _templates(self) -> "Mapping[str, Template]":
        from jinja2 import Environment, StrictUndefined

        environment = Environment(  # noqa: S701 - prompts are no HTML
            undefined=StrictUndefined, keep_trailing_newline=True
        )
        return {name: environment.from_string(text) for name, text in self._sources.items()}


def _slots_for(value: Untrusted, texts: list[str]) -> str | list[str]:
    """Append the text or texts of `value` to `texts`, and return slots to render instead."""
    start = len(texts)
    texts += [value] if isinstance(value, str) else value
    slots = [f"\ue000{number}\ue001" for number in range(start, len(texts))]
    return slots[0] if isinstance(value, str) else slots


def _cut(rendered: str, texts: Sequence[str]) -> Iterator[Segment]:
    """Put the texts back as segments; only our own template is searched for slots."""
    at = 0
    for match in _SLOT.finditer(rendered):
        if match.start() > at:
            yield Segment(rendered[at : match.start()], trusted=True)
        yield Segment(texts[int(match.group(1))])
        at = match.end()
    if at < len(rendered):
        yield Segment(rendered[at:], trusted=True)
