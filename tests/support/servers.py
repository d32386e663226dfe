"""Servers on loopback: llama-cpp-python's own in a process, and one that speaks as others do.

The second answers as the documentation of llama-server and vLLM says that they do, with a
vocabulary of bytes and control tokens, and can be made to fail in named ways.
"""

import json
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

from tests.support.models import CONTROL
from tests.support.patience import SECONDS

FIRST_CONTROL = 1000
WORDS = (" yes", " partial", " no")
FIRST_WORD = 500
BOS = FIRST_CONTROL
_SPLIT = re.compile("(" + "|".join(map(re.escape, CONTROL)) + ")")
Answer = tuple[int, bytes]


def own_tokens(text: str, *, control: bool) -> list[int]:
    """Control tokens if they are read, a word that is a label by itself, else bytes."""
    found: list[int] = []
    for part in _SPLIT.split(text) if control else [text]:
        if control and part in CONTROL:
            found.append(FIRST_CONTROL + CONTROL.index(part))
        elif part in WORDS:
            found.append(FIRST_WORD + WORDS.index(part))
        else:
            found += part.encode()
    return found


def own_text(tokens: Sequence[int]) -> str:
    """The way back, control tokens written out."""
    parts: list[bytes] = []
    for token in tokens:
        if token >= FIRST_CONTROL:
            parts.append(CONTROL[token - FIRST_CONTROL].encode())
        else:
            parts.append(WORDS[token - FIRST_WORD].encode() if token > 255 else bytes([token]))
    return b"".join(parts).decode()


def rendered(messages: Sequence[Mapping[str, str]]) -> str:
    """ChatML."""
    turns = (f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return "".join(turns) + "<|im_start|>assistant\n"


@dataclass
class Fake:
    """What a fake server answers, and what it was asked."""

    kind: str = "llamacpp"
    fault: str = ""
    ranked: Mapping[int, float] = field(
        default_factory=lambda: {500: -0.5, 501: -1.5, 502: -3.0, 65: -4.0, 49: -5.0, 50: -6.0}
    )
    """Log-probabilities of the likeliest next tokens."""
    key: str = ""
    context: int = 4096
    prompts: list[list[int]] = field(default_factory=list)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    after: str = "/v1/completions"
    """The path where the fault begins."""
    spared: int = 0
    """How many requests to it are answered before the fault begins."""
    times: int = 1_000_000
    """How often the fault shows itself."""
    hold: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)
    dropped: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    gone: bool = False

    def answer(self, path: str, body: Any) -> Answer:  # noqa: ANN401 - any JSON
        """What comes back."""
        self.asked.append((path, body))
        if self.fault and path.startswith(self.after) and self.times > 0:
            if self.spared == 0:
                self.times -= 1
                return FAULTS[self.fault](self)
            self.spared -= 1
        answers: dict[str, Callable[[Any], object]] = {
            "/v1/models": self._models,
            "/props": self._props,
            "/tokenize": self._tokenize,
            "/detokenize": lambda request: {"prompt": own_text(request["tokens"])},
            "/apply-template": lambda request: {"prompt": rendered(request["messages"])},
            "/v1/completions": self._complete,
        }
        return 200, json.dumps(answers[path](body)).encode()

    def _models(self, _: object) -> object:
        one: dict[str, object] = {"id": "some/Model-7B", "owned_by": self.kind, "object": "model"}
        if self.kind == "vllm":
            one["max_model_len"] = self.context
        return {"object": "list", "data": [one]}

    def _props(self, _: object) -> object:
        settings = {"n_ctx": self.context, "params": {}}
        return {"default_generation_settings": settings, "total_slots": 2, "chat_template": "x"}

    def _tokenize(self, request: Any) -> object:  # noqa: ANN401
        if self.kind == "llamacpp":
            tokens = own_tokens(request["content"], control=request["parse_special"])
            return {"tokens": [BOS, *tokens] if request["add_special"] else tokens}
        text = rendered(request["messages"]) if "messages" in request else request["prompt"]
        return {"count": 1, "max_model_len": 1, "tokens": own_tokens(text, control=True)}

    def _complete(self, request: Any) -> object:  # noqa: ANN401
        self.prompts.append(request["prompt"])
        if request.get("echo"):
            values = [None, *(-token / 100 for token in request["prompt"][1:]), -1.0]
            tops = [None, *({"x": -1.0} for _ in values[1:])]
            return _choice({"tokens": [], "token_logprobs": values, "top_logprobs": tops})
        if self.kind == "llamacpp":
            listed = [{"id": t, "token": "?", "logprob": p} for t, p in self.ranked.items()]
            return _choice({"content": [{"id": 1, "logprob": -1.0, "top_logprobs": listed}]})
        named = {f"token_id:{token}": value for token, value in self.ranked.items()}
        return _choice({"tokens": ["a"], "token_logprobs": [-1.0], "top_logprobs": [named]})


