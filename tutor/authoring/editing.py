"""Changes a question in an editor: prepares a text to edit, checks it, and saves it.

What the bank reads stays unchanged until the edited text is correct. A text with mistakes is kept
in the profile, and editing can be resumed. Built-in decks are copied into the profile before the
first change.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tutor.authoring.copies import copy_deck, folder_of, is_own
from tutor.authoring.yaml_text import with_mark, without_entries
from tutor.bank import Bank, DeckInfo, Problem
from tutor.bank.problems import Check
from tutor.bank.section_reader import ReadSection, read_samples, read_section
from tutor.bank.source_files import samples_path
from tutor.errors import TutorError
from tutor.files import aside_name, set_aside, write_safely
from tutor.paths import Paths, private_folder
from tutor.progress.errors import writing


class DeckChanged(TutorError):
    """The deck's file has changed since the edit was begun."""

    def __init__(self, file: Path, draft: Path) -> None:
        super().__init__(
            f"{file} was changed while you edited it. Nothing was overwritten.",
            remedy=f"Your text is in {draft}: copy what you want to keep by hand.",
        )


@dataclass(frozen=True, slots=True)
class QuestionEdit:
    """An edit that was begun."""

    question: str
    deck: DeckInfo
    file: Path
    """The section's file, which the bank reads."""
    draft: Path
    """The student's text, in the profile."""
    resumed: bool = False
    """Whether the text is from an earlier edit that was not finished."""

    @property
    def base(self) -> Path:
        """The section's file as it was when the edit was begun."""
        return self.draft.with_name(f"{self.draft.name}.base")

    def is_unchanged(self) -> bool:
        """Whether the text is unchanged, byte for byte. Raises OSError."""
        return self.draft.read_bytes() == self.base.read_bytes()

    @property
    def line(self) -> int:
        """The line of the question in the text, from 1."""
        for file in (self.draft, self.file):
            if line := read_section(file, self.deck.id).line(self.question):
                return line
        return 1


@dataclass(frozen=True, slots=True)
class CheckedEdit:
    """The result of checking a student's text."""

    errors: tuple[Problem, ...]
    """Why the text, or a question in it, cannot be read; it cannot be saved."""
    remarks: tuple[Problem, ...]
    """Errors that the content checks newly find in changed questions; it can still be saved."""
    changed: tuple[str, ...]
    """The ids of the questions that are new or changed."""


@dataclass(frozen=True, slots=True)
class SavedEdit:
    """The result of saving an edit."""

    file: Path
    """The file that the bank reads now."""
    copied: bool
    """Whether the built-in deck was copied into the profile."""
    unmarked: tuple[str, ...]
    """The questions with points that are no longer marked as drafted, since they were changed."""
    samples_kept: Path | None
    """Where the sample answers are that no longer fit their question; None if all fit."""


def begin_edit(bank: Bank, id_: str, paths: Paths, now: datetime) -> QuestionEdit:
    """Prepare a text to edit: the question's section, or an unfinished edit of it.

    If the section has changed since the unfinished edit, that is kept under another name. Raises
    `BankError` for an unknown question and `ProfileNotWritable`.
    """
    info = bank.info(id_)
    deck = bank.deck(info.deck)
    draft = paths.edits / deck.id / info.file.name
    edit = QuestionEdit(id_, deck, info.file, draft)
    with writing(draft):
        text = info.file.read_bytes()
        private_folder(draft.parent)
        if draft.exists():
            if edit.base.exists() and edit.base.read_bytes() == text:
                return replace(edit, resumed=draft.read_bytes() != text)
            set_aside(draft, now, "overtaken")
        write_safely(edit.base, text)
        write_safely(draft, text)
    return edit


def check_edit(edit: QuestionEdit, bank: Bank) -> CheckedEdit:
    """Check the student's text as `tutor bank check` does."""
    from tutor.grading.author_checks import author_checks

    before, after = read_section(edit.file, edit.deck.id), read_section(edit.draft, edit.deck.id)
    errors = (*after.problems, *_taken_ids(edit, after, bank))
    if errors:
        return CheckedEdit(errors, (), ())
    old = {question.id: question for question in before.questions}
    changed = tuple(each.id for each in after.questions if old.get(each.id) != each)
    checks = author_checks({})
    known = {_objection(each) for each in _content_errors(edit, before, changed, checks)}
    remarks = (
        each
        for each in _content_errors(edit, after, changed, checks)
        if _objection(each) not in known
    )
    return CheckedEdit((), tuple(remarks), changed)


def save_edit(edit: QuestionEdit, paths: Paths, now: datetime) -> SavedEdit:
    """Save the student's text, which was checked, so that the bank reads it.

    Raises `DeckChanged` and `ProfileNotWritable`; nothing has changed then.
    """
    with writing(edit.draft):
        return _save(edit, paths, now)


