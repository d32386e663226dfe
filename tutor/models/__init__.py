"""Models: the catalogue, what fits into memory, what is on disk, and downloading.

Imports the reader of model files from `tutor.engine` and the format of calibrations from
`tutor.grading`. Only downloads use the network, and they import what they need for that when they
start.
"""

from tutor.models.catalog import CatalogEntry
from tutor.models.download import Checked, Download, verify
from tutor.models.folder import Removed, add_file, remove_file
from tutor.models.judge_download import JudgeDownload
from tutor.models.library import Shelf, forget_model, use_model
from tutor.models.local import JUDGE, OnDisk
from tutor.models.transfer import DownloadProgress, DownloadStage, PullCancelled, PullFailed

__all__ = [
    "JUDGE",
    "CatalogEntry",
    "Checked",
    "Download",
    "DownloadProgress",
    "DownloadStage",
    "JudgeDownload",
    "OnDisk",
    "PullCancelled",
    "PullFailed",
    "Removed",
    "Shelf",
    "add_file",
    "forget_model",
    "remove_file",
    "use_model",
    "verify",
]
