"""Tables with named columns, with columns that the student names, and as Anki exports them."""

from pathlib import Path

import pytest

from tutor.authoring.notes import Note, NotesUnreadable, key_of_id, key_of_prompt
from tutor.authoring.readers import parse_columns, read_notes


def written(tmp_path: Path, text: str | bytes, name: str = "notes.csv") -> Path:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def pairs(file: Path, columns: str | None = None) -> list[tuple[str, str]]:
    read = read_notes(file, parse_columns(columns) if columns else None)
    assert read.unusable == ()
    return [(note.prompt, note.answer) for note in read.notes]


HEADS = [
    "prompt,answer", "Front,Back", "Frage,Antwort", "вопрос,ответ", "问题,答案", "正面,背面",
    "\ufeffQuestion , Answer", "TERM,DEFINITION", "question,correct_answer", "Begriff,Bedeutung",
]  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
def test_columns_are_known_by_their_names(tmp_path: Path, head: str) -> None:
    text = f'{head}\nWhat is it?,"It is, well,\na ""thing""."\n\nAnd?,Yes.\n'
    assert pairs(written(tmp_path, text)) == [
        ("What is it?", 'It is, well,\na "thing".'),
        ("And?", "Yes."),
    ]


TWO = [("What?", "It, is."), ("Why?", "So.")]
COLUMNS = {
    "the surer name": ("Explanation,Question,Answer\nx,What?,So.\n", None, [("What?", "So.")]),
    "numbers": ('1,What?,"It, is.",x\n2,Why?,So.,y\n', "prompt=2,answer=3", TWO),
    "names": ("Nr,Stoff,Erklärung\n1,Why?,So.\n", "prompt=stoff, answer=Erklärung", TWO[1:]),
    "numbers below a heading": ("front,back,note\nWhy?,x,So.\n", "prompt=1,answer=3", TWO[1:]),
    "tabs without a heading": ("What?\tIt, is.\nWhy?\tSo.\n", None, TWO),
    **{
        f"separator {sign!r}": (f"#separator:{sign}\n#html:false\nWhy?\tSo.\n", None, TWO[1:])
        for sign in ('"', "\\n", "x", "", "::")
    },
}


@pytest.mark.parametrize(("text", "columns", "expected"), COLUMNS.values(), ids=COLUMNS)
def test_the_columns_of_a_table(
    tmp_path: Path, text: str, columns: str | None, expected: list[tuple[str, str]]
) -> None:
    assert pairs(written(tmp_path, text, "notes.txt"), columns) == expected


@pytest.mark.parametrize("line", ["sep=;", "SEP=;\r", "sep=;;;"])
def test_the_line_that_tells_excel_the_separator(tmp_path: Path, line: str) -> None:
    file = written(tmp_path, f"{line}\nFrage;Antwort\nWas, bitte?;Das, ja.\n")
    assert pairs(file) == [("Was, bitte?", "Das, ja.")]
    assert read_notes(file).notes[0].place == "line 3"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, "Frage,Antwort\nWas heißt größer?,мно́го 多\n".encode(encoding))
    assert pairs(file) == [("Was heißt größer?", "мно́го 多")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("cp1252", "Größe"), ("cp1251", "Пушкин"), ("gb18030", "合同"), ("utf-16-le", "Größe")],
)
def test_an_encoding_that_is_named(tmp_path: Path, encoding: str, text: str) -> None:
    file = written(tmp_path, f"question,answer\n{text}?,{text}\n".encode(encoding))
    assert read_notes(file, None, encoding).notes[0].answer == text
    marked = written(tmp_path, f"\ufeffquestion,answer\n{text}?,{text}\n")
    assert read_notes(marked, None, encoding).notes[0].answer == text


def test_every_part_of_a_note(tmp_path: Path) -> None:
    file = written(tmp_path, "tags;back;id;front\nbio, cell;It is;7;What?\n;So;x-1;Why?\n")
    assert read_notes(file).notes == (
        Note("7", "What?", "It is", "line 2", ("bio", "cell")),
        Note(key_of_id("x-1"), "Why?", "So", "line 3"),
    )


def test_without_ids_the_prompt_is_the_key(tmp_path: Path) -> None:
    one = read_notes(written(tmp_path, "front,back\nWhat  is IT?,x\n")).notes[0]
    other = read_notes(written(tmp_path, "front,back\n what is it? ,y\n")).notes[0]
    assert one.key == other.key == key_of_prompt("What is it?")
    assert one.key.isdecimal()
    assert len(one.key) <= 15


@pytest.mark.parametrize(
    "columns", ["prompt=1", "prompt", "prompt=1,answer=", "prompt=1,prompt=2", "x=1,answer=2", ""]
)
def test_columns_that_cannot_be_read(columns: str) -> None:
    with pytest.raises(NotesUnreadable, match="--columns"):
        parse_columns(columns)


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    file = written(tmp_path, "a,b\nx,y\n")
    with pytest.raises(NotesUnreadable, match=r"notes\.csv, line 1, has no column c") as error:
        pairs(file, "prompt=a,answer=c")
    assert "`a`, `b`" in error.value.remedy


