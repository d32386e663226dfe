"""A child without a model: `python -S -m tests.support.babbler KIND`.

It says that it is loaded, then garbage instead of its first reply. Without llama.cpp it starts
fifteen times as fast as the real child.
"""

import sys

from tests.support.garbage import GARBAGE, LOADED


def command(kind: str) -> tuple[str, ...]:
    """The command line of a child that says this."""
    return (sys.executable, "-S", "-m", "tests.support.babbler", kind)


def main(kind: str) -> None:
    """Take two requests, and reply to the first of them alone."""
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    requests.readline()
    replies.write(LOADED)
    replies.flush()
    number = requests.readline().partition(b'"id":')[2].partition(b",")[0]
    replies.write(GARBAGE[kind].replace(b"ID", number))
    replies.write(b'{"kind": "finished", "id": %b}\n' % number)
    replies.flush()
    requests.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
