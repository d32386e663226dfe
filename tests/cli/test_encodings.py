"""An error about a wrong encoding names the file and what it looks like, and says what to do."""

import io
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.support.banks import make_deck
from tutor.encodings import NotUtf8, looks_like
from tutor.errors import TutorError

pytestmark = pytest.mark.usefixtures("cached")
ID = "papers-ru.5.3"
RUSSIAN = "Это русский ответ: дискриминатор решает для каждого токена."
CHINESE = "自注意力没有顺序的概念，所以需要位置编码。"
TABLE = f"question;answer\n{ID};{RUSSIAN}\n"


def archive() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr(zipfile.ZipInfo("attempts.jsonl"), "{}")  # the same bytes at any time
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (RUSSIAN.encode("utf-16"), "UTF-16"),
        (RUSSIAN.encode("utf-16-be"), "UTF-16"),
        ("plain".encode("utf-16-le"), "UTF-16"),
        ("plain".encode("utf-32"), "UTF-32"),
        (RUSSIAN.encode("cp1251"), "Windows-1251"),
        (RUSSIAN.encode("koi8-r"), "KOI8-R"),
        ("Größe und Übergänge: „überwacht“".encode("cp1252"), "Windows-1252"),
        ("Der Dreißigjährige Krieg löste Hungersnöte aus.".encode("cp1252"), "Windows-1252"),
        ("un été à Évry".encode("cp1252"), "Windows-1252"),
        (CHINESE.encode("gb18030"), "GB18030"),
        (archive(), "a ZIP archive"),
        (b"\x00\x01\x02\xff\xfe\xfd" * 40, "no text"),
    ],
)
def test_what_it_looks_like(data: bytes, named: str) -> None:
    assert looks_like(data) == named


@pytest.mark.parametrize("text", [RUSSIAN, CHINESE, "plain", ""])
def test_utf8_looks_like_nothing_else(text: str) -> None:
    assert looks_like(text.encode()) is None
    assert looks_like(text.encode("utf-8-sig")) is None


UTF_16, WINDOWS = ("utf-16", "UTF-16"), ("cp1251", "Windows-1251")


@pytest.mark.parametrize(
    ("arguments", "encoding", "named"),
    [
        ("progress import FILE", *UTF_16),
        ("progress import FILE", *WINDOWS),
        ("grade --batch FILE --out grades.csv --grader terms", *UTF_16),
        ("grade --batch FILE --out grades.csv --grader terms", *WINDOWS),
        (f"grade {ID} --grader terms --file FILE", *WINDOWS),
        ("bank check --against FILE mine", *WINDOWS),
        ("bench grading --terms --marked FILE", *WINDOWS),
    ],
)
def test_every_file_that_is_read_is_named(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    encoding: str,
    named: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    make_deck(tmp_path / "mine")
    file = tmp_path / "text.csv"
    file.write_bytes(TABLE.encode(encoding))
    ran = run(*(str(file) if each == "FILE" else each for each in arguments.split()))
    error = ran.error
    said = ran.err + (f"{error.message} {error.remedy}" if isinstance(error, TutorError) else "")
    if Path("grades.csv").exists():
        said += Path("grades.csv").read_text(encoding="utf-8")
    assert "text.csv" in said
    assert f"looks like {named}" in said
    assert "UTF-8" in said
    assert ran.code == 1


def test_a_backup_given_to_import_is_named(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_bytes(archive())
    error = run("progress", "import", str(file)).error
    assert isinstance(error, NotUtf8)
    assert "ZIP archive" in error.message
    assert "tutor progress restore" in error.remedy


def test_an_answer_from_standard_input_is_named(run: Run) -> None:
    ran = run("grade", ID, "-", "--grader", "terms", stdin=RUSSIAN.encode("utf-16"))
    assert isinstance(ran.error, TutorError)
    assert "standard input is not UTF-8 text; it looks like UTF-16" in ran.error.message


@pytest.mark.parametrize("name", ["settings.toml", "models.toml"])
def test_a_file_of_settings_is_named(run: Run, home: Path, name: str) -> None:
    (home / name).write_bytes('theme = "nord" # цвета'.encode("utf-16"))
    ran = run("model", "list")
    assert isinstance(ran.error, TutorError)
    assert name in ran.error.message
    assert "looks like UTF-16" in ran.error.message
    assert "UTF-8" in ran.error.remedy
