"""Anki's templates and gaps, as far as they are understood, and the messages they are kept in."""

import time

import pytest

from tutor.authoring.readers import protobuf
from tutor.authoring.readers.card_sides import MAX_SIDE, NoteType, Sides, Template


def sides(
    front: str, back: str, values: dict[str, str], card: int = 0, *, gaps: bool = False
) -> Sides:
    made = NoteType([*values], {0: Template(front, back)}, gaps).sides([*values.values()], card)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("front", "back", "shown"),
    [
        ("{{Front}}", "{{FrontSide}}\n<hr id=answer>\n{{Back}}", "\nB"),
        ("{{Front}}", '{{Front}}<hr class=x id="answer">{{Back}}', "B"),
        ("{{Front}}", "<p>{{Front}}</p>{{Back}}", "<p></p>B"),
        ("{{Front}} {{type:Back}}", "{{FrontSide}}<hr id=answer>{{type:Back}}", "B"),
        ("{{Front}}", "{{#Extra}}{{Extra}}!{{/Extra}}{{^Extra}}{{Back}}{{/Extra}}", "B"),
        ("{{Front}}", "{{#Back}}{{text:Back}}{{/Back}} {{unknown}} {{tts en_US:Back}}", "B  "),
    ],
)
def test_the_back_has_what_is_new(front: str, back: str, shown: str) -> None:
    made = sides(front, back, {"Front": "A", "Back": "B", "Extra": ""})
    assert (made.front.strip(), made.back, made.hidden) == ("A", shown, ())


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Beispielsatz", "B"),
        ("Example 1", "B"),
        ("Source", "B"),
        ("Примечание", "B"),
        ("例句", "B"),
        ("Satz", ""),
        ("Counterexample proof", ""),
    ],
)
def test_examples_and_remarks_are_shown_and_not_asked_for(name: str, asked: str) -> None:
    values = {"Front": "A", "Back": "B", name: "C"}
    made = sides("{{Front}}", f"{{{{FrontSide}}}}<hr id=answer>{{{{Back}}}}{{{{{name}}}}}", values)
    assert (made.back, made.asked) == ("BC", asked)
    assert sides("{{Front}}", f"{{{{FrontSide}}}}<hr id=answer>{{{{{name}}}}}", values).asked == ""


def test_the_front_hides_hints() -> None:
    assert sides("{{Front}}{{hint:Back}}", "{{Back}}", {"Front": "A", "Back": "B"}).front == "A"


CLOZE = "{{c1::Paris::city}} is in {{c2::{{c3::fair}} France}}, {{c1::not}} Spain"


@pytest.mark.parametrize(
    ("card", "front", "hidden"),
    [
        (0, "[city] is in fair France, […] Spain", ("Paris", "not")),
        (1, "Paris is in […], not Spain", ("fair France",)),
        (2, "Paris is in […] France, not Spain", ("fair",)),
        (7, "Paris is in fair France, not Spain", ()),
    ],
)
def test_gaps(card: int, front: str, hidden: tuple[str, ...]) -> None:
    made = sides("{{cloze:T}}", "{{cloze:T}}<br>{{E}}", {"T": CLOZE, "E": "e"}, card, gaps=True)
    assert made == Sides(front, "Paris is in fair France, not Spain<br>e", hidden)


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("{{c1::a}} }} b", "[…] }} b"),
        ("{{c1::a", "[…]"),
        ("{{c1,2::a}} b", "[…] b"),
        ("{{c1::a::b::c}}", "[b::c]"),
        ("{{c::a}}", "{{c::a}}"),
    ],
)
def test_gaps_that_are_written_badly(text: str, front: str) -> None:
    assert sides("{{cloze:T}}", "", {"T": text}, gaps=True).front == front


def test_pictures_with_covered_parts_are_no_text() -> None:
    text = "{{c1::image-occlusion:rect:left=.1:top=.2}}"
    assert sides("{{cloze:T}}", "{{cloze:T}}", {"T": text}, gaps=True).hidden == ("",)


@pytest.mark.parametrize(("number", "gaps"), [(1, False), (-5, False), (-5, True)])
def test_a_card_that_its_kind_does_not_have(number: int, gaps: bool) -> None:
    templates = dict.fromkeys((0, -5), Template("{{F}}", ""))
    assert NoteType(["F"], templates, gaps).sides(["x"], number) is None


@pytest.mark.parametrize("piece", ["{{c1::", "}}", "{{c1::a}}", "{{", "{{c1,1,1::", "::"])
def test_no_gaps_take_long(piece: str) -> None:
    begin = time.process_time()
    sides("{{cloze:T}}", "{{cloze:T}}", {"T": piece * 50_000}, gaps=True)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("piece", ["{{", "{{#a}}", "{{/a}}", "{{a", "<hr ", "{{a:", "{{^a}}x"])
def test_no_template_takes_long(piece: str) -> None:
    begin = time.process_time()
    made = Template.of(piece * 30_000, piece * 30_000)
    NoteType(["a"], {0: made}, has_gaps=False).sides(["x"], 0)
    assert time.process_time() - begin < 5


def test_a_field_thousands_of_times() -> None:
    made = Template.of("{{a}}" * 3_000, "{{cloze:a}}" * 1_500)
    sides = NoteType(["a"], {0: made}, has_gaps=True).sides(["{{c1::xyz}}" * 100_000], 0)
    assert sides is not None
    assert len(sides.front) < 2 * MAX_SIDE
    assert sides.hidden == ("xyz",) * 100_000


def test_what_a_browser_would_run_is_no_text() -> None:
    made = Template.of("<style>p {}</style>{{a}}<SCRIPT>x {{a}}</SCRIPT >", "{{a}}<script>")
    assert made == Template("{{a}}", "{{a}}")


def test_the_notes_of_a_message() -> None:
    data = b"\x0a\x02ab\x10\x96\x01\x1d1234\x211234567\x38"
    assert list(protobuf.fields(data)) == [(1, b"ab"), (2, 150)]
    for wrong in (b"\x0a\x05ab", b"\x10", b"\x10" + b"\xff" * 11, b"\x0b"):
        with pytest.raises(ValueError):  # noqa: PT011 - the only kind there is
            list(protobuf.fields(wrong))
