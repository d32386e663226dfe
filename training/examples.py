"""What is trained on: the bank's marked answers of the split `train`, question by question."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.bank import Bank, Language, Question, Sample, Split, Verdict


@dataclass(frozen=True)
class Group:
    """Answers to one question that are asked about in the same words."""

    question: Question
    language: Language
    """In which prompt and points are put; that of an answer, if the question has it."""
    samples: tuple[Sample, ...]


def groups(bank: Bank, split: Split) -> list[Group]:
    """All answers of the split, in the bank's order."""
    found: list[Group] = []
    for id_ in bank.question_ids:
        question = bank.question(id_)
        some: dict[tuple[str, ...], list[Sample]] = {}
        for sample in bank.samples(id_):
            if sample.split == split:
                some.setdefault(_words(question, sample.language), []).append(sample)
        found += [Group(question, each[0].language, tuple(each)) for each in some.values()]
    return found


def _words(question: Question, language: Language) -> tuple[str, ...]:
    """All that a question says in this language, or in the one that stands in for it."""
    points = (point.criterion(language) for point in question.rubric)
    return (question.prompt.to(language), *points)


HEADINGS = ("language", "kind", "answers", "points", "met", "partial", "missed")


def table(some: Iterable[Group]) -> Iterator[list[str]]:
    """By language and kind: answers, points, and shares of the verdicts."""
    counts: dict[tuple[str, str], Counter[Verdict]] = {}
    answers: Counter[tuple[str, str]] = Counter()
    for sample in (sample for group in some for sample in group.samples):
        for key in ((sample.language, sample.kind), ("all", sample.kind), ("all", "all")):
            answers[key] += 1
            counts.setdefault(key, Counter()).update(sample.verdicts.values())
    for key in sorted(counts, key=lambda key: (key[0] == "all", key)):
        yield [*key, str(answers[key]), *_shares(counts[key])]


def _shares(counts: Mapping[Verdict, int]) -> Sequence[str]:
    total = sum(counts.values())
    shares = (f"{counts.get(verdict, 0) / total:.0%}" for verdict in Verdict)
    return [str(total), *shares]
