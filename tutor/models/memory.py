"""Whether a model fits this machine's memory: numbers and a warning, never a ban."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tutor.engine.gguf import Header, Needs
from tutor.formatting import GIB, size

if TYPE_CHECKING:
    from tutor.models.catalog import Catalog, CatalogEntry

RESERVED = 0.85
"""Of a laptop's memory this share counts: the rest is often the graphics'."""


@dataclass(frozen=True)
class MachineMemory:
    """Bytes of this machine's memory."""

    total: int
    free: int
    """That programs can have now without swapping."""


class Fits(StrEnum):
    """How a model stands to the memory."""

    FITS = "fits"
    TIGHT = "tight"
    """It would fit if less else were running."""
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class MemoryFit:
    """A model's needs beside what there is."""

    needs: Needs
    memory: MachineMemory

    @property
    def verdict(self) -> Fits:
        """Whether it fits now, could fit, or cannot."""
        if self.needs.total <= self.memory.free:
            return Fits.FITS
        return Fits.TIGHT if self.needs.total <= self.memory.total else Fits.TOO_LARGE

    @property
    def words(self) -> str:
        """The numbers, and what they mean."""
        needs, memory = self.needs, self.memory
        told = (
            f"needs about {size(needs.total)} (weights {size(needs.weights)}, context "
            f"{size(needs.cache)}, buffers {size(needs.buffers)}); {size(memory.free)} of "
            f"{size(memory.total)} are free: "
        )
        return (
            told
            + {
                Fits.FITS: "it fits",
                Fits.TIGHT: "close other programs first, or it will be slow or not load",
                Fits.TOO_LARGE: "too large here; --allow-large-model tries it anyway",
            }[self.verdict]
        )


def machine_memory() -> MachineMemory:
    """What there is, now."""
    import psutil

    memory = psutil.virtual_memory()
    return MachineMemory(total=memory.total, free=memory.available)


def needs_of(model: "CatalogEntry | Header", context: int) -> Needs:
    """What a model needs with `context` tokens: by the file's own header where it is there."""
    if isinstance(model, Header):
        return model.needs(context)
    return model.shape.needs(model.bytes, context)


def fit(model: "CatalogEntry | Header", memory: MachineMemory, context: int) -> MemoryFit:
    """The needs of an entry, or of a file by its header, beside the machine's memory."""
    return MemoryFit(needs_of(model, context), memory)


def recommended(catalog: "Catalog", memory: MachineMemory) -> "CatalogEntry | None":
    """The recommended entry for the largest class of machines that this one belongs to.

    On a machine below every class the one for the smallest, if its memory could hold it at all.
    """
    wanted = sorted(filter(lambda e: e.recommended, catalog.entries), key=lambda e: e.laptop)
    fitting = [entry for entry in wanted if memory.total >= RESERVED * entry.laptop * GIB]
    if fitting:
        return fitting[-1]
    return next((entry for entry in wanted[:1] if entry.bytes < memory.total), None)
