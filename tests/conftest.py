"""For every test: no network, and a profile of its own."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from tests.support.soak import SOAK
from tests.support.terminal import Open, Terminal
from tutor.bank import Bank, open_bank
from tutor.grading import other_questions, wording
from tutor.paths import Paths, find_paths, private_folder
from tutor.settings import Settings

FORBIDDEN = ("socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto")
LOOPBACK = ("127.0.0.1", "::1")


class NetworkUsed(AssertionError):
    """A test used the network."""


def _no_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in FORBIDDEN and not _is_local(event, arguments):
        raise NetworkUsed(f"{event} {arguments}")


def _is_local(event: str, arguments: tuple[object, ...]) -> bool:
    """Whether it is a Unix socket or the loopback, as for the tests' servers and for asyncio."""
    if event == "socket.getaddrinfo":
        return arguments[0] in LOOPBACK
    address = arguments[1] if len(arguments) > 1 else None
    if isinstance(address, str | bytes):
        return True
    return isinstance(address, tuple) and address[0] in LOOPBACK


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that renews golden files."""
    parser.addoption("--renew-golden", action="store_true", help="write tests/golden again")


settings.register_profile(
    "tests",
    deadline=None,  # a busy machine makes any example slow
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=200 if SOAK else 25,
)


def pytest_configure() -> None:
    """Forbid the network to the whole test process."""
    sys.addaudithook(_no_network)
    settings.load_profile("tests")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in the tutor; numpy comes later
    # else each of the many programs that the tests start would compile all its modules again
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # ignored where a script started the tests in the background; all children would inherit that
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Exempt what is imported from garbage collection, which took a sixth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A profile folder for the test, without any setting of the developer's machine."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TUTOR_{name.upper()}", raising=False)
    # tests run in parallel, where threads that wait for each other by spinning are far slower
    monkeypatch.setenv("TUTOR_THREADS", "1")
    monkeypatch.setenv("TUTOR_EMBEDDED", "0")  # else the judge grades where a test names no model
    folder = tmp_path / "home"
    monkeypatch.setenv("TUTOR_HOME", str(folder))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")  # else questions would be in the developer's language
    monkeypatch.delenv("COLORFGBG", raising=False)  # a developer's terminal may be light
    return folder


@pytest.fixture
def paths(home: Path) -> Paths:
    """The paths of that profile."""
    return find_paths({"TUTOR_HOME": str(home)})


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled cache of our decks, made once for all workers."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    cache = private_folder(folder / "compiled") / "bank.sqlite"
    with FileLock(folder / "compiled.lock"):
        open_bank(find_paths({}).questions[:1], cache)
    return cache


@pytest.fixture(scope="session")
def our_bank(compiled: Path) -> Bank:
    """The decks that come with the tutor, from the cache: reading the YAML takes five seconds."""
    return open_bank(find_paths({}).questions[:1], compiled)


@pytest.fixture(scope="session", autouse=True)
def _wording_read_once() -> Iterator[None]:
    """Keep the letter runs of each text.

    The first poor answer to a question is compared with all questions of the bank, whose runs take
    two seconds; a test that runs several commands, or opens several tutors, would wait each time.
    """
    runs = cache(lambda text: frozenset(wording.letter_runs(text)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(other_questions, "letter_runs", runs)
        yield


@pytest.fixture
def cached(home: Path, compiled: Path) -> Path:
    """A profile with our decks compiled, as after the first start."""
    cache = find_paths({"TUTOR_HOME": str(home)}).bank_cache
    private_folder(home)
    os.link(compiled, private_folder(cache.parent) / cache.name)  # a cache is replaced as a whole
    return home


@pytest.fixture
def open_terminal(cached: Path) -> Iterator[Open]:
    """Start `tutor` with these arguments on a pseudo-terminal of its own."""
    if sys.platform == "win32":
        pytest.skip("pseudo-terminals are POSIX")
    with ExitStack() as opened:
        yield lambda *arguments, **environment: opened.enter_context(
            closing(Terminal(cached, *arguments, **environment))
        )


@pytest.fixture(scope="session")
def dense_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random-weight model with attention, which can be trimmed."""
    return _model(tmp_path_factory, "dense", "llama")


@pytest.fixture(scope="session")
def recurrent_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random-weight Mamba, whose state cannot be rolled back."""
    return _model(tmp_path_factory, "recurrent", "mamba")


@pytest.fixture(scope="session")
def hybrid_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small random-weight model of short convolutions and attention, like LFM2."""
    return _model(tmp_path_factory, "hybrid", "lfm2")


def _model(factory: pytest.TempPathFactory, name: str, architecture: str) -> Path:
    from tests.support.models import write_model  # late: it imports numpy

    return write_model(factory.mktemp("models") / f"{name}.gguf", architecture=architecture)
