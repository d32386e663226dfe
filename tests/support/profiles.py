"""The profile that a command used, opened once the command has ended."""

from pathlib import Path

from tutor.clock import utc_now
from tutor.paths import find_paths
from tutor.progress import Progress, open_progress


def open_profile(home: Path) -> Progress:
    """As the program itself opens it: with the lock, and by the machine's clock."""
    return open_progress(find_paths({"TUTOR_HOME": str(home)}), clock=utc_now)
