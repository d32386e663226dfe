"""The training data: the bank's marked answers of the split `train`, by question."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from training.recipe import Recipe
from tutor.bank import Bank, Language, Question, Sample, Split, Verdict
from tutor.evaluation.strangers import Strangers


@dataclass(frozen=True)
class Group:
    """Answers to one question with the same prompt and points."""

    question: Question
    language: Language
    """The language of prompt and points: the answer's, if the question has it."""
    samples: tuple[Sample, ...]
    asked: tuple[frozenset[str], ...] = ()
    """The points to ask about, for every answer; empty for all points of all answers."""


MOST_ASKED = {"full": 1, "paraphrase": 2, "off-topic": 1, "wrong": 1, "partial": 3, "reversed": 3}
"""How many points to ask about, by kind of answer: where all points get the same verdict, more of
them teach little but take just as long."""
SHARES = {"full": 0.34, "off-topic": 0.5, "wrong": 0.5}
"""The share of answers that a run from an existing adapter uses, by kind; 1 for other kinds."""


def groups(bank: Bank, split: Split) -> list[Group]:
    """All answers of a split, in the bank's order."""
    result: list[Group] = []
    for id_ in bank.question_ids:
        question = bank.question(id_)
        by_text: dict[tuple[str, ...], list[Sample]] = {}
        for sample in bank.samples(id_):
            if sample.split == split:
                by_text.setdefault(_texts(question, sample.language), []).append(sample)
        result += [Group(question, own[0].language, tuple(own)) for own in by_text.values()]
    return result


def with_strangers(groups: Sequence[Group], seed: int) -> list[Group]:
    """Add to each group a good answer to a question of another section, which misses every point.

    The judge must learn what an answer states, not only whether it sounds right. So it needs good
    answers with points that they were not written for.
    """
    chance = random.Random(seed)  # noqa: S311 - must be repeatable
    strangers = Strangers(sample for group in groups for sample in group.samples)
    return [_with_stranger(group, strangers, chance) for group in groups]


def drawn(groups: Sequence[Group], recipe: Recipe) -> list[Group]:
    """The rows of a run from an existing adapter: `thinned` for every draw, with strangers."""
    seeds = range(recipe.seed, recipe.seed + recipe.draws)
    return [group for seed in seeds for group in with_strangers(thinned(groups, seed), seed)]


def thinned(groups: Sequence[Group], seed: int) -> list[Group]:
    """Draw fewer answers of the kinds that teach least, and some points of each answer."""
    chance = random.Random(seed)  # noqa: S311 - must be repeatable

    def points(sample: Sample) -> frozenset[str]:
        ids = list(sample.verdicts)
        return frozenset(chance.sample(ids, min(len(ids), MOST_ASKED[sample.kind])))

    result: list[Group] = []
    for group in groups:
        samples = tuple(
            each for each in group.samples if chance.random() < SHARES.get(each.kind, 1)
        )
        if samples:
            result.append(replace(group, samples=samples, asked=tuple(map(points, samples))))
    return result


def _with_stranger(group: Group, strangers: Strangers, chance: random.Random) -> Group:
    stranger = strangers.draw(group.question, group.samples[0].language, chance)
    if stranger is None:
        return group
    point = frozenset((chance.choice(list(stranger.verdicts)),))
    asked = (*group.asked, point) if group.asked else ()
    return replace(group, samples=(*group.samples, stranger), asked=asked)


def _texts(question: Question, language: Language) -> tuple[str, ...]:
    """The texts of a question in this language, or in the one used instead."""
    points = (point.criterion(language) for point in question.rubric)
    return (question.prompt.to(language), *points)


HEADINGS = ("language", "kind", "answers", "points", "met", "partial", "missed")


def table(groups: Iterable[Group]) -> Iterator[list[str]]:
    """The rows by language and kind: answers, points, and the share of each verdict."""
    counts: dict[tuple[str, str], Counter[Verdict]] = {}
    answers: Counter[tuple[str, str]] = Counter()
    for sample in (sample for group in groups for sample in group.samples):
        for key in ((sample.language, sample.kind), ("all", sample.kind), ("all", "all")):
            answers[key] += 1
            counts.setdefault(key, Counter()).update(sample.verdicts.values())
    for key in sorted(counts, key=lambda key: (key[0] == "all", key)):
        total = counts[key].total()
        shares = (f"{counts[key][verdict] / total:.0%}" for verdict in Verdict)
        yield [*key, str(answers[key]), str(total), *shares]
