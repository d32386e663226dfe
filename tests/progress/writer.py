"""A process, to be killed, that saves endlessly and reports each attempt once it is safe."""

import sys
from itertools import count
from pathlib import Path

from tests.progress.builders import (
    START,
    make_attempt,
    make_draft,
    make_session,
    opened,
    profile,
)
from tutor.bank import Verdict
from tutor.progress.errors import ProfileLocked


def main(home: Path, first: int) -> None:
    """Print the id of every attempt once it is recorded."""
    try:
        progress = opened(profile(home))
    except ProfileLocked as error:
        print(error.message, error.remedy, flush=True)
        return
    print("open", flush=True)
    for number in count(first):
        question = 1 + number % 7
        progress.save_draft(make_draft(question, f"draft {number}", at=START))
        progress.record(make_attempt(number, question, verdicts="mpx"[number % 3] + "px"))
        print(f"a{number}", flush=True)
        if number % 3 == 0:
            progress.overrule(f"a{number}", {"why": Verdict.MET})
        if number % 10 == 0:
            progress.overrule(f"a{first}", {"what": Verdict.MISSED})
        progress.save_session(make_session(1, 2, 3, position=number % 3))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
