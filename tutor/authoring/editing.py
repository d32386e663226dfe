"""Changing a question in an editor: a text to edit, the bank's checks of it, and its saving.

What the bank reads stays as it is until the changed text is right. A text with mistakes is kept in
the profile and can be taken up again. Built-in decks are copied into the profile before the first
change.
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
    """The deck's file is not what it was when the change was begun."""

    def __init__(self, file: Path, draft: Path) -> None:
        super().__init__(
            f"{file} was changed while you edited it. Nothing was overwritten.",
            remedy=f"Your text is in {draft}: take over by hand what you want to keep.",
        )


@dataclass(frozen=True, slots=True)
class QuestionEdit:
    """A change that was begun."""

    question: str
    deck: DeckInfo
    file: Path
    """The section's file, which the bank reads."""
    draft: Path
    """The student's text, in the profile."""
    resumed: bool = False
    """Whether the text is from an earlier change that was not finished."""

    @property
    def base(self) -> Path:
        """What the section's file was when the change was begun."""
        return self.draft.with_name(f"{self.draft.name}.base")

    def is_unchanged(self) -> bool:
        """Whether the text is what it was, to the last byte. Raises OSError."""
        return self.draft.read_bytes() == self.base.read_bytes()

    @property
    def line(self) -> int:
        """The line of the question in the text, from 1."""
        here = read_section(self.draft, self.deck.id).line(self.question)
        return here or read_section(self.file, self.deck.id).line(self.question) or 1


@dataclass(frozen=True, slots=True)
class CheckedEdit:
    """What the bank says of a student's text."""

    errors: tuple[Problem, ...]
    """Why the text, or a question in it, could not be read; nothing can be saved."""
    remarks: tuple[Problem, ...]
    """New errors by the checks of content in changed questions; it can be saved all the same."""
    changed: tuple[str, ...]
    """The questions that are new or not as they were."""


@dataclass(frozen=True, slots=True)
class SavedEdit:
    """What came of a change."""

    file: Path
    """The file that the bank reads now."""
    copied: bool
    """Whether the built-in deck was copied into the profile for it."""
    unmarked: tuple[str, ...]
    """The questions with points that are no longer marked as drafted, since they were changed."""
    samples_kept: Path | None
    """Where sample answers are that fit their question no longer; None where all do."""


def begin_edit(bank: Bank, id_: str, paths: Paths, now: datetime) -> QuestionEdit:
    """A text to edit: that of the question's section, or of a change to it that was not finished.

    An unfinished text that another change of the file overtook is kept under another name. Raises
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
    known = {_said(each) for each in _objections(edit, before, changed, checks)}
    remarks = (
        each for each in _objections(edit, after, changed, checks) if _said(each) not in known
    )
    return CheckedEdit((), tuple(remarks), changed)


def save_edit(edit: QuestionEdit, paths: Paths, now: datetime) -> SavedEdit:
    """Have the student's text, which was checked, read from now on.

    Raises `DeckChanged` and `ProfileNotWritable`; nothing has changed then.
    """
    with writing(edit.draft):
        return _save(edit, paths, now)


def _save(edit: QuestionEdit, paths: Paths, now: datetime) -> SavedEdit:
    if edit.base.read_bytes() != edit.file.read_bytes():
        raise DeckChanged(edit.file, edit.draft)
    text = edit.draft.read_bytes().decode("utf-8-sig")
    before, after = read_section(edit.file, edit.deck.id), read_section(edit.draft, edit.deck.id)
    unmarked: list[str] = []
    for id_, left, fewer in _reviewed(before, after):
        number = after.number(id_)
        changed = None if number is None else with_mark(text, number, left)
        if changed is not None:
            text = changed
            unmarked += [id_] * fewer
    files: dict[str, bytes | None] = {edit.file.name: text.encode()}
    samples = samples_path(edit.file)
    fitting = _fitting_samples(samples, after) if samples.exists() else None
    set_aside = None
    if fitting is not None:
        set_aside = aside_name(edit.draft.with_name(samples.name), now, "unfit")
        write_safely(set_aside, samples.read_bytes())
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
    return SavedEdit(folder / edit.file.name, copied, tuple(unmarked), set_aside)


def saved_words(saved: SavedEdit) -> list[str]:
    """What came of a change, in sentences."""
    sentences = ["Saved."]
    if saved.copied:
        sentences.append(f"{saved.file.parent.name} is now your own copy of the built-in deck.")
    if saved.unmarked:
        sentences.append("The points that you changed no longer count as drafted.")
    if saved.samples_kept is not None:
        sentences.append(f"Sample answers that no longer fit are kept in {saved.samples_kept}.")
    return sentences


def drop_edit(edit: QuestionEdit) -> None:
    """Forget the student's text."""
    for file in (edit.draft, edit.base):
        with suppress(OSError):
            file.unlink()


def _objections(
    edit: QuestionEdit, section: ReadSection, ids: Sequence[str], checks: Sequence[Check]
) -> Iterator[Problem]:
    samples = {info.id: info.samples for info in edit.deck.questions}
    for problem in section.findings(ids, edit.deck.language, samples, checks):
        if problem.severity == "error":
            yield problem


def _said(problem: Problem) -> tuple[str, str]:
    """What is objected to, wherever in the file the question is now."""
    return problem.field.partition(".")[2], problem.message


def _taken_ids(edit: QuestionEdit, section: ReadSection, bank: Bank) -> Iterator[Problem]:
    """Ids that a question of another file has."""
    for number, question in enumerate(section.questions):
        id_ = question.id
        is_ours = id_.startswith(f"{edit.deck.id}.")  # else that is said already
        if is_ours and id_ in bank and (other := bank.info(id_).file) != edit.file:
            message = f"the id {id_} is already used in {other}"
            remedy = "Give this question another number."
            yield section.document.problem(("questions", number, "id"), message, remedy)


def _reviewed(before: ReadSection, after: ReadSection) -> Iterator[tuple[str, list[str], bool]]:
    """The drafted questions that were changed, the points still as drafted, whether they are fewer.

    If an imported question has other texts, its points are named all the same: a mark that names
    points is what tells the next import that it is a student's own work.
    """
    old = {question.id: question for question in before.questions}
    for question in after.questions:
        earlier = old.get(question.id)
        if earlier is None or not question.drafted:
            continue
        fewer = earlier.rubric != question.rubric
        texts = (earlier.prompt, earlier.answer) != (question.prompt, question.answer)
        if fewer or (texts and question.source is not None and question.drafted is True):
            same = [point.id for point in question.rubric if point in earlier.rubric]
            yield question.id, [*filter(question.is_drafted, same)], fewer


def _fitting_samples(file: Path, section: ReadSection) -> bytes | None:
    """The samples' text without those that fit their question no longer; empty if none is left.

    None where all fit, or where the text is laid out so that none can be taken out.
    """
    text = file.read_bytes()
    found, _ = read_samples(text, file)
    points = {each.id: {point.id for point in each.rubric} for each in section.questions}
    unfit = {
        number
        for number, sample in enumerate(found.samples if found else ())
        if sample.verdicts.keys() != points.get(sample.question)
    }
    if found is None or not unfit:
        return None
    if len(unfit) == len(found.samples):
        return b""
    rest = without_entries(text.decode("utf-8-sig"), "samples", unfit)
    return None if rest is None else rest.encode()
