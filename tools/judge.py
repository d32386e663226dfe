"""Downloads the judge's model into the project's own models folder, for every profile."""

import sys

from tutor.engine.judge_model import load_judge
from tutor.errors import TutorError
from tutor.models import pull_judge
from tutor.paths import find_paths


def main() -> int:
    """Return 1, with the reason on standard error, if it cannot be downloaded."""
    resources = find_paths({}).resources
    try:
        print(pull_judge(load_judge(resources), resources / "models", _print_progress))
    except TutorError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    return 0


def _print_progress(done: int, total: int) -> None:
    """Print MB, in the form that `tools.background` reads."""
    print(f"[{done // 10**6}/{total // 10**6}]", flush=True)


if __name__ == "__main__":
    sys.exit(main())
