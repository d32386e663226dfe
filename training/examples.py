"""What is trained on: graded answers of the bank, answers made for it, and answers of other sets.

Only samples of the split `train`, so never an answer to a question that is kept apart.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bench.attack_families import attacks_on, strangers
from bench.attack_texts import FAKE_VERDICTS, ORDERS
from training.split import kept_apart
from tutor.bank import LANGUAGES, Bank, Language, Question, RubricPoint, Sample, Split
from tutor.grading import WORTH
from tutor.grading.rule import Rule
from tutor.measure import GradedQuestion, halves, read_graded

ATTACKS = (
    "order",
    "fake verdict",
    "question pasted",
    "hints pasted",
    "rubric pasted",
    "terms listed",
    "off topic",
)
"""Families that are trained against. The others are not, to see what carries over to new ones."""
FOREIGN = 0.5
"""Share of the sample answers that are asked about a point of another question too."""
ORDERED = 0.1
"""Share of the sample answers that have an order to the grader before or behind them."""


class Source(StrEnum):
    """Where an example comes from."""

    SAMPLE = "sample answers"
    COMPOSED = "points of the rubric as an answer"
    ATTACK = "attacks"
    GRADED = "answers that others graded"


@dataclass(frozen=True)
class Shares:
    """How many examples there are of each source, for each of the sample answers."""

    composed: float = 0.1
    attacks: float = 0.12
    graded: float = 0.15


@dataclass(frozen=True)
class Example:
    """An answer, and how much of each point of its question people found in it."""

    source: Source
    question: Question
    """With points of other questions added to its rubric in places."""
    language: Language
    answer: str
    worths: tuple[float, ...]
    """1 for met, 0.5 for partly met, 0 for missed, by point; or one share for the whole answer."""
    whole: bool = False
    """Whether people gave one mark for all points together."""


def one_pass(
    bank: Bank,
    graded: Sequence[GradedQuestion],
    chance: random.Random,
    shares: Shares | None = None,
) -> list[Example]:
    """Every sample answer once, with fresh examples of the other sources, all languages mixed."""
    shares = shares or Shares()
    known = [bank.question(id_) for id_ in bank.question_ids if not kept_apart(bank, id_)]
    samples = [_varied(known, *pair, chance) for pair in training_samples(bank)]
    some = round(len(samples) * shares.composed / len(LANGUAGES))
    examples = samples + [_composed(*case, chance) for case in _cases(known, some, chance)]
    some = round(len(samples) * shares.attacks / len(LANGUAGES))
    examples += [_attack(bank, *case, chance) for case in _cases(known, some, chance)]
    examples += _drawn(graded, round(len(samples) * shares.graded), chance)
    return mixed(examples, chance)


def training_samples(bank: Bank) -> Iterator[tuple[Question, Sample]]:
    """The sample answers that may be trained on, each with its question."""
    return _samples(bank, "train")


def unseen_samples(bank: Bank) -> Iterator[tuple[Question, Sample]]:
    """Sample answers to questions that are kept apart; to see how training does on the way."""
    return _samples(bank, "apart")


def _samples(bank: Bank, split: Split) -> Iterator[tuple[Question, Sample]]:
    for id_ in bank.question_ids:
        for sample in bank.samples(id_):
            if sample.split == split:
                yield bank.question(id_), sample


def graded_halves(files: Iterable[Path]) -> list[GradedQuestion]:
    """Of every file the half of its questions to tune on. Raises `GradedFileUnusable`."""
    return [question for file in files for question in halves(read_graded(file))[0]]


def as_example(question: Question, sample: Sample) -> Example:
    """A sample answer as people graded it."""
    worths = tuple(WORTH[sample.verdicts[point.id]] for point in question.rubric)
    return Example(Source.SAMPLE, question, sample.language, sample.answer, worths)


def mixed(examples: Sequence[Example], chance: random.Random) -> list[Example]:
    """In an order in which every language is spread evenly, so that each batch has its share."""
    by_language: dict[Language, list[Example]] = defaultdict(list)
    for example in examples:
        by_language[example.language].append(example)
    places: list[tuple[float, Example]] = []
    for some in by_language.values():
        chance.shuffle(some)
        start = chance.random()
        places += [((n + start) / len(some), example) for n, example in enumerate(some)]
    return [example for _, example in sorted(places, key=lambda place: place[0])]


def table(examples: Sequence[Example]) -> list[list[str]]:
    """By source and language: answers, points, and the shares of met, partial and missed."""
    groups: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        for source in (example.source.value, "all"):
            groups[source, example.language].append(example)
            groups[source, "all"].append(example)
    order = [*(source.value for source in Source), "all"]
    keys = sorted(groups, key=lambda key: (order.index(key[0]), key[1] == "all", key[1]))
    return [[*key, *_counts(groups[key])] for key in keys]


HEADINGS = ("source", "language", "answers", "verdicts", "met", "between", "missed")


def _counts(examples: Sequence[Example]) -> list[str]:
    worths = [worth for example in examples for worth in example.worths]
    met, missed = (sum(worth == value for worth in worths) for value in (1.0, 0.0))
    between = len(worths) - met - missed
    shares = (f"{count / len(worths):.0%}" for count in (met, between, missed))
    return [str(len(examples)), str(len(worths)), *shares]


def _varied(
    known: Sequence[Question], question: Question, sample: Sample, chance: random.Random
) -> Example:
    """A sample answer; some with an order about them, some asked about a stranger's point."""
    example = as_example(question, sample)
    if chance.random() < ORDERED:
        example = _ordered(example, chance)
    if chance.random() < FOREIGN:
        example = _with_foreign_point(example, known, chance)
    return example


