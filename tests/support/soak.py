"""How much of a long test is run: all of it by `make soak`, a tenth by `make test`."""

import os

SOAK = os.environ.get("TUTOR_SOAK") == "1"


def often(times: int) -> int:
    """So many times in a soak, else a tenth of them."""
    return times if SOAK else max(1, times // 10)