def _choice(logprobs: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "text": "a", "logprobs": logprobs}], "model": "m"}


def _error(status: int, message: str = "no", **more: object) -> Callable[[Fake], Answer]:
    body = json.dumps({"error": {"message": message, "type": "t", **more}}).encode()
    return lambda _: (status, body)


def _held(fake: Fake) -> Answer:
    fake.reached.set()
    fake.hold.wait(SECONDS)
    return 200, b"{}"


def _plainly(body: bytes) -> Callable[[Fake], Answer]:
    return lambda _: (200, body)


FAULTS: dict[str, Callable[[Fake], Answer]] = {
    "unauthorised": lambda fake: _error(401, f"wrong key {fake.key}")(fake),
    "forbidden": _error(403),
    "not found": _error(404),
    "moved": lambda _: (307, b""),
    "busy": _error(429, "slow down"),
    "loading": _error(503, "Loading model"),
    "broken": _error(500, "\x1b[31mout of memory"),
    "too long": _error(400, "This model's maximum context length is 5 tokens"),
    "too long, by its code": _error(400, code="context_length_exceeded"),
    "no JSON": _plainly(b"<html>hello</html>"),
    "another shape": _plainly(b'{"answer": 42}'),
    "no choices": _plainly(b'{"choices": []}'),
    "not a number": _plainly(
        b'{"choices": [{"logprobs": {"content": [{"top_logprobs": [{"id": 5, "logprob": NaN}]}]}}]}'
    ),
    "without probabilities": _plainly(b'{"choices": [{"text": "a", "logprobs": null}]}'),
    "half": lambda _: (-1, b'{"choices": [{"te'),
    "endless": lambda _: (-2, b" " * 65536),
    "silent": _held,
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each body waits 40 ms for the receipt of its headers
    fake: Fake

    def do_GET(self) -> None:
        self._reply(None)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self._reply(json.loads(self.rfile.read(length)))

    def _reply(self, body: Any) -> None:  # noqa: ANN401
        fake = self.fake
        if fake.gone:  # on a connection that was kept
            self.close_connection = True
        elif fake.key and self.headers["Authorization"] != f"Bearer {fake.key}":
            self._send(401, b'{"detail": "Invalid API key"}')
        elif isinstance(body, dict) and body.get("stream") and not fake.fault:
            fake.asked.append((self.path, body))
            fake.prompts.append(body["prompt"])
            self._stream(["Es ", "fehlt ", "", "nichts."])
        else:
            self._send(*fake.answer(self.path, body))

    def _send(self, status: int, body: bytes) -> None:
        try:
            self.send_response(max(status, 200))
            if status == 307:
                self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", str(len(body) + (10**9 if status < 0 else 0)))
            self.end_headers()
            while status == -2:
                self.wfile.write(body)
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:
            self.fake.dropped.set()
        if status < 0:
            self.close_connection = True

    def _stream(self, pieces: Sequence[str]) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in pieces:
            event = json.dumps({"choices": [{"index": 0, "text": piece}]})
            self.wfile.write(f"data: {event}\n\n".encode())
        self.wfile.write(b": a comment\n\ndata: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextmanager
def faking(fake: Fake, port: int = 0) -> Iterator[Fake]:
    """Have `fake` answer on a port of the system's choice."""
    handler = type("Handler", (_Handler,), {"fake": fake})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        fake.gone = True
        fake.hold.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def llama_cpp_python(model: Path) -> Iterator[str]:
    """llama-cpp-python's own server with `model`, as a process; its address."""
    command = [
        sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--host", "127.0.0.1",
        "--port", "0", "--n_ctx", "8192", "--n_threads", "1", "--n_threads_batch", "1",
        "--logits_all", "true", "--verbose", "false",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    )
    assert process.stdout is not None
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    reader = threading.Thread(target=_pass_on, args=(process.stdout, lines), daemon=True)
    reader.start()
    try:
        yield _address(lines)
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def _pass_on(source: IO[str], lines: "queue.SimpleQueue[str]") -> None:
    for line in source:
        lines.put(line)
    lines.put("")


def _address(lines: "queue.SimpleQueue[str]") -> str:
    """The address in the line with which the server says that it is running."""
    log: list[str] = []
    while line := lines.get(timeout=SECONDS):
        log.append(line)
        found = re.search(r"running on (http://127\.0\.0\.1:\d+)", line)
        if found:
            return found[1]
    raise AssertionError(f"the server did not start: {''.join(log[-5:])}")