def _ordered(example: Example, chance: random.Random) -> Example:
    """Deserves what it did."""
    texts = (*ORDERS[example.language], FAKE_VERDICTS[example.language])
    pieces = [example.answer, chance.choice(texts)]
    chance.shuffle(pieces)
    return replace(example, answer="\n".join(pieces))


def _with_foreign_point(
    example: Example, known: Sequence[Question], chance: random.Random
) -> Example:
    """No answer states a point of a question that shares no topic with its own."""
    own = example.question
    far = [
        other for other in known if strangers(own, other) and example.language in other.languages
    ]
    if not far:
        return example
    point = chance.choice(chance.choice(far).rubric)
    rubric = (*own.rubric, RubricPoint(id="foreign", point=point.point))
    question = own.model_copy(update={"rubric": rubric})
    return replace(example, question=question, worths=(*example.worths, 0.0))


def _cases(
    known: Sequence[Question], each: int, chance: random.Random
) -> Iterator[tuple[Question, Language]]:
    """So many questions in every language, none twice before all have come."""
    for language in LANGUAGES:
        asked = [question for question in known if language in question.languages]
        drawn: list[Question] = []
        while asked and len(drawn) < each:
            drawn += chance.sample(asked, min(len(asked), each - len(drawn)))
        yield from ((question, language) for question in drawn)


def _composed(question: Question, language: Language, chance: random.Random) -> Example:
    """Some of the rubric's own points, which are met by being said; the others are not."""
    points = list(question.rubric)
    said = chance.sample(points, chance.randint(1, max(1, len(points) - 1)))
    answer = " ".join(point.point.to(language) for point in said)
    worths = tuple(float(point in said) for point in points)
    return Example(Source.COMPOSED, question, language, answer, worths)


def _attack(bank: Bank, question: Question, language: Language, chance: random.Random) -> Example:
    """One that deserves nothing, and that no rule keeps from the model."""
    rule = Rule()
    for family in chance.sample(ATTACKS, len(ATTACKS)):
        made = list(attacks_on(bank, question, language, chance, (family,)))
        for attack in chance.sample(made, len(made)):
            if attack.deserved == 0 and not rule.worthless(question, attack.answer):
                worths = (0.0,) * len(question.rubric)
                return Example(Source.ATTACK, question, language, attack.answer, worths)
    raise AssertionError("an order is no rule's business")


def _drawn(
    graded: Sequence[GradedQuestion], count: int, chance: random.Random
) -> Iterator[Example]:
    """Answers that others graded, equally many of every language that there is."""
    rows: Mapping[Language, list[Example]] = defaultdict(list)
    for each in graded:
        for row in each.answers:
            if row.answer.strip():
                rows[row.lang].append(
                    Example(
                        Source.GRADED, each.question, row.lang, row.answer, (row.share,), whole=True
                    )
                )
    for some in rows.values():
        yield from chance.sample(some, min(len(some), count // len(rows)))
