"""Checks the content of decks for their authors: what is wrong and what is still missing."""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from pathlib import Path

from tutor.bank.compiler import join
from tutor.bank.crosscheck import (
    duplicates_are_linked,
    links_are_mutual,
    links_exist,
    read_topics,
    texts,
    topics_are_known,
    wording_is_original,
)
from tutor.bank.outline import Parsed, outline, parse
from tutor.bank.problems import Check, Finding, Problem
from tutor.bank.questions import Question
from tutor.bank.source_files import HEAD, FoundDeck, Layout, find_deck, find_decks
from tutor.bank.text import Language, Text
from tutor.formatting import count_of

PROMPT_WORDS = 25
RECOMMENDED_POINTS = range(2, 7)
RECOMMENDED_HINTS = 2
RECOMMENDED_SAMPLES = 2
SAME_ANSWER = 0.9
"""The similarity, out of 1, from which two sample answers count as the same."""
_CHECK_NAME = "Check the name; `tutor bank list` shows the decks."
_WORDS = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:['’-][^\W_\u3400-\u9fff]+)*")
_PLACE = re.compile(
    r"§|://|\b(?:sections?|sec|chapters?|ch|figures?|figs?|tables?|tab|equations?|eqs?|appendix|"
    r"appendices|app|algorithms?|alg|pages?|pp?|lectures?|slides?|theorem|definition|abstract|"
    r"footnote|listing|examples?|kapitel|kap|abschnitt|abschn|abbildung|abb|tabelle|seiten?|artikel|"
    r"art|abs|absatz|anhang|folien?|vorlesung|beispiel|rn|глава|гл|раздел|рис|рисунок|таблица|табл|"
    r"стр|с|статья|ст|лекция|слайд|пример)\b|\bS\.\s?\d|第\s?[\d一二三四五六七八九十百]+\s?[章节页条讲课]|[图表]\s?\d",
    re.IGNORECASE,
)
"""Words that refer to a place in a paper or book."""


def check(
    paths: Sequence[Path],
    *,
    documents: Sequence[str] = (),
    more: Callable[[Mapping[str, Text]], Sequence[Check]] = lambda _: (),
    as_opened: bool = False,
) -> tuple[Problem, ...]:
    """All problems in these decks, folders of decks, or single files of a deck.

    Reads every file again. Ids must be unique across all `paths`. `documents` are texts whose
    wording must not be copied. `more` is given the names of the topics listed next to a deck, and
    returns further checks for its questions. With `as_opened`, decks that a later folder replaces
    are skipped.
    """
    layout = find_decks(paths) if as_opened else _layout(paths)
    parsed = {file.path: parse(Path(file.path), file.kind) for file in layout.files}
    outlines = {file.path: outline(parsed[file.path], file.deck)[0] for file in layout.files}
    problems = [*join(layout, outlines).problems]
    problems += [warning for file in parsed.values() for warning in file.document.warnings]
    checks = tuple(_checks_across(layout, parsed, documents))
    for deck in layout.decks:
        topics, flaws = read_topics(deck.folder.parent)
        problems += flaws
        listed = (topics_are_known(topics),) if topics is not None else ()
        problems += _content(deck, parsed, (*checks, *listed, *more(topics or {})))
    relevant = [
        problem
        for problem in dict.fromkeys(problems)
        if any(problem.file == path or path in problem.file.parents for path in paths)
    ]
    return tuple(sorted(relevant, key=lambda problem: (str(problem.file), problem.line)))


def _layout(paths: Sequence[Path]) -> Layout:
    """The decks at all `paths`, none of which replaces another."""
    existing = [path for path in paths if path.exists()]
    folders = [path for path in existing if path.is_dir() and not _is_deck(path)]
    single_decks = dict.fromkeys(
        path.parent if path.is_file() else path for path in existing if path not in folders
    )
    layouts = [*(find_decks([folder]) for folder in folders), *map(find_deck, single_decks)]
    missing = tuple(
        Problem(path, 0, "", "there is no such deck, file or folder", _CHECK_NAME)
        for path in paths
        if path not in existing
    )
    decks = {deck.folder: deck for layout in layouts for deck in layout.decks}
    problems = dict.fromkeys(problem for layout in layouts for problem in layout.problems)
    return Layout(tuple(decks.values()), (*missing, *problems))


def _is_deck(folder: Path) -> bool:
    """Whether this is a deck rather than a folder of decks; a deck contains no folders."""
    if (folder / HEAD).exists():
        return True
    children = [*folder.iterdir()]
    has_yaml = any(child.suffix == ".yaml" for child in children)
    return has_yaml and not any(child.is_dir() for child in children)


def _checks_across(
    layout: Layout, parsed: Mapping[str, Parsed], documents: Sequence[str]
) -> Iterator[Check]:
    """The checks that compare a question with all others."""
    sections = (parsed[file.path] for deck in layout.decks for file in deck.sections)
    questions = [question for section in sections for question in section.questions]
    ids = frozenset(question.id for question in questions)
    yield links_exist(ids, frozenset(deck.id for deck in layout.decks))
    yield links_are_mutual(questions)
    yield duplicates_are_linked(questions)
    if documents:
        yield wording_is_original(documents)


def _content(
    deck: FoundDeck, parsed: Mapping[str, Parsed], checks: Sequence[Check]
) -> Iterator[Problem]:
    head = parsed[deck.head.path].head if deck.head else None
    files = (parsed[file.path].samples for file in deck.samples)
    samples = Counter(sample.question for file in files if file for sample in file.samples)
    yield from _like_samples(deck, parsed)
    yield from _still_drafted(deck, parsed)
    if head is not None:
        checks = (content_check(head.language, samples), *checks)
        for file in deck.sections:
            yield from section_problems(parsed[file.path], checks)


def section_problems(
    section: Parsed, checks: Sequence[Check], ids: Container[str] | None = None
) -> Iterator[Problem]:
    """What the checks find in a section's questions, or in those with these ids."""
    for number, question in enumerate(section.questions):
        if ids is None or question.id in ids:
            for finding in (finding for check in checks for finding in check(question)):
                where = ("questions", number, *finding.where)
                message, remedy, severity = finding.message, finding.remedy, finding.severity
                yield section.document.problem(where, message, remedy, severity)


def content_check(language: Language, samples: Mapping[str, int]) -> Check:
    """All checks of a question's content.

    `language` is the deck's own, `samples` the number of sample answers by question. A drafted
    question may lack what drafting does not provide; `_still_drafted` warns once for all.
    """

    def check(question: Question) -> Iterator[Finding]:
        yield from _translations(question, language)
        if not question.drafted:
            for each in _CHECKS:
                yield from each(question)
            yield from _samples(samples.get(question.id, 0))

    return check


def _like_samples(deck: FoundDeck, parsed: Mapping[str, Parsed]) -> Iterator[Problem]:
    """A warning for every sample that nearly repeats an earlier one of its question."""
    from rapidfuzz.distance import Indel  # late: opening a bank does not need it

    earlier: dict[str, list[str]] = {}
    for file in deck.samples:
        samples = parsed[file.path].samples
        for number, sample in enumerate(samples.samples if samples else ()):
            answer = " ".join(sample.answer.casefold().split())
            others = earlier.setdefault(sample.question, [])
            if any(Indel.normalized_similarity(answer, other) >= SAME_ANSWER for other in others):
                document, where = parsed[file.path].document, ("samples", number, "answer")
                message = f"nearly the same answer to {sample.question} is already above"
                remedy = "Word it differently, or remove it."
                yield document.problem(where, message, remedy, "warning")
            others.append(answer)


def _still_drafted(deck: FoundDeck, parsed: Mapping[str, Parsed]) -> Iterator[Problem]:
    """One warning for a deck in which nobody has reviewed all rubrics."""
    sections = (parsed[file.path] for file in deck.sections)
    drafted = [bool(question.drafted) for section in sections for question in section.questions]
    if deck.head is not None and any(drafted):
        yield Problem(
            Path(deck.head.path),
            1,
            "",
            f"{sum(drafted):,} of {count_of(len(drafted), 'question')} "
            f"{'has' if sum(drafted) == 1 else 'have'} a drafted rubric",
            "Review them as you study: press `E` on the verdict to edit one.",
            "warning",
        )


def _translations(question: Question, language: Language) -> Iterator[Finding]:
    translated = tuple(texts(question))
    has_english = any("en" in text.languages for _, text in translated)
    for where, text in translated:
        if language not in text.languages:
            message = f"no text in the deck's language, {language}"
            yield Finding(where, message, f"Add `{language}:`.", "error")
        elif has_english and "en" not in text.languages:
            message = "no English text, though the question has others"
            yield Finding(where, message, "Add `en:`.")


def _rubric_size(question: Question) -> Iterator[Finding]:
    count = len(question.rubric)
    if count not in RECOMMENDED_POINTS:
        yield Finding(("rubric",), count_of(count, "rubric point"), "3 to 6 work best.")


def _prompt_length(question: Question) -> Iterator[Finding]:
    for language, text in question.prompt.by_language().items():
        count = _count_words(text)
        if count > PROMPT_WORDS:
            message = f"the prompt has {count} words; {PROMPT_WORDS} are enough"
            remedy = "Ask as an exam does; what the answer must go into belongs in `cover:`."
            yield Finding(("prompt", language), message, remedy)


def _count_words(text: str) -> int:
    """Count words of two letters or more, so not formulas; two Chinese characters count as one."""
    words: list[str] = _WORDS.findall(text)
    chinese = sum("\u3400" <= word <= "\u9fff" for word in words)
    return sum(sum(map(str.isalpha, word)) > 1 for word in words) + (chinese + 1) // 2


def _terms(question: Question) -> Iterator[Finding]:
    for number, point in enumerate(question.rubric):
        if not point.terms:
            remedy = "Add `terms:`; without a model, they grade the answer."
            yield Finding(("rubric", number), f"the point {point.id} has no terms", remedy)


def _hints(question: Question) -> Iterator[Finding]:
    count = len(question.hints)
    if count < RECOMMENDED_HINTS:
        remedy = "Add `hints:`, from a nudge to nearly the answer."
        yield Finding(("hints",), f"{count} of {RECOMMENDED_HINTS} hints", remedy)


def _references(question: Question) -> Iterator[Finding]:
    if not question.references:
        yield Finding((), "no references", "Add `references:`, the paper and its section.")


def _places(question: Question) -> Iterator[Finding]:
    for number, reference in enumerate(question.references):
        if not _PLACE.search(reference):
            message = "the reference names no place in its source"
            remedy = "Add the section, table, figure, equation or page: `§3.2`."
            yield Finding(("references", number), message, remedy)


def _samples(count: int) -> Iterator[Finding]:
    if count < RECOMMENDED_SAMPLES:
        message = f"{count} of {RECOMMENDED_SAMPLES} sample answers"
        yield Finding((), message, "Add them to the .samples.yaml next to the section.")


_CHECKS: tuple[Check, ...] = (_prompt_length, _rubric_size, _terms, _hints, _references, _places)
"""The checks of everything that needs only the question."""
