"""Compiles files into a bank: parses what has changed, joins everything, writes the cache."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from tutor.bank.cache import Store, body_key, index_key
from tutor.bank.index import DeckInfo, Index, QuestionInfo, SectionInfo, pack
from tutor.bank.outline import Outline, SampleOutline, id_taken, outline, parse
from tutor.bank.problems import Problem, suggestion
from tutor.bank.questions import from_json
from tutor.bank.source_files import FoundDeck, Layout, find_deck


def compile_bank(
    layout: Layout, store: Store | None, program: str, stamp: str
) -> tuple[Index, Mapping[str, bytes]]:
    """Parse what has changed since `store` was written, and rewrite the store.

    Returns the bank's index, and by `body_key` the bodies that the store does not contain.
    `program` is a digest of this code, `stamp` one of the current state of the files.
    """
    prefix = f"outline:{program}:"
    cached = (store.starting_with(prefix) if store else None) or {}
    keys = {file.path: f"{prefix}{file.mtime_ns}:{file.size}:{file.path}" for file in layout.files}
    known = ((path, from_json(Outline, cached.get(key, b""))) for path, key in keys.items())
    unchanged = {path: made for path, made in known if made}
    outlines = {**unchanged}
    rows: dict[str, dict[str, bytes]] = {}
    for file in layout.files:
        if file.path not in unchanged:
            made, bodies = outline(parse(Path(file.path), file.kind), file.deck)
            outlines[file.path] = made
            rows[file.path] = {body_key(file.path, id_): bodies[id_].encode() for id_ in bodies}
            if store is not None:  # else a path may be no text
                rows[file.path][keys[file.path]] = made.model_dump_json().encode()
    index = join(layout, outlines)
    if store is not None:
        rows[""] = {index_key(stamp): pack(index)}
        old = {*rows, *(key.removeprefix(prefix).split(":", 2)[2] for key in cached)}
        if store.write(rows, drop=old - unchanged.keys() if unchanged else None):
            return index, {}
        store.discard()
    return index, {key: body for by_key in rows.values() for key, body in by_key.items()}


def read_body(file: Path, id_: str) -> str | None:
    """The question or samples under `id_`, read from the source file as it is now."""
    files = find_deck(file.parent).files
    source = next((each for each in files if each.path == str(file)), None)
    return outline(parse(file, source.kind), source.deck)[1].get(id_) if source else None


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
                info = QuestionInfo(
                    question.id,
                    deck.id,
                    section,
                    question.topics,
                    question.level,
                    question.languages,
                    question.line,
                    counts[section.key, question.id],
                )
                questions.append(info)
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
        remedy = suggestion(sample.question, points, "Samples belong next to their section.")
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
