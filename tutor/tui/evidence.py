"""Where in an answer the evidence stands, and the answer with these sentences marked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from textual.content import Content

from tutor.grading import MOST_SENTENCES, split_sentences
from tutor.tui.labels import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.grading import Evidence, Grade


TAB = 4
"""Cells of a tab, as in the editor."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an answer, from character `start` to before character `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch of the answer, and the numbers (from 1) of the points that it is evidence for."""

    span: Span
    points: tuple[int, ...]


class Sentences:
    """An answer's sentences: split once, searched for every point.

    `most` is what the grader had `split_sentences` join them to.
    """

    def __init__(self, answer: str, most: int | None = None) -> None:
        spans = _spans(answer)
        texts = [answer[span.start : span.end] for span in spans]
        self._joined = " ".join(texts)
        self._starts = dict(zip(_offsets(texts), spans, strict=True))
        self._ends = {
            start + len(text): span.end
            for (start, span), text in zip(self._starts.items(), texts, strict=True)
        }
        self._numbered = _offsets(split_sentences(answer, most=most))

    def locate(self, evidence: Evidence) -> Span | None:
        """Where `evidence` stands in the answer; None where it does not.

        It is found by its text: a row of whole sentences with a blank between them, whatever the
        answer has there. Where the answer says it more than once the number decides.
        """
        named = self._numbered[evidence.sentence - 1 :][:1]
        found = (self._row(start, evidence.text) for start in (*named, *self._starts))
        return next((span for span in found if span is not None), None)

    def _row(self, start: int, text: str) -> Span | None:
        """The sentences that make up `text`, if they begin at `start` of the joined ones."""
        first, end = self._starts.get(start), self._ends.get(start + len(text))
        if first is None or end is None or not self._joined.startswith(text, start):
            return None
        return Span(first.start, end)


def _spans(answer: str) -> list[Span]:
    """Where the sentences stand. Between two of them is nothing that could be taken for one."""
    spans: list[Span] = []
    for sentence in split_sentences(answer):
        start = answer.index(sentence, spans[-1].end if spans else 0)
        spans.append(Span(start, start + len(sentence)))
    return spans


def _offsets(texts: Sequence[str]) -> list[int]:
    """Where each of `texts` begins when a blank is put between them."""
    return [*accumulate((len(text) + 1 for text in texts), initial=0)][: len(texts)]


def shown_in(answer: str, grade: Grade) -> tuple[Shown, ...]:
    """The evidence of all points, in the order of the answer."""
    most = MOST_SENTENCES if grade.grader.name == "model" else None
    sentences = Sentences(answer, most)
    found: dict[Span, list[int]] = {}
    for number, point in enumerate(grade.points, 1):
        span = point.evidence and sentences.locate(point.evidence)
        if span:
            found.setdefault(span, []).append(number)
    spans = sorted(found, key=lambda span: (span.start, span.end))
    return tuple(Shown(span, tuple(found[span])) for span in spans)


def point_mark(points: Sequence[int], *, selected: bool = False) -> str:
    """The numbers of points as a mark: `[1,3]`, and `▸1,3◂` where one of them is selected."""
    numbers = ",".join(map(str, points))
    return f"▸{numbers}◂" if selected else f"[{numbers}]"


def marked(answer: str, shown: Sequence[Shown], selected: int | None = None) -> Content:
    """`answer` with a mark before each sentence in `shown`.

    What is evidence for the point with the number `selected` is marked and underlined.
    Marks are equally wide selected or not, so that no line breaks elsewhere.
    """
    edges = {edge for one in shown for edge in (one.span.start, one.span.end)}
    parts: list[tuple[str, str]] = []
    for start, end in pairwise(sorted({0, len(answer), *edges})):
        around = [one for one in shown if one.span.start <= start < one.span.end]
        for one in around:
            if one.span.start == start:
                chosen = selected in one.points
                parts.append((point_mark(one.points, selected=chosen), "bold" if chosen else "dim"))
                parts.append((" ", ""))
        chosen = any(selected in one.points for one in around)
        piece = clean(answer[start:end]).expandtabs(TAB)
        parts.append((piece, "underline" if chosen else ""))
    return Content.assemble(*parts)
