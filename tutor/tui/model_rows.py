"""The models as rows: what each needs, where it is, and how well it grades."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from tutor.engine import BUILT_IN_JUDGE
from tutor.formatting import percent, size
from tutor.models import CatalogEntry, OnDisk, Shelf
from tutor.models.memory import MemoryFit
from tutor.tui.labels import fit

JUDGE = BUILT_IN_JUDGE.capitalize()
_ROOMY = 60
"""The cells from which a row has all its columns."""


@dataclass(frozen=True)
class ModelRow:
    """A model in the catalogue, on disk, or both, with everything that is shown about it."""

    name: str
    bytes: int
    needs: str
    memory: str
    state: str
    """In a word or two."""
    details: tuple[str, ...]
    entry: CatalogEntry | None
    on_disk: OnDisk | None
    checksum: str = ""
    """The published checksum of the file; empty if there is none."""

    def line(self, width: int) -> Content:
        """The row in `width` cells; if room is short, the name is cut."""
        return _line(self.name, size(self.bytes), self.needs, self.memory, self.state, width)


def heading(width: int) -> Content:
    """The names of the columns."""
    return _line("Model", "size", "needs", "memory", "state", width)


def _line(name: str, bytes_: str, needs: str, memory: str, state: str, width: int) -> Content:
    cells = f"{bytes_:>9}  {needs:>9}  {memory:<9}  {state:<11}"
    if width < _ROOMY:
        cells = cells[-11:]  # the details of the chosen model have size and memory
    return Content(f"{fit(name, width - len(cells) - 2)}  {cells}")


@dataclass(frozen=True)
class ModelTable:
    """What the screen shows; created in a thread, since that reads files."""

    memory: str
    rows: tuple[ModelRow, ...]

    @property
    def first(self) -> int:
        """The row to begin with: the one in use, else the judge, else the one recommended."""
        states = [row.state for row in self.rows]
        if "in use" in states:
            return states.index("in use")
        names = [row.name for row in self.rows]
        if JUDGE in names:
            return names.index(JUDGE)
        return states.index("recommended") if "recommended" in states else 0


def model_table(shelf: Shelf, *, offer_judge: bool = True) -> ModelTable:
    """The judge, the catalogue, then whatever else is on this machine.

    A judge that is not installed has a row if `offer_judge`. The model that the judge is made from
    has one only if it is installed: by itself it grades badly, and would look like the judge.
    """
    pairs = [(entry, shelf.of_entry(entry)) for entry in shelf.catalog.entries]
    shown = {on_disk.path for _, on_disk in pairs if on_disk is not None}
    others = [model for model in shelf.models if model.path not in shown]
    rows = [_row(shelf, None, model) for model in others if model.is_judge]
    if not rows and offer_judge and shelf.catalog.judge is not None:
        rows = [_judge_row(shelf)]
    original = shelf.catalog.judge.original if shelf.catalog.judge is not None else ""
    rows += [_row(shelf, *pair) for pair in pairs if pair[1] is not None or pair[0].id != original]
    rows += [_row(shelf, None, model) for model in others if not model.is_judge]
    memory = f"{size(shelf.memory.free)} of {size(shelf.memory.total)} of memory is free"
    return ModelTable(memory, tuple(rows))


def _judge_row(shelf: Shelf) -> ModelRow:
    """The judge before it is installed; it needs less than the model that it is made from."""
    original = shelf.catalog.original
    fits = shelf.fit_of(original)
    return ModelRow(
        name=JUDGE,
        bytes=original.bytes,
        needs=size(fits.needs.total),
        memory=fits.verdict.value,
        state="recommended",
        details=(
            "Trained for these questions. Installed, it takes half the space of its download.",
            f"Press Enter to download {size(original.bytes)}, once; "
            "it then works without a network.",
        ),
        entry=None,
        on_disk=None,
    )


def _row(shelf: Shelf, entry: CatalogEntry | None, on_disk: OnDisk | None) -> ModelRow:
    usable = on_disk if on_disk is not None and not on_disk.problem else entry
    fits = shelf.fit_of(usable) if usable is not None else None
    bytes_ = on_disk.bytes if on_disk is not None else entry.bytes if entry is not None else 0
    return ModelRow(
        name=_name(entry, on_disk),
        bytes=bytes_,
        needs=size(fits.needs.total) if fits else "–",
        memory=fits.verdict.value if fits else "–",
        state=_state(shelf, entry, on_disk),
        details=tuple(_details(shelf, entry, on_disk, fits)),
        entry=entry,
        on_disk=on_disk,
        checksum=shelf.expected_checksum(on_disk) if on_disk is not None else "",
    )


def _name(entry: CatalogEntry | None, on_disk: OnDisk | None) -> str:
    if on_disk is not None and on_disk.is_judge:
        return JUDGE
    if entry is not None:
        return entry.name
    return "" if on_disk is None else on_disk.name


def _state(shelf: Shelf, entry: CatalogEntry | None, on_disk: OnDisk | None) -> str:
    if on_disk is not None:
        if on_disk.problem:
            return "damaged"
        return "in use" if shelf.is_used(on_disk) else "installed"
    if entry is None:
        return "–"
    partial = shelf.partial(entry)
    if partial.exists():
        return f"{percent(partial.stat().st_size / entry.bytes)} loaded"
    return "recommended" if entry == shelf.recommended else "–"


def _details(
    shelf: Shelf, entry: CatalogEntry | None, on_disk: OnDisk | None, fits: MemoryFit | None
) -> Iterator[str]:
    if on_disk is not None and on_disk.problem:
        yield f"It cannot be used: {on_disk.problem}."
    elif fits is not None:
        yield f"It {fits.words}."
    if entry is not None:
        yield " · ".join((entry.licence, " ".join(entry.languages), *entry.remarks))
    if on_disk is not None:
        yield f"Location: {on_disk.place.value} ({on_disk.path})"
        if (quality := shelf.quality(on_disk)) is not None and not on_disk.is_judge:
            yield f"As a grader it was {quality.words}."
        if (pace := shelf.speed(on_disk)) is not None:
            yield f"On this machine it {pace.words}."
        if on_disk.is_judge:
            yield shelf.judge_status(on_disk)
    elif entry is not None:
        yield f"Press Enter to download {size(entry.bytes)}, once; it then works without a network."
