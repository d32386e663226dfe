"""Fetch the judge's model into the project's own models folder, for every profile."""

import sys

from tutor.engine.judge_model import load_judge
from tutor.errors import TutorError
from tutor.models import pull_judge
from tutor.paths import find_paths


def main() -> int:
    """1 with the reason where it cannot be had."""
    resources = find_paths({}).resources
    try:
        print(pull_judge(load_judge(resources), resources / "models", _tell))
    except TutorError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    return 0


def _tell(done: int, total: int) -> None:
    """In MB, as a line that `tools.background` counts with."""
    print(f"[{done // 10**6}/{total // 10**6}]", flush=True)


if __name__ == "__main__":
    sys.exit(main())
