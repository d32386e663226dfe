"""The YAML reader: everything is text, every value has a line, and no input does harm."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank.problems import Where
from tutor.bank.yaml_reader import MAX_BYTES, MAX_DEPTH, MAX_PROBLEMS, Document, read

if TYPE_CHECKING:
    from tutor.bank.yaml_reader import Value

FILE = Path("deck") / "10-a.yaml"

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
DATA = st.recursive(
    TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


def read_text(text: str) -> Document:
    return read(text.encode(), FILE)


def messages(document: Document) -> list[str]:
    return [problem.message for problem in document.problems]


def places(value: "Value", where: Where = ()) -> list[Where]:
    inner: list[Where] = []
    if isinstance(value, dict):
        inner = [place for key in value for place in places(value[key], (*where, key))]
    elif isinstance(value, list):
        inner = [place for n, one in enumerate(value) for place in places(one, (*where, n))]
    return [where, *inner]


@given(DATA)
def test_data_survives_a_round_trip(data: "Value") -> None:
    document = read_text(yaml.safe_dump(data, allow_unicode=True, default_style='"'))
    assert messages(document) == []
    assert document.value == data


@given(DATA)
def test_exactly_the_values_have_lines(data: "Value") -> None:
    document = read_text(yaml.safe_dump(data, default_style='"'))
    assert sorted(document.lines, key=repr) == sorted(places(data), key=repr)


def test_nested_values_have_lines() -> None:
    document = read_text("a:\n  - x\n  - b: >-\n      long\n    c:\n      y\n")
    assert document.lines == {
        (): 1,
        ("a",): 1,
        ("a", 0): 2,
        ("a", 1): 3,
        ("a", 1, "b"): 3,
        ("a", 1, "c"): 5,
    }
    assert document.line(("a", 1, "missing", "deeper")) == 3


@pytest.mark.parametrize(
    "scalar", ["", "no", "1.10", "2024-05-01", "1e3", "0x1F", "~", "null", "12:30", "=", "<<"]
)
def test_scalars_are_read_as_text(scalar: str) -> None:
    assert read_text(f"key: {scalar}").value == {"key": scalar}


@pytest.mark.parametrize(
    ("text", "field", "line", "message"),
    [
        ("a: 1\nb: !!python/object:os.system x", "b", 2, "tag tag:yaml.org,2002:python/object"),
        ("a: !!str x", "a", 1, "tag tag:yaml.org,2002:str is not allowed"),
        ("a: !mine {b: c}", "a", 1, "the tag !mine is not allowed"),
        ("a: !x [b]", "a", 1, "the tag !x is not allowed"),
        ("a: &one x", "a", 1, "the anchor &one is not allowed"),
        ("a:\n  - &one [x]", "a[0]", 2, "the anchor &one is not allowed"),
        ("!k a: x", "", 1, "the tag !k is not allowed"),
        ("a: 1\nb: 2\na: {c: [3]}", "a", 3, "is used twice; the first is in line 1"),
        ("a:\n  b: 1\n  b: 2", "a.b", 3, "is used twice; the first is in line 2"),
        ("? [a]\n: b", "", 1, "a key must be a plain word"),
        ('a: "x\\e[31m"', "a", 1, "control character '\\x1b' is not allowed"),
        ('x: 1\n"a\\0": b', "", 2, "control character '\\x00' is not allowed"),
        ("a: 1\nb: \x1b[31m", "", 2, "the character '\\x1b' is not allowed"),
        ("", "", 1, "the file is empty"),
        ("# only a comment\n", "", 1, "the file is empty"),
        ("a: 1\n---\nb: 2", "", 2, "a second YAML document"),
        ("a: 1\nb: c: d\n", "", 2, "not valid YAML: mapping values are not allowed"),
        ("a: [1\nb: 2\n", "", 2, "not valid YAML"),
        ('a: "open', "", 1, "not valid YAML"),
    ],
)
def test_unsafe_and_invalid_yaml_is_refused(text: str, field: str, line: int, message: str) -> None:
    document = read_text(text)
    assert len(document.problems) == 1
    problem = document.problems[0]
    assert (problem.file, problem.field, problem.line) == (FILE, field, line)
    assert message in problem.message
    assert problem.remedy


def test_an_alias_is_refused_with_its_anchor() -> None:
    document = read_text("a: &x lol\nb: [*x, *x]")
    assert [(p.line, p.field) for p in document.problems] == [(1, "a"), (2, "b[0]"), (2, "b[1]")]
    assert document.is_spoiled(("b", 0, "deeper"))
    assert not document.is_spoiled(("b",))


def test_a_billion_laughs_do_not_expand() -> None:
    lines = ["a0: &a0 [lol]"]
    for number in range(1, 100):
        lines.append(f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]")
    document = read_text("\n".join(lines))
    assert len(document.problems) == MAX_PROBLEMS
    assert len(document.lines) < 1_000


def test_a_duplicate_key_hides_no_later_mistake() -> None:
    document = read_text("a: {b: {c: [1]}}\na: {b: [{c: 2}]}\nd: !t x\n")
    assert [problem.field for problem in document.problems] == ["a", "d"]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_depth_is_bounded(opening: str, closing: str) -> None:
    within = read_text(opening * MAX_DEPTH + "x" + closing * MAX_DEPTH)
    beyond = read_text(opening * 50_000)
    assert within.problems == ()
    assert messages(beyond) == [f"nested deeper than {MAX_DEPTH} levels"]


def test_size_is_bounded() -> None:
    within = read(b"a: " + b"x" * (MAX_BYTES - 3), FILE)
    beyond = read(b"a: " + b"x" * (MAX_BYTES - 2), FILE)
    assert within.problems == ()
    assert messages(beyond) == ["the file is larger than 2 MiB"]


def test_only_utf_8_is_read() -> None:
    document = read("a: 1\nb: ж".encode("cp1251"), FILE)
    (message,) = messages(document)
    assert message.startswith("the file is not UTF-8 text; it looks like")
    assert document.problems[0].line == 2
    assert read("\ufeffa: ж".encode(), FILE).value == {"a": "ж"}


@given(st.binary(max_size=300))
def test_no_bytes_raise_an_exception(data: bytes) -> None:
    document = read(data, FILE)
    assert document.value is not None or document.problems


@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"#%@`?, \n"), max_size=60))
def test_no_punctuation_raises_an_exception(text: str) -> None:
    document = read_text(text)
    assert document.value is not None or document.problems
    assert all(0 < problem.line <= text.count("\n") + 2 for problem in document.problems)


def warnings(text: str) -> list[tuple[str, int, str]]:
    problems = read_text(text).warnings
    assert {problem.severity for problem in problems} <= {"warning"}
    return [(problem.field, problem.line, problem.message) for problem in problems]


SWALLOWED = [
    r"\theta", r"\tau", r"\times", r"\text{x}", r"\to", r"\nabla", r"\nu", r"\neq", r"\ne",
    r"\Phi", r"\Pi", r"\Psi", r"\Lambda", r"\Leftarrow", r"\notin", r"a\_b",
]  # fmt: skip


@pytest.mark.parametrize("command", SWALLOWED)
def test_latex_that_loses_its_backslash_is_reported(command: str) -> None:
    ((field, line, message),) = warnings(f'a: fine\nb: "with ${command} x$"\n')
    assert (field, line) == ("b", 2)
    assert message.endswith("in double quotes loses its backslash")
    assert warnings(f"b: 'with ${command} x$'\n") == warnings(f"b: >-\n  ${command} x$\n") == []
    doubled = command.replace("\\", "\\\\")
    assert warnings(f'b: "with ${doubled} x$"\n') == []


@pytest.mark.parametrize(
    ("command", "message"),
    [
        *((name, f"`{name}") for name in (r"\bet", r"\frac", r"\rho", r"\alph", r"\Nu", r"\vec")),
        *((name, "unknown escape") for name in (r"\sigma", r"\lambda", r"\log")),
        *((name, "hexdecimal") for name in (r"\xi", r"\upsilon")),
    ],
)
def test_latex_that_double_quotes_spoil_is_refused(command: str, message: str) -> None:
    (problem,) = read_text(f'b: "with ${command} $"\n').problems
    assert message in problem.message
    assert "single quotes" in problem.remedy


@pytest.mark.parametrize(
    "text",
    [r'"one\ntwo"', r'"one\n\ntwo"', r'"a\tb"', r'"say \"no\""', r'"C:\\temp"', r'"\u00e4h"'],
)
def test_other_escapes_are_not_reported(text: str) -> None:
    expected = [] if r"\t" not in text or r"\\t" in text else ["loses"]
    assert [message.split()[-3] for _, _, message in warnings(f"a: {text}\n")] == expected


CUT_OFF = "the text ends here, since ` #` begins a comment"


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        ("a: Which place has rank #1 in the list?\n", True),
        ("a: arXiv:1706.03762 #3\n", True),
        ("a: [x, y #2\n  , z]\n", True),
        ("a: Two words # and what looks like a comment\n", True),
        ("a: word # a comment\n", False),
        ("# a comment\na: two words\n# another\n", False),
        ("a: 2  # a comment\n", False),
        ("a: 'quoted #1 text' # a comment\n", False),
        ("a: {b: two words} # a comment\n", False),
        ("a: C# and F#\n", False),
        ("a: >-\n  rank #1 of all\n", False),
    ],
)
def test_text_cut_off_by_a_comment_is_reported(text: str, is_cut: bool) -> None:
    assert [message for _, _, message in warnings(text)] == [CUT_OFF] * is_cut
