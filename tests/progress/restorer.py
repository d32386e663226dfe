"""A process that restores a backup repeatedly, and is killed one step later each time."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.progress.builders import Clock, profile
from tutor.progress.archive.backup import restore

STEPS = ("open", "mkdir", "write", "fsync", "rename", "replace", "unlink", "rmdir")


class KilledAtStep:
    """Allows so many changes to the file system, then kills this process."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        for name in STEPS:
            setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)
            self.left -= 1
            return call(*arguments, **named)

        return counted


def main(template: Path, into: Path, backup: Path) -> None:
    """For every step, copy `template` and restore `backup` there; print the last step."""
    step = 0
    while True:
        home = into / str(step)
        shutil.copytree(template, home)
        child = os.fork()
        if not child:
            KilledAtStep(step)
            restore(profile(home), str(backup), clock=Clock())
            os._exit(0)
        if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
            print(step, flush=True)
            return
        step += 1


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
