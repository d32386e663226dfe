"""Whether a model fits into this machine's memory: figures and a warning, never a refusal."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tutor.engine.gguf import Needs
from tutor.formatting import GIB, size

if TYPE_CHECKING:
    from tutor.models.catalog import Catalog, CatalogEntry

RESERVED = 0.85
"""The share of a laptop's memory that must be available; graphics often take the rest."""


@dataclass(frozen=True)
class MachineMemory:
    """The memory of the machine, in bytes."""

    total: int
    free: int
    """What programs can use now without swapping."""


class Fits(StrEnum):
    """How a model fits into memory."""

    FITS = "fits"
    TIGHT = "tight"
    """It would fit if fewer programs were running."""
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class MemoryFit:
    """A model's needs and the machine's memory."""

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
        """The figures, and what they mean."""
        needs, memory = self.needs, self.memory
        figures = (
            f"needs about {size(needs.total)} (weights {size(needs.weights)}, context "
            f"{size(needs.cache)}, buffers {size(needs.buffers)}); {size(memory.free)} of "
            f"{size(memory.total)} are free: "
        )
        return (
            figures
            + {
                Fits.FITS: "it fits",
                Fits.TIGHT: "close other programs first, or it will be slow or not load",
                Fits.TOO_LARGE: "too large here; --allow-large-model tries it anyway",
            }[self.verdict]
        )


def machine_memory() -> MachineMemory:
    """The machine's memory at present."""
    import psutil

    memory = psutil.virtual_memory()
    return MachineMemory(total=memory.total, free=memory.available)


def recommended(catalog: "Catalog", memory: MachineMemory) -> "CatalogEntry | None":
    """The recommended entry for the largest class of machines that includes this one.

    On a smaller machine it is the one for the smallest class, if that could fit at all.
    """
    candidates = sorted((e for e in catalog.entries if e.recommended), key=lambda e: e.laptop)
    fitting = [entry for entry in candidates if memory.total >= RESERVED * entry.laptop * GIB]
    if fitting:
        return fitting[-1]
    return next((entry for entry in candidates[:1] if entry.bytes < memory.total), None)
