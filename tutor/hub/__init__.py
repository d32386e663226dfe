"""From nothing to a model: what there is to have, what fits, what lies on disk, and getting it.

The front for command line and screens. Imports the reader of model files from `tutor.engine` and
the calibrations' format from `tutor.grading`; only `pull` reaches for the network, and it imports
what it needs for that when it is called.
"""

from tutor.engine.judge import JudgeModel, find_judge, load_judge
from tutor.hub.catalog import Catalog, CatalogInvalid, Entry, load_catalog, recommended
from tutor.hub.checksum import Checked, verify
from tutor.hub.choose import JUDGE, Unknown, choose
from tutor.hub.disk import OnDisk, Place, found, look_at
from tutor.hub.failures import PullCancelled, PullFailed
from tutor.hub.judge import pull_judge
from tutor.hub.measured import Pace, Quality, keep_pace, pace_of, qualities, quality_of
from tutor.hub.memory import Fit, Fits, Memory, fit, machine_memory, needs_of
from tutor.hub.own import (
    How,
    NotOurs,
    Removed,
    Unfit,
    add_file,
    forget_model,
    remove_file,
    use_model,
    used_model,
)
from tutor.hub.pull import (
    Patience,
    Progress,
    Pull,
    Stage,
    partial_of,
)
from tutor.hub.shelf import NoSuchEntry, Shelf, told_of_judge, wanted_sum
from tutor.hub.words import printable, size

__all__ = [
    "JUDGE",
    "Catalog",
    "CatalogInvalid",
    "Checked",
    "Entry",
    "Fit",
    "Fits",
    "How",
    "JudgeModel",
    "Memory",
    "NoSuchEntry",
    "NotOurs",
    "OnDisk",
    "Pace",
    "Patience",
    "Place",
    "Progress",
    "Pull",
    "PullCancelled",
    "PullFailed",
    "Quality",
    "Removed",
    "Shelf",
    "Stage",
    "Unfit",
    "Unknown",
    "add_file",
    "choose",
    "find_judge",
    "fit",
    "forget_model",
    "found",
    "keep_pace",
    "load_catalog",
    "load_judge",
    "look_at",
    "machine_memory",
    "needs_of",
    "pace_of",
    "partial_of",
    "printable",
    "pull_judge",
    "qualities",
    "quality_of",
    "recommended",
    "remove_file",
    "size",
    "told_of_judge",
    "use_model",
    "used_model",
    "verify",
    "wanted_sum",
]
