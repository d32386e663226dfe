"""Checks that go beyond one question: topics, links, duplicates, text copied from a source."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from tutor.bank.problems import Check, Finding, Problem, Where, suggestion
from tutor.bank.questions import CheckedText, Question, Slug
from tutor.bank.source_files import TOPICS
from tutor.bank.text import Text
from tutor.bank.validation import validate
from tutor.bank.yaml_reader import read_file

ALIKE = 90
"""The similarity, out of 100, from which two English prompts count as the same question."""
RUN, CHINESE_RUN = 11, 20
"""The number of words, or Chinese characters, in a row that count as copied from a source."""
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")


class TopicFile(BaseModel):
    """`topics.yaml`: at most sixty topics with their names."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    topics: dict[Slug, CheckedText] = Field(min_length=1, max_length=60)


def read_topics(folder: Path) -> tuple[Mapping[str, Text] | None, tuple[Problem, ...]]:
    """The topics that decks in `folder` may use, with their names; None without a `topics.yaml`."""
    file = folder / TOPICS
    if not file.is_file():
        return None, ()
    topics, problems = validate(TopicFile, read_file(file))
    return (topics.topics if topics else None), problems


def topics_are_known(topics: Collection[str]) -> Check:
    """Every topic must be one of `topics`."""

    def check(question: Question) -> Iterator[Finding]:
        for number, topic in enumerate(question.topics):
            if topic not in topics:
                remedy = suggestion(topic, sorted(topics), f"Use one of {TOPICS}.")
                message = f"the topic {topic} is not in {TOPICS}"
                yield Finding(("topics", number), message, remedy, "error")

    return check


def links_exist(ids: frozenset[str], decks: frozenset[str]) -> Check:
    """`see_also` must name another question that exists, unless its deck is not being checked."""

    def check(question: Question) -> Iterator[Finding]:
        for number, other in enumerate(question.see_also):
            known = other in ids or _deck(other) not in decks
            if not known or other == question.id:
                remedy = suggestion(other, sorted(ids - {question.id}), "Remove it.")
                yield Finding(("see_also", number), f"there is no {other}", remedy, "error")

    return check


def links_are_mutual(questions: Sequence[Question]) -> Check:
    """A question that is named under `see_also` must link back."""
    links = {question.id: frozenset(question.see_also) for question in questions}

    def check(question: Question) -> Iterator[Finding]:
        for number, other in enumerate(question.see_also):
            if other in links and question.id not in links[other]:
                message = f"{other} does not link back"
                remedy = f"Add {question.id} to the `see_also:` of {other}."
                yield Finding(("see_also", number), message, remedy)

    return check


def duplicates_are_linked(questions: Sequence[Question]) -> Check:
    """Questions of two decks that ask nearly the same must link to each other by `see_also`.

    Drafted questions are skipped: nobody has linked them, and there can be thousands to compare.
    """
    alike = _alike({each.id: each.prompt for each in questions if not each.drafted})

    def check(question: Question) -> Iterator[Finding]:
        for other in alike.get(question.id, ()):
            if other not in question.see_also:
                message = f"asks nearly the same as {other}"
                yield Finding(("prompt",), message, f"Link it: `see_also: [{other}]`.")

    return check


def _alike(prompts: Mapping[str, Text]) -> dict[str, list[str]]:
    from rapidfuzz import fuzz, process

    english = {id_: " ".join(_words(text.en)) for id_, text in prompts.items() if text.en}
    alike: dict[str, list[str]] = {}
    for id_, text in english.items():
        matches = process.extract(
            text, english, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE, limit=5
        )
        alike[id_] = [other for _, _, other in matches if _deck(other) != _deck(id_)]
    return alike


def _deck(id_: str) -> str:
    return id_.partition(".")[0]


def wording_is_original(documents: Sequence[str]) -> Check:
    """A question must not share a long run of words with a source document."""
    runs = {run for text in documents for run in _runs(_words(text))}

    def check(question: Question) -> Iterator[Finding]:
        for where, text in texts(question):
            for language, written in text.by_language().items():
                copied = next((run for run in _runs(_words(written)) if run in runs), None)
                if copied is not None:
                    message = f"copied from the source document: {' '.join(copied)}"
                    yield Finding((*where, language), message, "Say it in your own words.")

    return check


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """All runs of words that are long enough to count as copied."""
    for start in range(len(words)):
        chinese = any(len(w) == 1 and w > "\u33ff" for w in words[start : start + RUN])
        length = CHINESE_RUN if chinese else RUN
        if start + length <= len(words):
            yield tuple(words[start : start + length])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def texts(question: Question) -> Iterator[tuple[Where, Text]]:
    """All texts of a question that are needed in every language, with their places."""
    yield ("prompt",), question.prompt
    if question.cover is not None:
        yield ("cover",), question.cover
    for number, point in enumerate(question.rubric):
        yield ("rubric", number, "point"), point.point
        if point.accept is not None:
            yield ("rubric", number, "accept"), point.accept
    yield ("answer",), question.answer
    for number, hint in enumerate(question.hints):
        yield ("hints", number), hint
