"""Whether a model fits this machine's memory: numbers and a warning, never a ban."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tutor.engine.gguf import Header, Needs
from tutor.formatting import size

if TYPE_CHECKING:
    from tutor.models.catalog import CatalogEntry


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
