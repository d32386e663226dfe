"""The animated picture shows one frame after the other."""

import re
from xml.etree import ElementTree

from tools.pictures import Frame, animated, pieces

FRAME = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5"><text>{}</text></svg>'


def test_the_frames_follow_each_other_and_the_last_stays_where_nothing_may_move() -> None:
    picture = animated([Frame(FRAME.format("first"), 1), Frame(FRAME.format("last"), 3)])
    root = ElementTree.fromstring(picture)
    assert root.attrib["viewBox"] == "0 0 10 5"
    assert [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")] == [
        "first",
        "last",
    ]
    shown = re.findall(
        r"([\d.]+)% { visibility: visible } ([\d.]+)% { visibility: hidden }", picture
    )
    assert shown == [("0.000", "25.000"), ("25.000", "100.000")]
    assert set(re.findall(r"frame-\d (\d+)s", picture)) == {"4"}
    before, after = picture.split("@media")
    assert ".frame-1 { visibility: visible }" in before
    assert ".frame-1 { animation" in after


def test_what_is_typed_comes_in_pieces() -> None:
    text = "one two three four five six seven"
    assert list(pieces(text)) == ["one two three four five", " six seven"]
