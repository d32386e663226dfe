"""Saves a student's answer and its verdicts as a sample answer of the student's own deck."""

from pathlib import Path
from typing import TYPE_CHECKING

from tutor.authoring.copies import is_own
from tutor.authoring.deck_text import DeckText, UnusualLayout
from tutor.bank import Bank, Sample
from tutor.bank.outline import parse
from tutor.bank.source_files import samples_path
from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.paths import Paths
from tutor.progress.archive.samples import NoSample, sample_of
from tutor.progress.errors import writing

if TYPE_CHECKING:
    from tutor.progress import Attempt


class SampleRefused(TutorError):
    """An answer cannot be saved as a sample answer."""


class DeckIsBuiltIn(SampleRefused):
    """The answer's deck is built in, and only a copy of it can be changed."""


def save_sample(attempt: "Attempt", bank: Bank, paths: Paths) -> str:
    """Add the answer to its section's sample answers; return a sentence that says what was done.

    If the same answer is already a sample, its verdicts are replaced. Nothing is fitted on it, so
    its split is `test`. Raises `SampleRefused` (`DeckIsBuiltIn` for a built-in deck) and
    `ProfileNotWritable`.
    """
    deck = bank.deck_of(attempt.question)
    if not is_own(deck, paths):
        raise DeckIsBuiltIn(
            f"{deck.id} is a built-in deck, which is never changed.",
            remedy=f"Make your own copy first: tutor bank copy {deck.id}",
        )
    try:
        sample = sample_of(attempt, bank).model_copy(update={"split": "test"})
    except NoSample as error:
        raise SampleRefused(f"Not saved as a sample answer: {error}.") from error
    file = samples_path(bank.info(attempt.question).file)
    with writing(file):
        return _save(sample, file)


def _save(sample: Sample, file: Path) -> str:
    samples: tuple[Sample, ...] = ()
    if file.exists():
        parsed = parse(file, "samples")
        if parsed.samples is None:
            raise SampleRefused(f"{file} cannot be read.", remedy="See: tutor bank check")
        samples = parsed.samples.samples
    same = [at for at, other in enumerate(samples) if _answered(other) == _answered(sample)]
    if same and samples[same[0]].verdicts == sample.verdicts:
        return "This answer is already a sample answer, with these verdicts."
    try:
        text = DeckText.of(parsed) if samples else DeckText.new()
        for number in same:
            text.remove(number)
        text.add(sample)
        write_safely(file, text.written())
    except UnusualLayout as error:
        raise SampleRefused(
            f"The layout of {file} does not allow the tutor to change it.",
            remedy="Write each sample as an entry of its own, beginning with `- question:`.",
        ) from error
    return "The sample answer now has your verdicts." if same else "Saved as a sample answer."


def _answered(sample: Sample) -> tuple[str, str, list[str]]:
    """What makes two samples the same answer, however it is spaced."""
    return sample.question, sample.language, sample.answer.split()