def test_unknown_names_are_an_error_and_no_notes(tmp_path: Path) -> None:
    with pytest.raises(NotesUnreadable, match="line 1, names no column for question and answer"):
        read_notes(written(tmp_path, "Stoff,Erklärung\nx,y\n"))


def test_an_export_of_anki(tmp_path: Path) -> None:
    text = (
        "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n"
        "#tags column:6\n"
        'g{1\tBasic\tBio\t"What is <b>""it""</b>?"\tIt<br>is <img src=a.png>\tone two\n'
    )
    read = read_notes(written(tmp_path, text, "export.txt"))
    assert read.notes == (
        Note(key_of_id("g{1"), 'What is "it"?', "It\nis", "line 7", ("one", "two")),
    )
    assert read.media == ("a.png",)


@pytest.mark.parametrize("number", ["0", "²", "9" * 5000], ids=lambda text: text[:3])
def test_a_column_that_does_not_exist(tmp_path: Path, number: str) -> None:
    file = written(tmp_path, f"#separator:tab\n#tags column:{number}\nWhy?\tSo.\n", "export.txt")
    assert pairs(file) == [("Why?", "So.")]
    with pytest.raises(NotesUnreadable, match="has no column"):
        pairs(file, f"prompt={number},answer=2")


def test_an_export_with_named_columns(tmp_path: Path) -> None:
    text = "#separator:Semicolon\n#html:false\n#tags:exam\n#columns:Back;Extra;Front\nA<b;x;Q?\n"
    (note,) = read_notes(written(tmp_path, text, "export.txt")).notes
    assert (note.prompt, note.answer, note.tags) == ("Q?", "A<b", ("exam",))


def test_rows_that_cannot_be_used_are_named_and_skipped(tmp_path: Path) -> None:
    long = "x" * 8_001
    text = (
        f'front,back\n"two\nlines",yes\nalone\n,no question\nno answer, \nQ?,{long}\nTwo  lines,b\n'
        "Which sign is a sum?,∑\nWhich way?,→ !\nHow many?,7\n"
    )
    read = read_notes(written(tmp_path, text))
    assert [note.prompt for note in read.notes] == ["two\nlines", "How many?"]
    nothing = "the answer has no letter or digit, so nothing in it can be graded"
    assert [(one.place, one.reason) for one in read.unusable] == [
        ("line 4", "it has 1 column, and column 2 is needed"),
        ("line 5", "it has no question"),
        ("line 6", "it has no answer"),
        ("line 7", "the answer is longer than 8,000 characters"),
        ("line 8", "has the same question as line 2"),
        ("line 9", nothing),
        ("line 10", nothing),
    ]


def test_a_row_with_more_columns_than_the_heading_is_named(tmp_path: Path) -> None:
    text = "id,front,back\n1,What, in a cell, is ATP?,Energy.\n2,What is DNA?,Genes.,\n"
    read = read_notes(written(tmp_path, text))
    assert [(note.prompt, note.answer) for note in read.notes] == [("What is DNA?", "Genes.")]
    (refused,) = read.unusable
    assert refused.place == "line 2"
    assert refused.reason == "it has 5 columns, not 3: does a text lack quotation marks?"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("front,back\nx,y\nWas heißt,z\n".encode("latin-1"), "line 3, is not UTF-8 text"),
        ("front,back\n".encode("utf-16-le"), "line 1, has a zero byte"),
        ("\ufefffront,back\n".encode("utf-16-le")[:-1], "is not UTF-16 text"),
        (b'front,back\nx,y\n"open,z\nmore,w\n', "line 3, cannot be read as a row"),
        (b'front,back\n"x"y,z\n', "line 2, cannot be read as a row"),
        (b"front,back\n" + b"x" * 200_000, "line 2, cannot be read as a row"),
        (b"", "has no rows"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(NotesUnreadable, match=message) as error:
        read_notes(written(tmp_path, data))
    assert error.value.remedy


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotesUnreadable, match="cannot be read"):
        read_notes(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(NotesUnreadable, match="is not a file"):
        read_notes(tmp_path / "folder.csv")
    with pytest.raises(NotesUnreadable, match="is not a file"):
        read_notes(tmp_path)
    (tmp_path / "notes.pdf").touch()
    with pytest.raises(NotesUnreadable, match=r"The format of notes\.pdf is not known"):
        read_notes(tmp_path / "notes.pdf")
    with pytest.raises(NotesUnreadable, match="is not a table"):
        read_notes(tmp_path / "notes.md", {"prompt": "1"})


def test_too_many_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.authoring.notes.MAX_NOTES", 1_000)
    rows = "".join(f"Q{number},A\n" for number in range(1_001))
    with pytest.raises(NotesUnreadable, match="more than 1,000 notes"):
        read_notes(written(tmp_path, f"front,back\n{rows}"))
