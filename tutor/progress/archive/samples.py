"""Turns the student's own answers and verdicts into sample answers for the bank."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from tutor.bank import Bank, Sample, Verdict
from tutor.files import write_safely
from tutor.progress.errors import ProgressError, writing
from tutor.wrong_values import wrong_value

if TYPE_CHECKING:
    from tutor.grading import Grade
    from tutor.progress.events import Attempt

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""The characters that no file of a bank may contain."""
_LINE_END = re.compile(r"\r\n?")


class SamplesExist(ProgressError):
    """A file of sample answers would be overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} already exists.", remedy="Name another folder, or replace it with --force."
        )


class NoSample(ValueError):
    """Why an answer cannot be a sample answer."""


@dataclass(frozen=True)
class CollectedSamples:
    """Sample answers by section, and why other answers were skipped."""

    sections: Mapping[Path, tuple[Sample, ...]]
    """The sample answers for each file, `DECK/SECTION.samples.yaml`, in the bank's order."""
    skipped: tuple[str, ...]
    """`question: reason`, each once."""

    @property
    def count(self) -> int:
        """How many sample answers there are."""
        return sum(map(len, self.sections.values()))


def collect_samples(attempts: "Iterable[Attempt]", bank: Bank) -> CollectedSamples:
    """The answers in `attempts`, oldest first, as sample answers.

    Equal answers become one, with the last verdicts; *don't know* becomes none. Answers that the
    bank could not read, or to questions that have changed since, are skipped.
    """
    samples: dict[tuple[str, str, str], Sample] = {}
    skipped: dict[str, None] = {}
    for attempt in attempts:
        if attempt.gave_up:
            continue
        try:
            sample = sample_of(attempt, bank)
        except NoSample as error:
            skipped[f"{attempt.question}: {error}"] = None
        else:
            samples[sample.question, sample.language, sample.answer] = sample
    return CollectedSamples(_by_section(tuple(samples.values()), bank), tuple(skipped))


def sample_of(attempt: "Attempt", bank: Bank) -> Sample:
    """The answer with its final verdicts as a sample answer. Raises `NoSample`."""
    if attempt.question not in bank:
        raise NoSample("the question no longer exists")
    verdicts = {point.id: point.final for point in attempt.grade.points}
    if verdicts.keys() != {point.id for point in bank.question(attempt.question).rubric}:
        raise NoSample("the question's points have changed")
    try:
        return Sample(
            question=attempt.question,
            language=attempt.language,
            kind=_kind(attempt.grade),
            answer=_printable(attempt.answer),
            verdicts=verdicts,
        )
    except ValidationError as error:
        why = wrong_value(error.errors()[0])
        raise NoSample(f"the answer does not fit: it {why}") from error


def _kind(grade: "Grade") -> Literal["full", "partial", "wrong"]:
    verdicts = {point.final for point in grade.points}
    if verdicts == {Verdict.MET}:
        return "full"
    return "wrong" if verdicts == {Verdict.MISSED} else "partial"


def _printable(answer: str) -> str:
    text = _LINE_END.sub("\n", answer)
    bad = _CONTROL.search(text)
    if bad:
        raise NoSample(f"the answer contains the control character U+{ord(bad[0]):04X}")
    return text


def _by_section(samples: Sequence[Sample], bank: Bank) -> dict[Path, tuple[Sample, ...]]:
    order = {id_: at for at, id_ in enumerate(bank.question_ids)}
    sections: dict[Path, tuple[Sample, ...]] = {}
    for sample in sorted(samples, key=lambda sample: order[sample.question]):
        info = bank.info(sample.question)
        path = Path(info.deck) / f"{info.section.key}.samples.yaml"
        sections[path] = (*sections.get(path, ()), sample)
    return sections


def to_yaml(samples: Iterable[Sample]) -> str:
    """The samples as a file of the bank, in which the lines of an answer stay lines."""
    import yaml  # here: no other part of progress reads or writes YAML

    class Dumper(yaml.SafeDumper):
        """Writes texts of several lines as blocks."""

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        style = "|" if "\n" in text else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    rows = [sample.model_dump(mode="json", exclude_defaults=True) for sample in samples]
    text: str = yaml.dump(
        {"samples": rows},
        Dumper=Dumper,
        allow_unicode=True,
        default_flow_style=None,
        sort_keys=False,
        width=100,
    )
    return text


def write_samples(
    folder: Path, collected: CollectedSamples, *, force: bool = False
) -> tuple[Path, ...]:
    """Write the files of `collected` into `folder`; returns their paths.

    Raises SamplesExist before anything is written, unless with `force`, and ProfileNotWritable.
    """
    files = {folder / path: to_yaml(samples) for path, samples in collected.sections.items()}
    for path in files:
        if path.exists() and not force:
            raise SamplesExist(path)
    for path, text in files.items():
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_safely(path, text.encode())
    return tuple(files)
