"""Generates the bank's sample answers from the packs: `python -m training samples`.

`training/answers/` is the source; do not edit the `.samples.yaml` files of our decks by hand.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.marking import Marked, disputed, labelled, read_answers, read_marks
from tutor.bank import Bank, DeckInfo, Sample

ANSWERS = Path(__file__).parent / "answers"
EARLIER = "earlier"
"""The folder of answers that were not written blind, but by people who knew the terms. They are for
training only."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Answers to some questions, and the files of their marks."""

    file: Path

    @property
    def is_earlier(self) -> bool:
        """Whether its answers are for training only."""
        return self.file.parent.name == EARLIER

    def marks(self, who: str) -> Path:
        """The file with the marks of A, B, or C, who decides."""
        return self.file.with_name(f"{self.file.stem}.{who}.txt")


def packs(folder: Path) -> list[Pack]:
    """All packs, sorted by name; the earlier ones come last."""
    places = (folder, folder / EARLIER)
    return [Pack(file) for place in places for file in sorted(place.glob("*.jsonl"))]


def read_pack(pack: Pack, bank: Bank) -> Marked:
    """Read a pack with its marks. Raises `MarksUnusable` and `GradedFileUnusable`."""
    answers = labelled(read_answers(pack.file))
    questions = {id_: bank.question(id_) for id_ in {each.question for each in answers.values()}}
    one = read_marks(pack.marks("A"), answers, questions)
    other = read_marks(pack.marks("B"), answers, questions)
    undecided = {label: answers[label] for label in disputed(one, other)}
    third = read_marks(pack.marks("C"), undecided, questions) if undecided else {}
    return Marked(answers, questions, one, other, third)


def all_samples(bank: Bank, folder: Path) -> Iterator[Sample]:
    """Every sample answer, pack by pack; for questions set apart, only the blind ones."""
    apart = frozenset(id_ for deck in bank.decks for id_ in kept_apart(deck))
    for pack in packs(folder):
        for sample in read_pack(pack, bank).samples(apart):
            if not pack.is_earlier:
                yield sample
            elif sample.split != "apart":
                yield sample.model_copy(update={"split": "train"})


def kept_apart(deck: DeckInfo) -> Sequence[str]:
    """A fifth of a deck's questions, by a hash, whose answers train and calibrate nothing."""
    ids = [info.id for info in deck.questions]

    def order(id_: str) -> tuple[bool, int]:
        number = int(hashlib.sha256(id_.encode()).hexdigest()[:8], 16)
        return number % 5 != 0, number

    return sorted(ids, key=order)[: round(len(ids) / 5)]


def by_file(bank: Bank, samples: Sequence[Sample]) -> Mapping[Path, list[Sample]]:
    """The samples for every `.samples.yaml`, in the bank's order."""
    order = {id_: at for at, id_ in enumerate(bank.question_ids)}
    files: dict[Path, list[Sample]] = {}
    for sample in sorted(samples, key=lambda sample: order[sample.question]):
        section = bank.info(sample.question).file
        files.setdefault(section.with_suffix(".samples.yaml"), []).append(sample)
    return files
