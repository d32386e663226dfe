"""Downloads the judge's model into the project's own models folder, for every profile."""

import os
import sys

from tutor.errors import TutorError
from tutor.models import DownloadProgress, DownloadStage, JudgeDownload
from tutor.models.catalog import load_catalog
from tutor.paths import find_paths


def main() -> int:
    """1 with the reason where it cannot be had."""
    paths = find_paths(os.environ)
    models = paths.resources / "models"
    try:
        job = JudgeDownload.by_environment(load_catalog(paths), models, os.environ, _tell)
        print(job.run())
    except TutorError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    return 0


def _tell(progress: DownloadProgress) -> None:
    """In MB, as a line that `tools.background` counts with."""
    if progress.stage is DownloadStage.LOADING:
        print(f"[{progress.done // 10**6}/{progress.total // 10**6}]", flush=True)


if __name__ == "__main__":
    sys.exit(main())
