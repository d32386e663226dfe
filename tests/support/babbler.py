"""A child without a model: `python -S -m tests.support.babbler KIND`.

It says that it is loaded, then garbage instead of its first reply. Without llama.cpp it starts
fifteen times as fast as the real child.
"""

import sys

# What a broken child may say instead of a reply. `ID` stands for the request's number.

LOADED = (
    b'{"kind": "loaded", "info": {"name": "a", "path": "", "fingerprint": "b", "architecture": "c",'
    b' "parameters": 1, "context": 1, "label_set": 0, "plain_buffers": false, "prefill_rate": 1}}\n'
)

CRASHING = {
    "not-utf8": b'{"kind": "finished", "id": "\xff no"}\n',
    "half-line": b'{"kind": "finished", "id": ID, "sco',
    "empty-line": b"\n",
    "words": b"Segmentation fault (core dumped)\n",
    "bytes": bytes(range(11, 256)) * 20 + b"\n",
    "huge-line": b'{"kind": "piece", "id": ID, "text": "' + b"x" * (5 << 20) + b'"}\n',
    "deep": b"[" * 100_000 + b"\n",
    "list": b"[1, 2, 3]\n",
    "unknown-kind": b'{"kind": "gift", "id": ID}\n',
    "a-request": b'{"kind": "cancel", "id": ID}\n',
    "no-number": b'{"kind": "finished", "id": "one"}\n',
    "more-than-asked": b'{"kind": "finished", "id": ID, "path": "/etc/passwd"}\n',
    "not-a-number": b'{"kind": "finished", "id": ID, "scores": [{"distributions": [{"mass": 1,'
    b' "labels": ["a"], "log_probabilities": [null]}]}]}\n',
    "loading-again": b'{"kind": "loading", "stage": "probing"}\n',
    "loaded-again": LOADED,
    "refused-late": b'{"kind": "refused", "reason": "no"}\n',
}
"""After these nothing that it says can be trusted."""
WRONG = {
    "no-scores": b'{"kind": "finished", "id": ID}\n',
    "one-score": b'{"kind": "finished", "id": ID, "scores": [{"distributions": []}]}\n',
    "text": b'{"kind": "finished", "id": ID, "tokens": [{"text": "a", "trusted": true}]}\n',
}
"""Well-formed, and no answer to what was asked."""
HARMLESS = {
    "another-number": b'{"kind": "finished", "id": 999999}\n',
    "failed-another": b'{"kind": "failed", "id": 999999, "why": "native", "message": "x"}\n',
    "a-piece": b'{"kind": "piece", "id": ID, "text": "yes"}\n',
    "a-sign-of-life": b'{"kind": "evaluated", "id": ID}\n',
}
"""Well-formed, and nobody waits for it."""
GARBAGE = CRASHING | WRONG | HARMLESS


def babble(kind: str) -> tuple[str, ...]:
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
