"""Outlines of files to decks: ids told apart, samples held against their questions."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from tutor.bank.index import DeckInfo, Index, QuestionInfo, SectionInfo
from tutor.bank.layout import FoundDeck, Layout, SourceFile
from tutor.bank.problem import Problem, closest
from tutor.bank.unit import Outline, QuestionOutline, SampleOutline, id_taken

Outlines = Mapping[str, Outline]
"""The outline of every file of a layout, by its path."""


def join(layout: Layout, outlines: Outlines) -> Index:
    """The whole bank's index; what does not fit together is left out and told."""
    problems = [*layout.problems]
    for file in layout.files:
        problems += outlines[file.path].problems
    taken: dict[str, tuple[str, int]] = {}
    decks = [_deck(deck, outlines, taken, problems) for deck in layout.decks]
    for deck in layout.decks:
        problems += _sample_problems(deck, outlines)
    return Index(tuple(deck for deck in decks if deck), tuple(problems))


def _deck(
    found: FoundDeck,
    outlines: Outlines,
    taken: dict[str, tuple[str, int]],
    problems: list[Problem],
) -> DeckInfo | None:
    head = outlines[found.head.path].head if found.head else None
    if head is None:
        return None
    sections: list[SectionInfo] = []
    questions: list[QuestionInfo] = []
    counts = _sample_counts(found, outlines)
    for file in found.sections:
        outline = outlines[file.path]
        if outline.section is None:
            continue
        section = SectionInfo(file.section, outline.section, Path(file.path))
        sections.append(section)
        for question in outline.questions:
            first = taken.setdefault(question.id, (file.path, question.line))
            if first == (file.path, question.line):
                questions.append(_info(question, found.id, section, counts))
            else:
                problems.append(_taken(question, file, first))
    if not questions:
        return None
    return DeckInfo(
        found.id, head.title, head.language, tuple(sections), tuple(questions), head.about
    )


def _sample_counts(found: FoundDeck, outlines: Outlines) -> Mapping[tuple[str, str], int]:
    """How many samples each section's file has for each question."""
    return Counter(
        (file.section, sample.question)
        for file in found.samples
        for sample in outlines[file.path].samples
    )


def _info(
    question: QuestionOutline,
    deck: str,
    section: SectionInfo,
    counts: Mapping[tuple[str, str], int],
) -> QuestionInfo:
    return QuestionInfo(
        question.id,
        deck,
        section,
        question.topics,
        question.level,
        question.languages,
        question.line,
        counts.get((section.key, question.id), 0),
    )


def _taken(question: QuestionOutline, file: SourceFile, first: tuple[str, int]) -> Problem:
    message, remedy = id_taken(question.id, Path(first[0]), first[1])
    place = f"questions[{question.place}].id"
    return Problem(Path(file.path), question.line, place, message, remedy)


def _sample_problems(deck: FoundDeck, outlines: Outlines) -> Iterator[Problem]:
    sections = {file.section: outlines[file.path] for file in deck.sections}
    for file in deck.samples:
        section = sections.get(file.section)
        if section is None or section.section is None:
            continue
        points = {question.id: question.points for question in section.questions}
        for number, sample in enumerate(outlines[file.path].samples):
            yield from _misfit(Path(file.path), number, sample, points)


def _misfit(
    file: Path, number: int, sample: SampleOutline, points: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    if sample.question not in points:
        near = closest(sample.question, [*points])
        remedy = f"Did you mean {near[0]}?" if near else "Samples stand beside their section."
        message = f"the section beside these samples has no question {sample.question}"
        place = f"samples[{number}].question"
        yield Problem(file, sample.question_line, place, message, remedy)
        return
    place = f"samples[{number}].verdicts"
    wanted = points[sample.question]
    missing = [point for point in wanted if point not in sample.points]
    if missing:
        message = f"no verdict for {', '.join(missing)}"
        remedy = "Give every point of the question met, partial or missed."
        yield Problem(file, sample.points_line, place, message, remedy)
    unknown = [point for point in sample.points if point not in wanted]
    if unknown:
        message = f"the question has no point {', '.join(unknown)}"
        yield Problem(
            file, sample.points_line, place, message, f"Its points are: {', '.join(wanted)}."
        )
