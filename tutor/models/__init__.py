"""From nothing to a model: what there is to have, what fits, what lies on disk, and getting it.

The front for command line and screens. Imports the reader of model files from `tutor.engine` and
the calibrations' format from `tutor.grading`; only `pull` reaches for the network, and it imports
what it needs for that when it is called.
"""

from tutor.engine.judge_model import JudgeModel, find_judge, load_judge
from tutor.formatting import printable, size
from tutor.models.catalog import Catalog, CatalogEntry, CatalogInvalid, load_catalog, recommended
from tutor.models.checksum import Checked, verify
from tutor.models.download import Download, Source, partial_of, sources_of
from tutor.models.failures import PullCancelled, PullFailed
from tutor.models.judge_download import JudgeDownload
from tutor.models.library import (
    How,
    NoSuchEntry,
    NotOurs,
    Removed,
    Shelf,
    add_file,
    forget_model,
    judge_status,
    remove_file,
    use_model,
    used_model,
    wanted_sum,
)
from tutor.models.local import JUDGE, FoundIn, OnDisk, Unfit, UnknownModel, choose, found, look_at
from tutor.models.measurements import (
    MeasuredSpeed,
    Quality,
    keep_pace,
    pace_of,
    qualities,
    quality_of,
)
from tutor.models.memory import Fits, MachineMemory, MemoryFit, fit, machine_memory, needs_of
from tutor.models.transfer import DownloadProgress, DownloadStage, Patience

__all__ = [
    "JUDGE",
    "Catalog",
    "CatalogEntry",
    "CatalogInvalid",
    "Checked",
    "Download",
    "DownloadProgress",
    "DownloadStage",
    "Fits",
    "FoundIn",
    "How",
    "JudgeDownload",
    "JudgeModel",
    "MachineMemory",
    "MeasuredSpeed",
    "MemoryFit",
    "NoSuchEntry",
    "NotOurs",
    "OnDisk",
    "Patience",
    "PullCancelled",
    "PullFailed",
    "Quality",
    "Removed",
    "Shelf",
    "Source",
    "Unfit",
    "UnknownModel",
    "add_file",
    "choose",
    "find_judge",
    "fit",
    "forget_model",
    "found",
    "judge_status",
    "keep_pace",
    "load_catalog",
    "load_judge",
    "look_at",
    "machine_memory",
    "needs_of",
    "pace_of",
    "partial_of",
    "printable",
    "qualities",
    "quality_of",
    "recommended",
    "remove_file",
    "size",
    "sources_of",
    "use_model",
    "used_model",
    "verify",
    "wanted_sum",
]
