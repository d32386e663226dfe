"""Compiles files into a bank: parses what has changed, joins everything, writes the cache."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tutor.bank.cache import CachedFile, Store, body_key, index_key
from tutor.bank.index import DeckInfo, Index, QuestionInfo, SectionInfo, pack
from tutor.bank.outline import (
    Outline,
    QuestionOutline,
    SampleOutline,
    Unit,
    id_taken,
    outline,
    parse,
)
from tutor.bank.problems import Problem, closest
from tutor.bank.questions import from_json
from tutor.bank.source_files import FoundDeck, Layout, find_deck

_OUTLINE = "outline:"
_NO_FILE = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A bank's index, and the bodies by `body_key` that the store does not contain."""

    index: Index
    bodies: Mapping[str, str]


class _CachedOutline(BaseModel):
    """An outline in the cache, with what identifies the state of the file it was made from."""

    model_config = ConfigDict(frozen=True)
    program: str
    mtime_ns: int
    size: int
    outline: Outline


def compile_bank(layout: Layout, store: Store | None, program: str, stamp: str) -> Compiled:
    """Parse what has changed since `store` was written, and rewrite the store.

    `program` is a digest of this code, `stamp` one of the current state of the files.
    """
    cached = (store.starting_with(_OUTLINE) if store else None) or {}
    current = _unchanged_outlines(cached, layout, program)
    fresh = {
        file.path: outline(parse(Path(file.path), file.kind), file.deck)
        for file in layout.files
        if file.path not in current
    }
    outlines = {**current, **{path: unit.outline for path, unit in fresh.items()}}
    index = join(layout, outlines)
    bodies = {
        body_key(path, id_): body
        for path, unit in fresh.items()
        for id_, body in unit.bodies.items()
    }
    if store is None:
        return Compiled(index, bodies)
    entries = _entries(layout, fresh, program)
    entries[index_key(stamp)] = CachedFile(_NO_FILE, pack(index))
    known = {_NO_FILE, *fresh, *(key.removeprefix(_OUTLINE) for key in cached)}
    if store.write(entries, drop=known - current.keys() if current else None):
        return Compiled(index, {})
    store.discard()
    return Compiled(index, bodies)


def _unchanged_outlines(
    cached: Mapping[str, bytes], layout: Layout, program: str
) -> dict[str, Outline]:
    """The cached outlines of the files that have not changed, by path."""
    unchanged: dict[str, Outline] = {}
    for file in layout.files:
        body = cached.get(_OUTLINE + file.path)
        row = from_json(_CachedOutline, body) if body else None
        if row and (row.program, row.mtime_ns, row.size) == (program, file.mtime_ns, file.size):
            unchanged[file.path] = row.outline
    return unchanged


def _entries(layout: Layout, fresh: Mapping[str, Unit], program: str) -> dict[str, CachedFile]:
    """The cache's rows for the files that were parsed."""
    entries: dict[str, CachedFile] = {}
    for file in layout.files:
        unit = fresh.get(file.path)
        if unit is None:
            continue
        row = _CachedOutline(
            program=program, mtime_ns=file.mtime_ns, size=file.size, outline=unit.outline
        )
        entries[_OUTLINE + file.path] = CachedFile(file.path, row.model_dump_json().encode())
        for id_, body in unit.bodies.items():
            entries[body_key(file.path, id_)] = CachedFile(file.path, body.encode())
    return entries


def read_body(file: Path, id_: str) -> str | None:
    """The question or samples under `id_`, read from the source file as it is now."""
    files = find_deck(file.parent).files
    source = next((each for each in files if each.path == str(file)), None)
    return outline(parse(file, source.kind), source.deck).bodies.get(id_) if source else None


Outlines = Mapping[str, Outline]
"""The outline of every file of a layout, by its path."""


def join(layout: Layout, outlines: Outlines) -> Index:
    """The index of the whole bank; what does not fit together is omitted and becomes a problem."""
    problems = [*layout.problems]
    for file in layout.files:
        problems += outlines[file.path].problems
    lines_by_id: dict[str, tuple[str, int]] = {}
    decks = [_deck(deck, outlines, lines_by_id, problems) for deck in layout.decks]
    for deck in layout.decks:
        problems += _sample_problems(deck, outlines)
    return Index(tuple(deck for deck in decks if deck), tuple(problems))


def _deck(
    deck: FoundDeck,
    outlines: Outlines,
    lines_by_id: dict[str, tuple[str, int]],
    problems: list[Problem],
) -> DeckInfo | None:
    head = outlines[deck.head.path].head if deck.head else None
    if head is None:
        return None
    sections: list[SectionInfo] = []
    questions: list[QuestionInfo] = []
    counts = Counter(
        (file.section, sample.question)
        for file in deck.samples
        for sample in outlines[file.path].samples
    )
    for file in deck.sections:
        outline = outlines[file.path]
        if outline.section is None:
            continue
        section = SectionInfo(file.section, outline.section, Path(file.path))
        sections.append(section)
        for question in outline.questions:
            first = lines_by_id.setdefault(question.id, (file.path, question.line))
            if first == (file.path, question.line):
                samples = counts[section.key, question.id]
                questions.append(_info(question, deck.id, section, samples))
            else:
                place, path = f"questions[{question.place}].id", Path(file.path)
                flaw = id_taken(question.id, Path(first[0]), first[1])
                problems.append(Problem(path, question.line, place, *flaw))
    if not questions:
        return None
    return DeckInfo(
        deck.id,
        head.title,
        head.language,
        tuple(sections),
        tuple(questions),
        head.about,
        deck.replaces,
    )


def _info(question: QuestionOutline, deck: str, section: SectionInfo, samples: int) -> QuestionInfo:
    return QuestionInfo(
        question.id,
        deck,
        section,
        question.topics,
        question.level,
        question.languages,
        question.line,
        samples,
    )


def _sample_problems(deck: FoundDeck, outlines: Outlines) -> Iterator[Problem]:
    sections = {file.section: outlines[file.path] for file in deck.sections}
    for file in deck.samples:
        section = sections.get(file.section)
        if section is None or section.section is None:
            continue
        points = {question.id: question.points for question in section.questions}
        for number, sample in enumerate(outlines[file.path].samples):
            yield from _sample_flaws(Path(file.path), number, sample, points)


def _sample_flaws(
    file: Path, number: int, sample: SampleOutline, points: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    if sample.question not in points:
        near = closest(sample.question, [*points])
        remedy = f"Did you mean {near[0]}?" if near else "Samples belong next to their section."
        message = f"the section next to these samples has no question {sample.question}"
        place = f"samples[{number}].question"
        yield Problem(file, sample.question_line, place, message, remedy)
        return
    place = f"samples[{number}].verdicts"
    expected = points[sample.question]
    missing = [point for point in expected if point not in sample.points]
    if missing:
        message = f"no verdict for {', '.join(missing)}"
        remedy = "Give every point of the question met, partial or missed."
        yield Problem(file, sample.points_line, place, message, remedy)
    unknown = [point for point in sample.points if point not in expected]
    if unknown:
        message = f"the question has no point {', '.join(unknown)}"
        yield Problem(
            file, sample.points_line, place, message, f"Its points are: {', '.join(expected)}."
        )
