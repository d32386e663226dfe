"""What programs, scripts and other versions of the tutor rely on stays as it is.

It is compared with the files beside this one. `python -m pytest tests/golden --renew-golden` writes
them anew: look at the difference, since every line of it may break somebody's script or profile.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.binding import Binding

from tests.cli.conftest import Ran, Run, run  # noqa: F401 - a fixture
from tests.cli.pages import make_profile
from tests.support.banks import make_deck
from tools.keys import SCREENS
from tutor.errors import TutorError
from tutor.paths import Paths
from tutor.progress.events import KINDS, parse, to_line
from tutor.progress.records import UnknownLine
from tutor.settings import Settings

FOLDER = Path(__file__).parent
ID = "mine.1.1"
_NAMED_BY_DATA = frozenset(
    {"answer", "by_kind", "by_language", "cover", "days", "explanation", "hints", "note", "point"}
    | {"prompt", "section", "title"}
)
"""Objects whose keys are data, such as languages or days: any key is as good as another."""
_OF_THE_MACHINE = frozenset({"advice", "physical_cores", "recommended", "to_do"})
"""What one machine reports and another does not."""
_TYPES = {str: "string", bool: "true/false", int: "number", float: "number", type(None): "null"}


def check_golden(name: str, text: str, *, renew: bool) -> None:
    """Compare with the golden file of this name, or write it anew."""
    file = FOLDER / name
    if renew:
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_bytes().decode(), f"see {__file__} on how to renew {name}"


@pytest.fixture
def renew(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--renew-golden"))


@pytest.fixture
def tutor(run: Run) -> Callable[[str], Ran]:  # noqa: F811
    """Run `tutor` with the words of a line; after ` < ` comes standard input."""

    def tutor(line: str) -> Ran:
        words, _, typed = line.partition(" < ")
        ran = run(*words.split(), stdin=typed.replace("|", "\n") + "\n" if typed else "")
        assert ran.error is None or isinstance(ran.error, TutorError), line
        return ran

    return tutor


@pytest.fixture
def work(cached: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dense_model: Path) -> Path:
    """A folder to work in, and a profile with decks, answers, an exam and a model."""
    monkeypatch.setattr("tutor.models.catalog.load_judge", lambda _resources: None)
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("TUTOR_MODEL", "")
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    make_profile(cached, datetime.now(UTC))
    make_deck(cached / "questions" / "mine")
    (cached / "models").mkdir()
    shutil.copy(dense_model, cached / "models" / "tiny.gguf")
    make_deck(folder / "mine")
    answer = {"question": ID, "answer": "42"}
    (folder / "answers.jsonl").write_text(json.dumps(answer) + "\n")
    verdicts = {"value": "met", "reason": "missed", "parity": "partial"}
    graded = answer | {"language": "en", "kind": "full", "verdicts": verdicts}
    (folder / "graded.jsonl").write_text(json.dumps(graded) + "\n")
    (folder / "broken.yaml").write_text("title: [", encoding="utf-8")
    return folder


OUTPUTS = (
    "bank check --json broken.yaml",
    "bank list --json",
    "bank list --deck mine --json",
    f"bank show {ID} --json",
    "bank stats --deck mine --json",
    "bench grading --marked graded.jsonl --grader terms --json",
    f"grade {ID} --json --grader terms --answer 42",
    f"grade {ID} --json --explain --grader terms --answer 42",
    "model list --json",
    "model verify tiny.gguf --json",
    "progress agreement --json",
    "progress backup",
    "progress backups --json",
    "progress rebuild --json",
    "progress show --json",
    "today --json",
    "doctor --json",
    f"ask --json --grader terms --questions {ID} < :hint|42|.|:why|:overrule 1 met|:rate easy|"
    ":more 1|42|.|:answer|:notes|:undo|:flag bad|:help|:next",
    f"ask --json --grader terms --questions {ID} < draft|:repeat|:quit",
    "exam start --json --deck mine --grader terms < 42|.|:overview|:time|:help|:language de|:quit",
    "exam resume --json --grader terms < :end",
    "exam list --json",
    "exam report --json",
)


@pytest.mark.native
@pytest.mark.usefixtures("work")
def test_the_shape_of_every_json_output(tutor: Callable[[str], Ran], renew: bool) -> None:
    check_golden("json.txt", "\n".join(_outputs(tutor)), renew=renew)


def _outputs(tutor: Callable[[str], Ran]) -> Iterator[str]:
    for line in OUTPUTS:
        out = tutor(line).out
        if "--json" not in line:
            continue  # only so that the next has something to list
        yield f"$ tutor {line.partition(' < ')[0]}"
        if line.startswith(("ask", "exam start", "exam resume")):
            yield from _events(out)
        else:
            yield from shape(json.loads(out))
        yield ""


def shape(value: object) -> Iterator[str]:
    """The keys and types of a JSON value, a line each: `decks[].id: string`; no values."""
    types: dict[str, set[str]] = {}
    for path, kind in _leaves("", "", value):
        types.setdefault(path, set()).add(kind)
    for path, kinds in types.items():
        yield f"{path}: {' or '.join(sorted(kinds))}"


def _leaves(path: str, name: str, value: object) -> Iterable[tuple[str, str]]:
    match value:
        case dict() if value and name in _NAMED_BY_DATA:
            for each in value.values():
                yield from _leaves(f"{path}{{}}", "", each)
        case dict():
            yield from _of_object(path, value)
        case list():
            yield (path or ".", "list")
            for each in value:
                yield from _leaves(f"{path}[]", name, each)
        case _ if name not in _OF_THE_MACHINE:
            yield (path or ".", _TYPES[type(value)])


def _of_object(path: str, value: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    if not value:
        yield (path or ".", "object")
    for name, each in value.items():
        yield from _leaves(f"{path}.{name}" if path else name, name, each)


def _events(out: str) -> Iterator[str]:
    """One line an event: its keys."""
    keys: dict[str, list[str]] = {}
    for line in out.splitlines():
        data: Mapping[str, object] = json.loads(line)
        keys.setdefault(str(data["event"]), [name for name in data if name != "event"])
    for event, names in sorted(keys.items()):
        yield f"{event}: {', '.join(names)}"


@pytest.mark.native
@pytest.mark.usefixtures("work")
def test_the_exit_code_of_every_command_used_well_and_badly(
    tutor: Callable[[str], Ran], renew: bool
) -> None:
    """The file lists the commands in order; to try another, add a line with any code and renew."""
    ended = []
    for line in (FOLDER / "exit_codes.txt").read_text("utf-8").splitlines():
        command = line[3:]
        ran = tutor(command.removeprefix("tutor"))
        if ran.code == 2:  # wrong usage: nothing for a pipe, or the help of a group
            assert ran.out == "" or ran.out.lstrip().startswith("Usage: "), line
        ended.append(f"{ran.code}  {command}\n")
    check_golden("exit_codes.txt", "".join(ended), renew=renew)


def test_the_bytes_of_a_history(paths: Paths, renew: bool) -> None:
    """A line of each kind is read, and written again as it was."""
    lines = (FOLDER / "history.jsonl").read_bytes().splitlines(keepends=True)
    read = (parse(line, paths.history) for line in lines)
    events = [event for event in read if event and not isinstance(event, UnknownLine)]
    assert {event.kind for event in events} == KINDS
    check_golden("history.jsonl", b"".join(map(to_line, events)).decode(), renew=renew)


def test_the_settings(renew: bool) -> None:
    lines = [f"{name} = {field.default!r}\n" for name, field in Settings.model_fields.items()]
    check_golden("settings.txt", "".join(lines), renew=renew)


def test_the_ids_of_the_keys(renew: bool) -> None:
    """A student's keymap names them."""
    bindings = (each for _, owners in SCREENS for owner in owners for each in owner.BINDINGS)
    ids = {each.id for each in bindings if isinstance(each, Binding) and each.id}
    check_golden("keys.txt", "".join(f"{id_}\n" for id_ in sorted(ids)), renew=renew)