def _save(edit: QuestionEdit, paths: Paths, now: datetime) -> SavedEdit:
    if edit.base.read_bytes() != edit.file.read_bytes():
        raise DeckChanged(edit.file, edit.draft)
    before, after = read_section(edit.file, edit.deck.id), read_section(edit.draft, edit.deck.id)
    draft = edit.draft.read_bytes().decode("utf-8-sig")  # as bytes, to keep the line ends
    text, unmarked = _with_new_marks(draft, before, after)
    files: dict[str, bytes | None] = {edit.file.name: text.encode()}
    samples = samples_path(edit.file)
    fitting = _fitting_samples(samples, after) if samples.exists() else None
    samples_kept = None
    if fitting is not None:
        samples_kept = aside_name(edit.draft.with_name(samples.name), now, "unfit")
        write_safely(samples_kept, samples.read_bytes())
        files[samples.name] = fitting or None
    if copied := not is_own(edit.deck, paths):
        folder = copy_deck(edit.deck, paths, files)
    else:
        folder = folder_of(edit.deck)
        for name, data in files.items():
            if data is None:
                (folder / name).unlink()
            else:
                write_safely(folder / name, data)
    drop_edit(edit)
    return SavedEdit(folder / edit.file.name, copied, unmarked, samples_kept)


def saved_words(saved: SavedEdit) -> list[str]:
    """The result of saving an edit, in sentences."""
    sentences = ["Saved."]
    if saved.copied:
        sentences.append(f"{saved.file.parent.name} is now your own copy of the built-in deck.")
    if saved.unmarked:
        sentences.append("The points that you changed no longer count as drafted.")
    if saved.samples_kept is not None:
        sentences.append(f"Sample answers that no longer fit are kept in {saved.samples_kept}.")
    return sentences


def drop_edit(edit: QuestionEdit) -> None:
    """Delete the student's text."""
    for file in (edit.draft, edit.base):
        with suppress(OSError):
            file.unlink()


def _content_errors(
    edit: QuestionEdit, section: ReadSection, ids: Sequence[str], checks: Sequence[Check]
) -> Iterator[Problem]:
    samples = {info.id: info.samples for info in edit.deck.questions}
    for problem in section.findings(ids, edit.deck.language, samples, checks):
        if problem.severity == "error":
            yield problem


def _objection(problem: Problem) -> tuple[str, str]:
    """What a problem is about, wherever the question is in the file."""
    return problem.field.partition(".")[2], problem.message


def _taken_ids(edit: QuestionEdit, section: ReadSection, bank: Bank) -> Iterator[Problem]:
    """Ids that questions in other files already have."""
    for number, question in enumerate(section.questions):
        id_ = question.id
        has_prefix = id_.startswith(f"{edit.deck.id}.")  # else `section.problems` says so
        if has_prefix and id_ in bank and (other := bank.info(id_).file) != edit.file:
            message = f"the id {id_} is already used in {other}"
            remedy = "Give this question another number."
            yield section.document.problem(("questions", number, "id"), message, remedy)


def _with_new_marks(
    text: str, before: ReadSection, after: ReadSection
) -> tuple[str, tuple[str, ...]]:
    """The text in which changed points are not marked as drafted, and the ids of their questions.

    If the prompt or answer of an imported question has changed, its mark names all its drafted
    points: that shows the next import that the question is a student's own work.
    """
    old = {question.id: question for question in before.questions}
    unmarked: list[str] = []
    for number, question in enumerate(after.questions):
        earlier = old.get(question.id)
        if earlier is None or not question.drafted:
            continue
        has_new_points = earlier.rubric != question.rubric
        has_new_texts = (earlier.prompt, earlier.answer) != (question.prompt, question.answer)
        is_imported = question.source is not None and question.drafted is True
        if has_new_points or (has_new_texts and is_imported):
            same = [point.id for point in question.rubric if point in earlier.rubric]
            changed = with_mark(text, number, [*filter(question.is_drafted, same)])
            if changed is not None:
                text = changed
                unmarked += [question.id] * has_new_points
    return text, tuple(unmarked)


def _fitting_samples(file: Path, section: ReadSection) -> bytes | None:
    """The file without the samples that no longer fit their question; empty if none is left.

    None if all fit, or if the file's layout does not allow samples to be removed.
    """
    data = file.read_bytes()
    samples, _ = read_samples(data, file)
    if samples is None:
        return None
    points = {each.id: {point.id for point in each.rubric} for each in section.questions}
    unfit = {
        number
        for number, sample in enumerate(samples.samples)
        if sample.verdicts.keys() != points.get(sample.question)
    }
    if not unfit:
        return None
    if len(unfit) == len(samples.samples):
        return b""
    rest = without_entries(data.decode("utf-8-sig"), "samples", unfit)
    return None if rest is None else rest.encode()
