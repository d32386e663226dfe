"""Downloads the judge's model into the project's own models folder, for every profile.

With `--if-wanted`, as in the background, it does so only if the judge is to grade by the settings,
is not installed, and much of the disk is free. Changing those settings stops the download.
"""

import os
import sys
from collections.abc import Sequence

from tools.steps import EXPLAINED
from tutor.engine.judge_model import find_judge, load_judge
from tutor.errors import TutorError
from tutor.models import DownloadProgress, DownloadStage, JudgeDownload, PullCancelled
from tutor.models.catalog import load_catalog
from tutor.paths import Paths, find_paths
from tutor.settings import load_settings

MIB = 1 << 20
IF_WANTED = "--if-wanted"


def main(arguments: Sequence[str]) -> int:
    """Download the judge; return `EXPLAINED`, after a last line with the reason, if that fails."""
    paths, unasked = find_paths(os.environ), IF_WANTED in arguments

    def follow(progress: DownloadProgress) -> None:
        _report(progress)
        if unasked and not _is_wanted(paths):
            job.cancel()

    try:
        if unasked and not _is_wanted(paths):
            print("Another grader is chosen, so the judge is not downloaded.")
            return 0
        if unasked and find_judge(load_judge(paths.resources), paths.models) is not None:
            print("The judge is installed.")
            return 0
        job = JudgeDownload(
            load_catalog(paths), paths.resources / "models", os.environ, follow, unasked=unasked
        )
        print(job.run())
    except PullCancelled:
        job.discard()
        print("Another grader was chosen, so the download was stopped and deleted.")
    except TutorError as error:
        print(" ".join(f"{error.message} {error.remedy}".split()), file=sys.stderr)
        return EXPLAINED
    return 0


def _is_wanted(paths: Paths) -> bool:
    return load_settings(paths.settings).wants_judge


def _report(progress: DownloadProgress) -> None:
    """Print the progress in MiB, in the form that `tools.background` reads."""
    if progress.stage is DownloadStage.LOADING:
        print(f"[{round(progress.done / MIB)}/{round(progress.total / MIB)}]", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
