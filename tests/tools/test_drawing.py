"""A picture's texts are as wide as their cells."""

import re

from tools.drawing import with_wide_text

TEXT = '<text class="t-r1" x="{}" y="20" textLength="{}" clip-path="url(#line-0)">{}</text>'


def texts(picture: str) -> list[tuple[str, ...]]:
    return re.findall(r'x="([\d.]+)".*?textLength="([\d.]+)".*?>([^<]*)</text>', picture)


def test_chinese_text_takes_two_cells_a_character() -> None:
    picture = TEXT.format("24.4", "109.8", "&#160;BERT&#160;模型&amp;")
    assert texts(with_wide_text(f"<g>{picture}</g>")) == [
        ("24.4", "73.2", "&#160;BERT&#160;"),
        ("97.6", "48.8", "模型"),
        ("146.4", "12.2", "&amp;"),
    ]


def test_other_text_stays_as_it_is() -> None:
    picture = TEXT.format("24.4", "73.2", "Письмо")
    assert with_wide_text(picture) == picture
