"""Compares a grader with people's verdicts on each point, for any file of such answers."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tutor.bank import Bank, Language, Sample, Verdict
from tutor.evaluation.graded_sets import GradedFileUnusable, json_rows
from tutor.evaluation.statistics import (
    Estimate,
    Pair,
    Rated,
    accuracy,
    cohen_kappa,
    estimate,
    flat,
    pearson,
    rmse,
)
from tutor.grading import WORTH, GradeAnswer
from tutor.grading.calibration import Measured


class HumanMarkedAnswer(BaseModel):
    """An answer with people's verdicts on its points: one line of a file."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    question: Annotated[str, Field(min_length=1, max_length=80)]
    language: Language
    kind: Annotated[str, Field(min_length=1, max_length=40)]
    """Any word; each kind of answer gets its own figures."""
    answer: Annotated[str, Field(max_length=8_000)]
    verdicts: dict[str, Verdict]
    """The verdicts by point id."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well a grader does on some answers; a figure is None if they do not determine it."""

    answers: int
    points: int
    accuracy: Estimate | None
    """The share of points on which the grader agrees with people."""
    kappa: Estimate | None
    """Cohen's, of the three verdicts."""
    r: Estimate | None
    """Pearson's, of the score, over answers."""
    rmse: Estimate | None
    """The root mean squared error of the score, from 0 to 1."""
    partial_recall: Estimate | None
    """The share of the points partial for people that are partial for the grader."""


@dataclass(frozen=True, slots=True)
class MarkedReport:
    """The figures measured on a file."""

    grader: str
    skipped: int
    """How many points the bank does not have."""
    whole: Figures
    by_kind: Mapping[str, Figures]
    by_language: Mapping[str, Figures]

    @property
    def measured(self) -> Measured:
        """The figures that a calibration stores; there must be answers."""
        accuracy, kappa = self.whole.accuracy, self.whole.kappa
        assert accuracy is not None
        assert kappa is not None
        return Measured(accuracy=round(accuracy.value, 4), kappa=round(kappa.value, 4))

    def as_json(self) -> dict[str, object]:
        """The report for JSON, with the figures over all answers at the top."""
        return {
            "grader": self.grader,
            "skipped": self.skipped,
            **_as_json(self.whole),
            "by_kind": {name: _as_json(figures) for name, figures in self.by_kind.items()},
            "by_language": {name: _as_json(figures) for name, figures in self.by_language.items()},
        }


@dataclass(slots=True)
class _Tally:
    """The verdicts on the answers to one question."""

    verdicts: Counter[Rated] = field(default_factory=Counter)
    """Pairs of the people's verdict and the grader's."""
    scores: list[Pair] = field(default_factory=list)


_Tallies = dict[str, _Tally]
"""The tallies by question."""


def read_marked(path: Path) -> tuple[HumanMarkedAnswer, ...]:
    """The answers of a file of JSON lines. Raises `GradedFileUnusable`."""
    answers = tuple(answer for _, answer in json_rows(path, HumanMarkedAnswer))
    if not answers:
        raise GradedFileUnusable(
            f"{path}: the file has no answers", remedy="Name a file of JSON lines in UTF-8."
        )
    return answers


def measure_marked(
    answers: Iterable[HumanMarkedAnswer | Sample],
    bank: Bank,
    grade: GradeAnswer,
    source: random.Random,
    *,
    grader: str,
    done: Callable[[], None] = lambda: None,
    rounds: int = 1000,
) -> MarkedReport:
    """Grade every answer and compare; the intervals come from drawing whole questions again.

    Points and questions that the bank does not have are skipped, and their points counted. `done`
    is called after each answer.
    """
    skipped = 0
    whole: _Tallies = {}
    kinds: dict[str, _Tallies] = {}
    languages: dict[str, _Tallies] = {}
    for answer in answers:
        question = bank.question(answer.question) if answer.question in bank else None
        weights = {point.id: point.weight for point in question.rubric} if question else {}
        human = {id_: verdict for id_, verdict in answer.verdicts.items() if id_ in weights}
        skipped += len(answer.verdicts) - len(human)
        if question is not None and human:
            points = grade(question, answer.answer, answer.language).points
            verdicts = {point.id: point.final for point in points}
            by_grader = {id_: verdicts[id_] for id_ in human}
            by_kind = kinds.setdefault(answer.kind, {})
            by_language = languages.setdefault(answer.language, {})
            for group in (whole, by_kind, by_language):
                tally = group.setdefault(question.id, _Tally())
                tally.verdicts.update((verdict, by_grader[id_]) for id_, verdict in human.items())
                tally.scores.append((_share(human, weights), _share(by_grader, weights)))
        done()
    return MarkedReport(
        grader,
        skipped,
        _figures(whole, source, rounds),
        {name: _figures(group, source, rounds) for name, group in sorted(kinds.items())},
        {name: _figures(group, source, rounds) for name, group in sorted(languages.items())},
    )


def _share(verdicts: Mapping[str, Verdict], weights: Mapping[str, float]) -> float:
    """The share of the full mark of these points that the verdicts earn."""
    full = sum(weights[id_] for id_ in verdicts)
    return sum(weights[id_] * WORTH[verdict] for id_, verdict in verdicts.items()) / full


def _figures(tallies: _Tallies, source: random.Random, rounds: int) -> Figures:
    clusters = list(tallies.values())
    counts = _counted(clusters)
    scores = _scores(clusters)

    def figure(statistic: Callable[[Sequence[_Tally]], float], *, known: bool) -> Estimate | None:
        return estimate(clusters, statistic, source, rounds) if known else None

    return Figures(
        answers=len(scores),
        points=counts.total(),
        accuracy=figure(lambda some: accuracy(_counted(some)), known=bool(scores)),
        kappa=figure(lambda some: cohen_kappa(_counted(some)), known=bool(scores)),
        r=figure(lambda some: pearson(_scores(some)), known=len({one for one, _ in scores}) > 1),
        rmse=figure(lambda some: rmse(_scores(some)), known=bool(scores)),
        partial_recall=figure(
            _partial_recall, known=any(human is Verdict.PARTIAL for human, _ in counts)
        ),
    )


def _counted(tallies: Iterable[_Tally]) -> Counter[Rated]:
    counts: Counter[Rated] = Counter()
    for tally in tallies:
        counts.update(tally.verdicts)
    return counts


def _scores(tallies: Iterable[_Tally]) -> list[Pair]:
    return flat(tally.scores for tally in tallies)


def _partial_recall(tallies: Iterable[_Tally]) -> float:
    """The figure of the same name; 0 without a point that people found partial."""
    counts = _counted(tallies)
    partial = sum(count for (human, _), count in counts.items() if human is Verdict.PARTIAL)
    return counts[Verdict.PARTIAL, Verdict.PARTIAL] / partial if partial else 0.0


def _as_json(figures: Figures) -> dict[str, object]:
    data: dict[str, object] = {"answers": figures.answers, "points": figures.points}
    intervals: dict[str, tuple[float, ...] | None] = {}
    for name in ("accuracy", "kappa", "r", "rmse", "partial_recall"):
        estimate: Estimate | None = getattr(figures, name)
        data[name] = intervals[name] = None
        if estimate is not None:
            data[name] = round(estimate.value, 4)
            intervals[name] = tuple(round(border, 4) for border in estimate.interval)
    return data | {"intervals": intervals}
