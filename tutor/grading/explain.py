"""Explains a grade: every number that went into it, and the prompt as the model read it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tutor.bank import Verdict
from tutor.engine.api import Distribution, Token
from tutor.formatting import percent
from tutor.grading.calibration import Calibration, Signal, Signals, weighted_sum
from tutor.grading.grade import Grade
from tutor.grading.keyterms.coverage import Coverage
from tutor.grading.model_grader import AnswerReading, PointReading
from tutor.grading.network import OF_ANSWER, OF_POINT
from tutor.grading.probabilities import Probabilities
from tutor.grading.prompt_forms import FormName
from tutor.grading.signals import term_signals

Kind = Literal["plain", "trusted", "untrusted", "strong", "dim"]


@dataclass(frozen=True, slots=True)
class PromptPiece:
    """A piece of text for display; untrusted if it is not from the tutor."""

    text: str
    kind: Kind = "plain"


Line = tuple[PromptPiece, ...]


@dataclass(frozen=True, slots=True)
class ExplanationSection:
    """A heading with its lines."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a grade is as it is."""

    sections: tuple[ExplanationSection, ...]


_SIGNALS = {
    Signal.TERMS: "key terms found",
    Signal.OVERLAP: "words of the point found",
    Signal.LABEL: "the model's log-odds of met to missed",
    Signal.GAIN: "gain in likelihood of the point's text",
}


def explain_reading(reading: AnswerReading, tokens: Sequence[Token], grade: Grade) -> Explanation:
    """Explain a grade by a model; `tokens` are those of the first point's branch."""
    return Explanation(
        (
            _about(grade, reading.calibration, _model_lines(reading)),
            *(
                ExplanationSection(
                    f"{number}. {point.coverage.point.point.to(grade.language)}",
                    tuple(_point_lines(point, reading)),
                )
                for number, point in enumerate(reading.points, 1)
            ),
            *_network_sections(reading),
            ExplanationSection(
                "What the model reads for point 1, token by token", tuple(_token_lines(tokens))
            ),
        )
    )


def explain_terms(
    coverage: Sequence[Coverage], calibration: Calibration | None, grade: Grade
) -> Explanation:
    """Explain a grade by key terms; `calibration` is the one it was made with."""
    return Explanation(
        (
            _about(grade, calibration, ()),
            *(
                ExplanationSection(
                    f"{number}. {each.point.point.to(grade.language)}",
                    (
                        *_coverage_lines(each),
                        *_sum_lines(term_signals(each), calibration if each.point.terms else None),
                    ),
                )
                for number, each in enumerate(coverage, 1)
            ),
        )
    )


def explain_rule(grade: Grade) -> Explanation:
    """Explain a grade by a rule or by the student."""
    return Explanation((_about(grade, None, ()),))


def _about(
    grade: Grade, calibration: Calibration | None, model_lines: Sequence[Line]
) -> ExplanationSection:
    grader = grade.grader
    lines = [_line(f"{grader.words}, version {grader.version}"), *model_lines]
    if grader.prompt:
        lines.append(_line(f"prompts {grader.prompt}"))
    if calibration is not None:
        lines.append(_line(
            f"calibration {calibration.id}, fitted on {calibration.points:,} points of "
            f"{calibration.questions} questions with human verdicts"
        ))  # fmt: skip
        lines += [
            _line(f"  {name}: {percent(result.accuracy)} of points right, kappa {result.kappa:.2f}")
            for name, result in calibration.found.items()
        ]
    elif grader.name in ("model", "terms"):
        lines.append(_line("not calibrated: raw values"))
    if grade.remark:
        lines.append(_line(grade.remark))
    return ExplanationSection("Who graded", tuple(lines))


def _model_lines(reading: AnswerReading) -> tuple[Line, ...]:
    info, spent = reading.info, reading.spent
    labels = reading.asked.branches[0].asks[0].labels
    return (
        _line(f"model {info.name}, {info.parameters / 1e6:,.0f} million parameters"),
        _line(f"file {info.fingerprint}"),
        _line(f"form {reading.form.value}, labels {', '.join(map(repr, labels))}"),
        _line(
            f"time just now, partly from the cache: answer {spent.answer * 1000:.0f} ms, "
            f"empty answer {spent.empty * 1000:.0f} ms, key terms {spent.terms * 1000:.0f} ms"
        ),
    )


