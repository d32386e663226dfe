"""Models on a machine of the tests' own: a laptop with 8 GiB of memory, 3 GiB of it free."""

from collections.abc import Sequence

from tutor.formatting import GIB
from tutor.models import CatalogEntry, OnDisk, Shelf
from tutor.models.catalog import Catalog
from tutor.models.memory import MachineMemory
from tutor.paths import Paths


def entry(id_: str, number: int, **changes: object) -> CatalogEntry:
    """A model of the catalogue, of `number` bytes."""
    values: dict[str, object] = {
        "id": id_, "name": id_.title(), "repository": "owner/name", "revision": "a" * 40,
        "file": f"{id_}.gguf", "bytes": number, "sha256": "b" * 64, "licence": "Apache-2.0",
        "languages": ("de", "en", "ru", "zh"), "laptop": 8, "kind": "dense",
        "layers": 36, "kv_heads": 8, "head": 128, "vocabulary": 151_936,
    }  # fmt: skip
    return CatalogEntry.model_validate(values | changes)


LARGE = entry("large-4b", 2 * GIB, recommended=True)


def shelf_of(paths: Paths, catalog: Catalog, models: Sequence[OnDisk] = ()) -> Shelf:
    """These models, none of them in use."""
    memory = MachineMemory(8 * GIB, 3 * GIB)
    return Shelf(paths, catalog, tuple(models), memory, 4096, None, None, {})
