"""An answer of the student's own, with its verdicts, as a sample answer of the student's deck."""

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.authoring.copies import is_own
from tutor.authoring.yaml_text import with_entry, without_entries
from tutor.bank import Bank, Sample
from tutor.bank.section_reader import read_samples
from tutor.bank.source_files import samples_path
from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.paths import Paths
from tutor.progress.archive.samples import NoSample, sample_of, to_yaml
from tutor.progress.errors import writing

if TYPE_CHECKING:
    from tutor.progress import Attempt


class SampleRefused(TutorError):
    """An answer cannot be saved as a sample answer."""


class DeckIsBuiltIn(SampleRefused):
    """A built-in deck is never changed; a copy of it can be."""

    def __init__(self, deck: str) -> None:
        super().__init__(
            f"{deck} is a built-in deck, which is never changed.",
            remedy=f"Make your own copy first: tutor bank copy {deck}",
        )


def save_sample(attempt: "Attempt", bank: Bank, paths: Paths) -> str:
    """Add the answer to the samples of its section; returns what was done, in a sentence.

    The same answer is never there twice: its verdicts are replaced. Nothing is fitted on it, so its
    split is `test`. Raises `SampleRefused`, for a built-in deck `DeckIsBuiltIn`, and
    `ProfileNotWritable`.
    """
    info = bank.info(attempt.question)
    deck = bank.deck(info.deck)
    if not is_own(deck, paths):
        raise DeckIsBuiltIn(deck.id)
    try:
        sample = sample_of(attempt, bank).model_copy(update={"split": "test"})
    except NoSample as error:
        raise SampleRefused(f"Not saved as a sample answer: {error}.") from error
    file = samples_path(info.file)
    with writing(file):
        return _save(sample, file)


def _save(sample: Sample, file: Path) -> str:
    outcome, text = "Saved as a sample answer.", ""
    if file.exists():
        data = file.read_bytes()
        found, _ = read_samples(data, file)
        if found is None:
            raise SampleRefused(f"{file} cannot be read.", remedy="See: tutor bank check")
        same = [at for at, each in enumerate(found.samples) if _is_same(each, sample)]
        if same and found.samples[same[0]].verdicts == sample.verdicts:
            return "This answer is already a sample, with these verdicts."
        text = data.decode("utf-8-sig")
        if same:
            outcome = "The sample answer has your verdicts now."
            only = len(found.samples) == len(same)
            text = "" if only else _or_refuse(without_entries(text, "samples", {*same}), file)
    entry = to_yaml([sample])
    if text:
        text = _or_refuse(with_entry(text, "samples", entry.partition("\n")[2]), file)
    write_safely(file, (text or entry).encode())
    return outcome


def _is_same(one: Sample, other: Sample) -> bool:
    def words(sample: Sample) -> tuple[str, str, list[str]]:
        return sample.question, sample.language, sample.answer.split()

    return words(one) == words(other)


def _or_refuse(text: str | None, file: Path) -> str:
    if text is None:
        raise SampleRefused(
            f"{file} is laid out so that nothing can be added to it.",
            remedy="Write each sample as an entry of its own, beginning with `- question:`.",
        )
    return text
