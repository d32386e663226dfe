"""Finds the evidence for the verdicts in an answer, and marks it there."""

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
class EvidenceSpan:
    """A stretch of the answer, and the numbers (from 1) of the points that it is evidence for."""

    span: Span
    points: tuple[int, ...]


class Sentences:
    """An answer's sentences: split once, searched for every point.

    `most` is how many sentences the grader had `split_sentences` make at most.
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
        """Where `evidence` is in the answer; None if it is not there.

        It is found by its text: whole sentences in a row, with a space between them whatever the
        answer has there. If the answer says it more than once, the number decides.
        """
        numbered = self._numbered[evidence.sentence - 1 :][:1]
        spans = (self._span_at(start, evidence.text) for start in (*numbered, *self._starts))
        return next((span for span in spans if span is not None), None)

    def _span_at(self, start: int, text: str) -> Span | None:
        """The span of `text`, if whole sentences from `start` of the joined ones make it up."""
        first, end = self._starts.get(start), self._ends.get(start + len(text))
        if first is None or end is None or not self._joined.startswith(text, start):
            return None
        return Span(first.start, end)


def _spans(answer: str) -> list[Span]:
    """Where the sentences are. `index` is safe: nothing between two of them looks like one."""
    spans: list[Span] = []
    for sentence in split_sentences(answer):
        start = answer.index(sentence, spans[-1].end if spans else 0)
        spans.append(Span(start, start + len(sentence)))
    return spans


def _offsets(texts: Sequence[str]) -> list[int]:
    """Where each of `texts` begins when they are joined by spaces."""
    return [*accumulate((len(text) + 1 for text in texts), initial=0)][: len(texts)]


def find_evidence(answer: str, grade: Grade) -> tuple[EvidenceSpan, ...]:
    """The evidence of all points, in the order of the answer."""
    most = MOST_SENTENCES if grade.grader.name == "model" else None
    sentences = Sentences(answer, most)
    points_by_span: dict[Span, list[int]] = {}
    for number, point in enumerate(grade.points, 1):
        span = point.evidence and sentences.locate(point.evidence)
        if span:
            points_by_span.setdefault(span, []).append(number)
    spans = sorted(points_by_span, key=lambda span: (span.start, span.end))
    return tuple(EvidenceSpan(span, tuple(points_by_span[span])) for span in spans)


def point_mark(points: Sequence[int], *, selected: bool = False) -> str:
    """The numbers of points as a mark: `[1,3]`, and `▸1,3◂` where one of them is selected."""
    numbers = ",".join(map(str, points))
    return f"▸{numbers}◂" if selected else f"[{numbers}]"


def mark_evidence(
    answer: str, evidence: Sequence[EvidenceSpan], selected: int | None = None
) -> Content:
    """`answer` with a mark before each stretch of evidence.

    The evidence for the point with the number `selected` is underlined, its mark bold. A mark is
    as wide when it is selected, so that lines break in the same places.
    """
    edges = {edge for each in evidence for edge in (each.span.start, each.span.end)}
    parts: list[tuple[str, str]] = []
    for start, end in pairwise(sorted({0, len(answer), *edges})):
        around = [each for each in evidence if each.span.start <= start < each.span.end]
        for each in around:
            if each.span.start == start:
                chosen = selected in each.points
                mark = point_mark(each.points, selected=chosen)
                parts += [(mark, "bold" if chosen else "dim"), (" ", "")]
        chosen = any(selected in each.points for each in around)
        piece = clean(answer[start:end]).expandtabs(TAB)
        parts.append((piece, "underline" if chosen else ""))
    return Content.assemble(*parts)
