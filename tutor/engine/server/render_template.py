"""Renders a chat template from a file, for a server that does not report its own.

A template may come from anybody and may loop forever, so it is rendered in a process of its own:
`python -m tutor.engine.server.render_template` reads one and prints its frame.
"""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from tutor.engine.chat_template import Frame, frame
from tutor.engine.errors import ModelRefused
from tutor.engine.gguf import read_header
from tutor.engine.process import child_environment

SECONDS = 10.0
MOST_BYTES = 1024 * 1024


def frame_of(file: Path, seconds: float = SECONDS) -> Frame:
    """The frame of the template in `file`: a Jinja template or a model file that contains one.

    It is rendered without BOS and EOS tokens, since such a server adds BOS itself. Raises
    `ModelRefused`.
    """
    template = _template(file)
    # -P keeps the current folder out of the import path
    command = [sys.executable, "-P", "-m", "tutor.engine.server.render_template"]
    try:
        done = subprocess.run(
            command,
            input=template.encode(),
            env=child_environment(),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        return TypeAdapter(Frame).validate_json(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise ModelRefused(f"the chat template in {file} never ends") from error
    except ValidationError as error:
        raise ModelRefused(
            f"the chat template in {file} cannot be used",
            remedy="Name the model file that the server runs, or its chat template.",
        ) from error


def _template(file: Path) -> str:
    if file.suffix == ".gguf":
        template = read_header(file).metadata.get("tokenizer.chat_template")
        if not isinstance(template, str):
            raise ModelRefused(f"{file.name} has no chat template")
        return template
    try:
        with file.open("rb") as opened:
            return opened.read(MOST_BYTES).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelRefused(
            f"the chat template {file} cannot be read",
            remedy="Check server_template in the settings.",
        ) from error


def main() -> None:
    """Print the frame of the template on standard input as JSON, or exit with the reason."""
    try:
        rendered = frame(sys.stdin.buffer.read().decode(), bos="", eos="")
    except ModelRefused as error:
        sys.exit(error.message)
    sys.stdout.write(json.dumps(asdict(rendered)))


if __name__ == "__main__":
    main()
