"""Changes a question in an editor: prepares a text to edit, checks it, and saves it.

What the bank reads stays unchanged until the edited text is correct. A text with mistakes is kept
in the profile, and editing can be resumed. Built-in decks are copied into the profile before the
first change.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tutor.authoring.copies import copy_deck, is_own
from tutor.authoring.deck_text import DeckText, UnusualLayout
from tutor.bank import Bank, DeckInfo, Problem, Question
from tutor.bank.lint import content_check, section_problems
from tutor.bank.outline import Parsed, parse, parse_section
from tutor.bank.source_files import samples_path
from tutor.errors import TutorError
from tutor.files import aside_name, set_aside, write_safely
from tutor.paths import Paths, private_folder
from tutor.progress.errors import writing


class DeckChanged(TutorError):
    """The deck's file has changed since the edit was begun."""


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
            parsed = parse(file, "section")
            if (number := parsed.number(self.question)) is not None:
                return parsed.document.line(("questions", number))
        return 1


@dataclass(frozen=True, slots=True)
class CheckedEdit:
    """The result of checking a student's text."""

    errors: tuple[Problem, ...]
    """Why the text, or a question in it, cannot be read; it cannot be saved."""
    remarks: tuple[Problem, ...]
    """Errors that the content checks newly find in changed questions; it can still be saved."""


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
    deck = bank.deck_of(id_)
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

    before, after = _parsed(edit)
    errors = (*after.problems, *_taken_ids(edit, after, bank))
    if errors:
        return CheckedEdit(errors, ())
    old = {question.id: question for question in before.questions}
    changed = {each.id for each in after.questions if old.get(each.id) != each}
    samples = {info.id: info.samples for info in edit.deck.questions}
    checks = (content_check(edit.deck.language, samples), *author_checks({}))
    known = {_objection(each) for each in section_problems(before, checks, changed)}
    remarks = tuple(
        each
        for each in section_problems(_as_saved(before, after), checks, changed)
        if each.severity == "error" and _objection(each) not in known
    )
    return CheckedEdit((), remarks)


def _parsed(edit: QuestionEdit) -> tuple[Parsed, Parsed]:
    """The section before and after the edit."""
    return parse_section(edit.file, edit.deck.id), parse_section(edit.draft, edit.deck.id)


def save_edit(edit: QuestionEdit, paths: Paths, now: datetime) -> SavedEdit:
    """Save the student's text, which was checked, so that the bank reads it.

    Raises `DeckChanged` and `ProfileNotWritable`; nothing has changed then.
    """
    with writing(edit.draft):
        if edit.base.read_bytes() != edit.file.read_bytes():
            raise DeckChanged(
                f"{edit.file} was changed while you edited it. Nothing was overwritten.",
                remedy=f"Your text is in {edit.draft}: copy what you want to keep by hand.",
            )
        before, after = _parsed(edit)
        text, unmarked = _with_new_marks(before, after)
        files = {edit.file.name: text}
        samples = samples_path(edit.file)
        fitting = _fitting_samples(samples, after)
        samples_kept = None
        if fitting is not None:
            samples_kept = aside_name(edit.draft.with_name(samples.name), now, "unfit")
            write_safely(samples_kept, samples.read_bytes())
            files[samples.name] = fitting
        if copied := not is_own(edit.deck, paths):
            folder = copy_deck(edit.deck, paths, files)
        else:
            folder = edit.deck.folder
            for name, data in files.items():
                if data:
                    write_safely(folder / name, data)
                else:
                    (folder / name).unlink()
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


def _objection(problem: Problem) -> tuple[str, str]:
    """What a problem is about, wherever the question is in the file."""
    return problem.field.partition(".")[2], problem.message


def _taken_ids(edit: QuestionEdit, section: Parsed, bank: Bank) -> Iterator[Problem]:
    """Ids that questions in other files already have."""
    for number, question in enumerate(section.questions):
        id_ = question.id
        has_prefix = id_.startswith(f"{edit.deck.id}.")  # else `section.problems` says so
        if has_prefix and id_ in bank and (other := bank.info(id_).file) != edit.file:
            message = f"the id {id_} is already used in {other}"
            remedy = "Give this question another number."
            yield section.document.problem(("questions", number, "id"), message, remedy)


def _with_new_marks(before: Parsed, after: Parsed) -> tuple[bytes, tuple[str, ...]]:
    """The text without the marks of changed points as drafted, and the ids of their questions."""
    old = {question.id: question for question in before.questions}
    unmarked: list[str] = []
    with suppress(UnusualLayout):
        text = DeckText.of(after)
        for number, question in enumerate(after.questions):
            earlier = old.get(question.id)
            points = _still_drafted(earlier, question)
            if earlier is None or points is None:
                continue
            with suppress(UnusualLayout):
                text.mark(number, points)
                unmarked += [question.id] * (earlier.rubric != question.rubric)
        return text.written(), tuple(unmarked)
    return after.document.file.read_bytes(), ()


def _still_drafted(earlier: Question | None, question: Question) -> tuple[str, ...] | None:
    """The points that stay drafted after an edit; None if the question keeps its mark, or has none.

    If the prompt or answer of an imported question has changed, its mark names all its drafted
    points: that shows the next import that the question is a student's own work.
    """
    if earlier is None or not question.drafted:
        return None
    has_new_points = earlier.rubric != question.rubric
    has_new_texts = (earlier.prompt, earlier.answer) != (question.prompt, question.answer)
    is_imported = question.source is not None and question.drafted is True
    if not (has_new_points or (has_new_texts and is_imported)):
        return None
    same = [point.id for point in question.rubric if point in earlier.rubric]
    return tuple(filter(question.is_drafted, same))


def _as_saved(before: Parsed, after: Parsed) -> Parsed:
    """The edited section with the marks that it will have; drafted points are checked less."""
    old = {question.id: question for question in before.questions}
    questions = [
        each
        if (points := _still_drafted(old.get(each.id), each)) is None
        else each.model_copy(update={"drafted": points or False})
        for each in after.questions
    ]
    section = after.section and after.section.model_copy(update={"questions": tuple(questions)})
    return replace(after, section=section)


def _fitting_samples(file: Path, section: Parsed) -> bytes | None:
    """The file without the samples that no longer fit their question; empty if none is left.

    None if all fit, or if the file's layout does not allow samples to be removed.
    """
    parsed = parse(file, "samples")
    points = {each.id: {point.id for point in each.rubric} for each in section.questions}
    unfit = [
        number
        for number, sample in enumerate(parsed.samples.samples if parsed.samples else ())
        if sample.verdicts.keys() != points.get(sample.question)
    ]
    if not unfit:
        return None
    with suppress(UnusualLayout):
        text = DeckText.of(parsed)
        for number in unfit:
            text.remove(number)
        return text.written()
    return None