def _point_lines(point: PointReading, reading: AnswerReading) -> Iterator[Line]:
    verdict, probabilities = point.verdict, point.probabilities
    yield (PromptPiece(f"{verdict.value} {percent(probabilities.of(verdict))}", "strong"),)
    labels = point.scored.distributions[0]
    if reading.form is FormName.TRAINED:
        yield _line(f"  labels for this answer: {_labels(labels)}")
    else:
        yield _line(f"  labels for this answer: {_labels_and_mass(labels)}")
    if point.empty is not None:
        yield _line(f"  for an empty answer: {_labels_and_mass(point.empty.distributions[0])}")
    yield from _coverage_lines(point.coverage)
    if reading.calibration is not None and reading.calibration.network and point.inputs:
        yield _line(f"  the small network, from the whole answer: {_verdicts(probabilities)}")
    else:
        yield from _sum_lines(point.signals, reading.calibration)
    if point.coverage.drafted and reading.judge_share is not None:
        share = percent(1 - reading.judge_share)
        yield _line(f"  drafted rubric, so the key terms count for {share} of the verdict")
        yield _line(
            f"  share of the marks that the key terms expect: {point.coverage.expected:.2f}"
        )
        yield _line(f"  combined: {_verdicts(probabilities)}")
    if len(point.scored.distributions) > 1:
        yield _line("  evidence candidates:")
        yield from _candidates(point.scored.distributions[1], reading.asked.sentences)


def _labels_and_mass(distribution: Distribution) -> str:
    return f"{_labels(distribution)} (together {distribution.mass:.3f} of all tokens)"


def _labels(distribution: Distribution) -> str:
    pairs = zip(distribution.labels, distribution.log_probabilities, strict=True)
    return ", ".join(f"{label.strip()} {math.exp(chance):.3f}" for label, chance in pairs)


def _candidates(distribution: Distribution, sentences: Sequence[str]) -> Iterator[Line]:
    for number, (chance, sentence) in enumerate(
        zip(distribution.log_probabilities, sentences, strict=True), 1
    ):
        yield (
            PromptPiece(f"    {number}  {math.exp(chance):.3f}  "),
            PromptPiece(sentence, "untrusted"),
        )


def _coverage_lines(coverage: Coverage) -> Iterator[Line]:
    places = [
        f"{share:.2g} in sentence {number}"
        for number, share in enumerate(coverage.by_sentence, 1)
        if share
    ]
    where = f" ({', '.join(places)})" if places else ""
    yield _line(f"  key terms found: {percent(coverage.share)}{where}")


def _sum_lines(signals: Signals, calibration: Calibration | None) -> Iterator[Line]:
    """Show how the signals add up, and the probabilities that follow from the thresholds."""
    if calibration is None:
        return
    for name, weight in calibration.weights.items():
        value = signals.get(name, 0.0)
        product = f"{weight:.2f} × {value:+.2f} = {weight * value:+.2f}"
        yield _line(f"  {product}  {_SIGNALS[name]}")
    thresholds = f"partial from {calibration.partial:+.2f}, met from {calibration.met:+.2f}"
    yield _line(f"  sum {weighted_sum(signals, calibration.weights):+.2f}; {thresholds}")
    yield _line(f"  calibrated: {_verdicts(calibration.probabilities(signals))}")


def _network_sections(reading: AnswerReading) -> Iterator[ExplanationSection]:
    """Show every input of the network: a column for each point, then those of the answer."""
    inputs = [point.inputs for point in reading.points]
    if reading.calibration is None or reading.calibration.network is None or not inputs[0]:
        return
    numbers = "".join(f"{number:>7}" for number in range(1, len(inputs) + 1))
    lines = [_line(f"{numbers}  point")]
    for name, *values in zip(OF_POINT, *inputs, strict=False):
        lines.append(_line(f"{''.join(f'{value:>+7.2f}' for value in values)}  {name}"))
    lines.append(_line("For the whole answer:"))
    for name, value in zip(OF_ANSWER, inputs[0][len(OF_POINT) :], strict=True):
        lines.append(_line(f"{value:>+7.2f}  {name}"))
    yield ExplanationSection("What the small network reads", tuple(lines))


def _verdicts(probabilities: Probabilities) -> str:
    return ", ".join(f"{verdict.value} {probabilities.of(verdict):.3f}" for verdict in Verdict)


def _token_lines(tokens: Sequence[Token]) -> Iterator[Line]:
    """One line for each line of the prompt, with `|` between tokens."""
    line: list[PromptPiece] = []
    for token in tokens:
        kind: Kind = "trusted" if token.trusted else "untrusted"
        *ended, rest = token.text.split("\n")
        for part in ended:
            yield (*line, PromptPiece(f"{part}⏎", kind))
            line = []
        if rest:
            line += [PromptPiece(rest, kind), PromptPiece("|", "dim")]
    if line:
        yield tuple(line)


def _line(text: str) -> Line:
    return (PromptPiece(text),)
