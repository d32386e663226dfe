"""Sets the project up and starts it: `python tools/setup.py run [ARGUMENTS]` or with `test`.

`make run` and `make test` call this. The lines up to the import must be valid in old versions of
Python, so that they end with a message instead of a SyntaxError.
"""

import os
import sys

if not (3, 11) <= tuple(sys.version_info[:2]) <= (3, 14):
    sys.exit(
        "tutor needs Python 3.11, 3.12, 3.13 or 3.14; this is Python %d.%d (%s).\n"  # noqa: UP031
        "Install one of them, then: make PYTHON=python3.13 run"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

from tools.launch import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
