"""The parts put together: changing the model while the tutor runs."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.judges import put_judge, tiny_judge
from tests.support.patience import SECONDS
from tutor.bank import Question
from tutor.engine import Absence, EngineState, Status, StatusListener
from tutor.engine.judge_model import JudgeModel
from tutor.grader import open_grading
from tutor.profile import Profile
from tutor.settings_file import Origin
from tutor.wiring import Tutor, open_tutor


@pytest.fixture
def tutor(cached: Path) -> Iterator[Tutor]:
    with open_tutor(Profile({"TUTOR_HOME": str(cached)}, {})) as opened:
        yield opened


def answered(tutor: Tutor) -> tuple[Question, str]:
    question = tutor.bank.question("lectures-de.1.1")
    return question, question.answer.to("de")


def grader_of(tutor: Tutor) -> str:
    return tutor.grading.grade(*answered(tutor), "de").grader.name


@pytest.mark.native
def test_grading_switches_to_a_model_and_back(tutor: Tutor, dense_model: Path) -> None:
    assert (grader_of(tutor), tutor.shelf().used) == ("terms", None)
    said: list[EngineState] = []
    tutor.change_model(dense_model, lambda status: said.append(status.state))
    assert said.index(EngineState.LOADING) < said.index(EngineState.READY) == len(said) - 2
    assert (grader_of(tutor), tutor.shelf().used) == ("model", dense_model)
    tutor.change_model(None, lambda status: said.append(status.state))
    assert said[-1:] == [EngineState.OFF]
    assert (grader_of(tutor), tutor.shelf().used) == ("terms", None)


@pytest.mark.native
def test_one_model_goes_before_the_next_is_loaded(
    tutor: Tutor, dense_model: Path, recurrent_model: Path
) -> None:
    tutor.change_model(dense_model, lambda _: None)
    first = tutor.grading
    judges: list[str] = []

    def look(status: Status) -> None:
        if status.state is EngineState.LOADING and not judges:
            judges.append(grader_of(tutor))

    tutor.change_model(recurrent_model, look)
    assert judges == ["terms"]
    assert first.status.state is EngineState.OFF
    assert grader_of(tutor) == "model"


def test_a_model_that_cannot_serve_leaves_the_key_terms(tutor: Tutor, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    said: list[Status] = []
    tutor.change_model(broken, said.append)
    assert said[-1].state is EngineState.FAILED
    assert said[-1].detail
    grade = tutor.grading.grade(*answered(tutor), "de")
    assert (grade.grader.name, bool(grade.remark)) == ("terms", True)


class SlowGrading:
    """Has a model, called by its path, that is ready after some time or when another is in use."""

    has_model = True
    status = Status(EngineState.READY)

    def __init__(self, model: Path | None, until: threading.Event) -> None:
        self.model_name = None if model is None else str(model)
        self.is_open = True
        self._until = until

    def subscribe(self, listener: StatusListener) -> None:
        pass

    def wait_until_settled(self) -> None:
        if self.model_name == "slow":
            self._until.wait(0.3)

    def close(self) -> None:
        self.is_open = False
        self._until.set()


@pytest.mark.parametrize("closes", [False, True])
@pytest.mark.parametrize("retries", [False, True])
def test_a_model_that_is_chosen_while_another_loads_is_in_use_in_the_end(
    tutor: Tutor, monkeypatch: pytest.MonkeyPatch, *, retries: bool, closes: bool
) -> None:
    made: list[SlowGrading] = []
    begun, used = threading.Event(), threading.Event()
    chosen = iter((None, Path("slow"), Path("fast")) if retries else ())

    def opened(profile: Profile, *_: object, **__: object) -> SlowGrading:
        model = next(chosen, profile.settings.model)
        if model == Path("slow"):
            begun.set()
        made.append(SlowGrading(model, used))
        return made[-1]

    monkeypatch.setattr("tutor.wiring.open_grading", opened)

    def load_slow() -> None:
        if retries:
            tutor.retry_model(lambda _: None)
        else:
            tutor.change_model(Path("slow"), lambda _: None)

    first = threading.Thread(target=load_slow)
    first.start()
    assert begun.wait(SECONDS)
    if closes:
        tutor.close()
    tutor.change_model(Path("fast"), lambda _: used.set())
    first.join(SECONDS)
    assert tutor.grading.model_name == "fast"
    assert [each for each in made if each.is_open] == ([] if closes else made[-1:])


def test_a_new_student_is_asked_once_how_to_begin(tutor: Tutor) -> None:
    before = tutor.is_new
    tutor.welcome()
    assert (before, tutor.is_new) == (True, False)


@pytest.fixture
def judge(
    home: Path, dense_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> JudgeModel:
    """A tiny judge instead of ours, which is installed and is to grade."""
    made = tiny_judge(tmp_path, dense_model)
    monkeypatch.setattr("tutor.engine.judge_model.load_judge", lambda _resources: made)
    monkeypatch.setenv("TUTOR_EMBEDDED", "1")
    put_judge(home / "models", dense_model, made)
    return made


def test_a_missing_model_says_why_it_is_missing(
    home: Path, judge: JudgeModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absence(**chosen: object) -> Absence | None:
        grading = open_grading(Profile(os.environ, chosen), or_judge=True)
        assert not grading.has_model
        return grading.absence

    monkeypatch.setattr("tutor.grader.can_run_models", lambda: False)
    assert absence() is Absence.UNUSED
    assert absence(model=Path()) is Absence.CHOSEN
    (home / "models" / "judge" / judge.file).unlink()
    assert absence() is Absence.MISSING
    monkeypatch.setenv("TUTOR_EMBEDDED", "0")
    assert absence() is Absence.CHOSEN


@pytest.mark.native
def test_the_judge_holds_back_until_it_is_measured(
    tutor: Tutor, judge: JudgeModel, dense_model: Path
) -> None:
    grading = tutor.grading
    grading.wait_until_settled()
    assert (grading.is_default, grading.status.state) == (True, EngineState.READY)
    question, answer = answered(tutor)
    grade = grading.grade(question, answer, "de")
    assert (grade.grader.name, grade.remark) == ("terms", "")
    assert grading.known_accuracy(grade, question.id, built_in=True) is None
    assert grading.grade(question, answer, "de", grader="model").grader.name == "model"
    tutor.change_model(None, lambda _: None)
    assert grader_of(tutor) == "terms"
    tutor.change_model(dense_model, lambda _: None)
    assert (grader_of(tutor), tutor.grading.is_default) == ("model", False)


@pytest.mark.parametrize("lacks", ["its adapter", "its end"])
def test_a_judge_that_is_not_complete_is_not_started(
    tutor: Tutor, home: Path, judge: JudgeModel, lacks: str
) -> None:
    if lacks == "its adapter":
        (home / "models" / "adapters" / f"{judge.fingerprint}.gguf").unlink()
    else:
        file = home / "models" / "judge" / judge.file
        file.write_bytes(file.read_bytes()[:-1])
    assert (tutor.grading.has_model, tutor.grading.is_default) == (False, False)


@pytest.fixture
def llama(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """llama.cpp counts as installed once this list is not empty."""
    installed: list[str] = []
    monkeypatch.setattr("tutor.grader.can_run_models", lambda: bool(installed))
    return installed


@pytest.mark.native
def test_the_judge_takes_over_once_llama_cpp_is_installed(
    tutor: Tutor, judge: JudgeModel, llama: list[str]
) -> None:
    said: list[Status] = []
    assert tutor.grading.status.state is EngineState.OFF
    assert grader_of(tutor) == "terms"
    assert not tutor.retry_model(said.append)
    assert tutor.grading.status.state is EngineState.OFF
    llama.append("here")
    assert tutor.retry_model(said.append)
    assert (tutor.grading.is_default, said[-1].state) == (True, EngineState.READY)
    loaded = tutor.grading
    assert not tutor.retry_model(said.append), "a model that grades stays"
    assert tutor.grading is loaded


@pytest.mark.native
def test_a_named_model_waits_for_llama_cpp(
    cached: Path, dense_model: Path, llama: list[str], tmp_path: Path
) -> None:
    environ = {"TUTOR_HOME": str(cached), "TUTOR_SETUP": str(tmp_path / "background.json")}
    with open_tutor(Profile(environ, {"model": dense_model})) as tutor:
        status = tutor.grading.status
        assert status.state is EngineState.FAILED
        assert "llama.cpp is not installed" in status.detail
        assert "in the background" in status.remedy
        assert grader_of(tutor) == "terms"
        llama.append("here")
        assert tutor.retry_model(lambda _: None)
        assert grader_of(tutor) == "model"


def test_who_chose_the_key_terms_keeps_them(
    tutor: Tutor, judge: JudgeModel, llama: list[str]
) -> None:
    tutor.change_model(None, lambda _: None)
    llama.append("here")
    assert not tutor.retry_model(lambda _: None)
    assert tutor.grading.status.state is EngineState.OFF


def test_changed_settings_hold_without_a_restart(tutor: Tutor, home: Path) -> None:
    file = home / "settings.toml"
    file.write_text("# mine\nsession_length = 5 # short\n", encoding="utf-8")
    assert (tutor.preferences.session_length, tutor.theme) == (5, None)
    grading = tutor.grading
    assert [grading.may_write] == [True]
    stored = tutor.stored_settings().write("session_length", "20").write("theme", "nord")
    stored.write("new_per_day", 3).write("feedback", False)
    assert (tutor.preferences.session_length, tutor.theme) == (5, "nord")
    tutor.reread_settings()
    preferences = tutor.preferences
    assert (preferences.session_length, preferences.new_per_day) == (20, 3)
    assert [grading.may_write] == [False]
    assert file.read_text("utf-8") == (
        '# mine\nsession_length = 20 # short\ntheme = "nord"\nnew_per_day = 3\nfeedback = false\n'
    )


def test_a_chosen_model_stays_chosen_and_is_no_option_of_the_command_line(home: Path) -> None:
    """Choosing a model writes the setting, which the command line no longer overrides."""
    profile = Profile({"TUTOR_HOME": str(home)}, {"model": home / "given.gguf", "server": ""})
    assert profile.stored_settings().origin("model") is Origin.COMMAND_LINE
    chosen = profile.with_model(home / "chosen.gguf").reread()
    assert chosen.settings.model == home / "chosen.gguf"
    origins = [chosen.stored_settings().origin(name) for name in ("model", "server")]
    assert origins == [Origin.DEFAULT, Origin.DEFAULT]


@pytest.mark.parametrize("text", ["theme = 3\n", "theme = \n", "cover = true\n"])
def test_a_theme_that_cannot_be_read_is_none(home: Path, text: str) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(text, encoding="utf-8")
    assert Profile({"TUTOR_HOME": str(home)}, {}).theme is None
    assert Profile({"TUTOR_HOME": str(home), "TUTOR_THEME": "nord"}, {}).theme == "nord"


@pytest.mark.parametrize(
    ("text", "environ", "reads"),
    [
        ("", {"LANG": "de_DE.UTF-8"}, ("de", "en")),
        ("", {"LANG": "fr_FR.UTF-8"}, ()),
        ('languages = ["ru", "de"]', {"LANG": "zh_CN"}, ("ru", "de")),
        ('languages = ["ru"]', {"TUTOR_LANGUAGES": '["zh", "en"]'}, ("zh", "en")),
        ('languages = "ru"', {"TUTOR_LANGUAGES": "zh", "LANG": "en"}, ("en",)),
        ("languages = [", {"LANG": "en"}, ("en",)),
    ],
)
def test_the_languages_are_known_before_the_settings(
    home: Path, text: str, environ: dict[str, str], reads: tuple[str, ...]
) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(text, encoding="utf-8")
    assert Profile({"TUTOR_HOME": str(home), **environ}, {}).languages == reads
