"""Fetch the judge's model into the project's own models folder, for every profile."""

import sys

from tutor.errors import TutorError
from tutor.models import load_judge, pull_judge
from tutor.paths import find_paths


def main() -> int:
    """1 with the reason where it cannot be had."""
    resources = find_paths({}).resources
    try:
        print(pull_judge(load_judge(resources), resources / "models", lambda _done, _total: None))
    except TutorError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
