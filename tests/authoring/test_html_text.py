"""HTML of cards as text: what a student would see, without what a browser would fetch or run."""

import time

import pytest

from tutor.authoring.readers.html_text import MAX_HTML, TooMuchHtml, to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plain, 2 > 1", "plain, 2 > 1"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("a<div>b</div><div><br></div><div>c</div>", "a\nb\n\nc"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("a\n  b   c", "a b c"),
        ("1&nbsp;000 &amp; &lt;b&gt; &#955; &hellip;", "1 000 & <b> λ …"),
        ("<b>f</b>at <i>cat</i>", "fat cat"),
        ("<ul><li>x</li><li>y<ul><li>z</li></ul></li></ul>", "- x\n- y\n  - z"),
        ("<ol><li>x<li>y</ol>end", "1. x\n2. y\nend"),
        (
            "<table><tr><th>a<th>b</tr><tr><td>1<td>2</tr></table>",
            "| a | b |\n| --- | --- |\n| 1 | 2 |",
        ),
        (
            "<table><tr><th></th><th>x</th></tr><tr><td>1</td><td></td></tr></table>",
            "|  | x |\n| --- | --- |\n| 1 |  |",
        ),
        (
            "<table><tr><th>a</th><td>b</td></tr><tr><th>c</th><td>d</td></tr></table>",
            "| a | b |\n| c | d |",
        ),
        (
            "<table><thead><tr><td>a<td>b</thead><tr><td>1<td>2</table>",
            "| a | b |\n| --- | --- |\n| 1 | 2 |",
        ),
        ("<table><tr><td>1<br>2</td></tr></table>", "1\n2"),
        ("x<table><tr><td>a<br>b<td><ul><li>c<li>d</ul></table>y", "x\n| a; b | c; d |\ny"),
        ("<table><tr><td>a<td><table><tr><td>b<td>c</table></table>", "| a | | b | c | |"),
        ("<tr><td>a", "a"),
        ("H<sub>2</sub>O, x<sup>2</sup>, x<sup>n</sup>, x<sub>i+1</sub>", "H₂O, x², x^n, x_{i+1}"),
        ("<pre>for x:\n    y</pre>done", "```\nfor x:\n    y\n```\n\ndone"),
        (r"\(a &lt; b\) and \[c\]", r"\(a < b\) and \[c\]"),
        ("[$]x^2[/$] [$$]y[/$$] [latex]$z$[/latex]", r"\(x^2\) \[y\] $z$"),
        (
            '<anki-mathjax>a_b</anki-mathjax> <anki-mathjax block="true">c</anki-mathjax>',
            r"\(a_b\) \[c\]",
        ),
        ("a<script>alert('<b>x</b>')</script>b<style>p {}</style>c", "abc"),
        ("a<!-- no > b --> c<!-- not ended", "a c"),
        ("a<svg><svg><text>x</text></svg>y</svg>b", "ab"),
        ("a < b, and <3", "a < b, and <3"),
        ("a\u202eb\u200b\x00c\r\nd<br>\u2028e", "abc d\n\ne"),
    ],
)
def test_text_of(html: str, text: str) -> None:
    assert to_text(html).text == text


def test_media_are_named_and_omitted() -> None:
    html = '<img src="a b.png"> x [sound:s.mp3] <video src=v.mp4></video> <img alt=x>'
    assert to_text(html) == ("x", ("a b.png", "v.mp4", "a picture without a name", "s.mp3"))


def test_a_picture_inside_the_text_is_no_reason_to_refuse_it() -> None:
    html = f"<img src='data:image/png;base64,{'A' * 2 * MAX_HTML}'>It is a cell."
    assert to_text(html) == ("It is a cell.", ("a picture inside the text",))


def test_more_html_than_any_text_needs() -> None:
    with pytest.raises(TooMuchHtml):
        to_text("<b></b>" * MAX_HTML)


OPEN = [
    "<!--", "<a ", '<a x="', "<![CDATA[", "</", "<", "<div>", "<sup>", "<ol>", "<script>", "<li>",
    "[$]", "[sound:", "[anki:tts ", "<img src=data:,", "&", "&#", "<pre>", "<td>", "<table>",
    "<table><tr><td>", "<table><tr><td>a<td>b", "<a/", "<?",
]  # fmt: skip


@pytest.mark.parametrize("end", ["", '">'])
@pytest.mark.parametrize("piece", OPEN)
def test_no_html_takes_long(piece: str, end: str) -> None:
    html = (piece * MAX_HTML)[: MAX_HTML - 2] + end
    begin = time.process_time()
    to_text(html)
    assert time.process_time() - begin < 5
