"""Getting a model while studying goes on, and the first start's question about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.study.telling import lasting
from tutor.tui.choice import Choice, ChoiceScreen
from tutor.tui.text import one_line, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.hub import Progress, Shelf

WELCOME = (
    "Welcome. You answer exam questions in your own words; every point of an answer is judged, and "
    "all of it stays on this machine.\n"
    "A language model can judge here, once you have its file. Until then key terms propose the "
    "verdicts, and you confirm or mend them. How do you want to begin?"
)


@dataclass(frozen=True)
class Fetching:
    """A download as it stands."""

    name: str
    progress: Progress | None = None
    """None before anything is heard."""
    failed: str = ""
    """Why it ended, where it did; told until another one begins."""

    def at(self, progress: Progress) -> Fetching:
        """The same, further on."""
        return replace(self, progress=progress)

    @property
    def words(self) -> str:
        """For a status line: `getting Qwen3 4B 34 %`."""
        progress = self.progress
        share = f" {percent(progress.done / progress.total)}" if progress else ""
        return f"getting {one_line(self.name)}{share}"


def progress_words(fetching: Fetching) -> str:
    """How far it is, with rate and time left."""
    from tutor.hub import size

    progress = fetching.progress
    if fetching.failed:
        return f"✗ {one_line(fetching.failed)}"
    if progress is None:
        return f"Getting {one_line(fetching.name)} …"
    parts = [
        f"Getting {one_line(fetching.name)}: {progress.stage.value}",
        f"{percent(progress.done / progress.total)}, {size(progress.done)} of "
        f"{size(progress.total)}",
    ]
    if progress.rate is not None and progress.left is not None:
        parts.append(f"{size(int(progress.rate))}/s, {lasting(progress.left)} left")
    if progress.note:
        parts.append(one_line(progress.note))
    return " · ".join(parts)


def welcome_screen(shelf: Shelf) -> ChoiceScreen:
    """Asks how to begin; gives back `get`, `file`, `without`, or None."""
    return ChoiceScreen(WELCOME, tuple(_choices(shelf)))


def _choices(shelf: Shelf) -> Sequence[Choice]:

    from tutor.hub import size

    entry = shelf.recommended
    offered: list[Choice] = []
    if entry is not None:
        told = f"Get {entry.name}: {size(entry.bytes)}, in the background while you study"
        offered.append(Choice("get", told))
    here = sum(not model.problem and not model.is_judge for model in shelf.models)
    found = f"; {here} found on this machine" if here else ""
    return [
        *offered,
        Choice("file", f"Use a model file that I have (GGUF){found}"),
        Choice("without", "Start without; m gets a model at any time"),
    ]
