"""Makes a question from the fields of a form, and adds it to a deck."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count

from pydantic import BaseModel, ConfigDict, ValidationError

from tutor.authoring.copies import is_own, put_in_place
from tutor.authoring.deck_id import LONGEST_DECK, deck_id
from tutor.authoring.deck_text import DeckText, UnusualLayout
from tutor.authoring.deck_writer import QUESTIONS, section_number
from tutor.authoring.drafting import MOST_GROUPS, Drafter
from tutor.authoring.new_deck import free_folder, head_text
from tutor.bank import Bank, DeckInfo, Language, Question, RubricPoint, Text
from tutor.bank.outline import parse
from tutor.bank.problems import Finding
from tutor.bank.source_files import section_files
from tutor.errors import TutorError
from tutor.files import write_safely
from tutor.paths import Paths, private_folder
from tutor.progress import Standing
from tutor.progress.errors import writing
from tutor.wrong_values import wrong_value

MOST_POINTS, MOST_MARKS = 12, 10
_LONGEST = 8_000
_MARKS = re.compile(r"(?P<text>.*\S)\s+\((?P<marks>\d{1,2}(?:[.,]\d+)?)\)\s*")
_BULLET = re.compile(r"\s*(?:[-*•]|\d{1,2}[.)])\s+")


class QuestionRefused(TutorError):
    """A form is incomplete, or cannot become a question."""


class QuestionForm(BaseModel):
    """What was typed into the form. Anything can be missing."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    deck: str = ""
    """The id of a deck in the profile; empty for a new one."""
    title: str = ""
    """The title of a new deck."""
    language: Language = "en"
    """The language of a new deck."""
    prompt: str = ""
    answer: str = ""
    points: str = ""
    """One point a line, with its marks in brackets at the end; if empty, points are drafted."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been typed."""
        return not (self.prompt + self.answer + self.points + self.title).strip()


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """The question that a form would become; its id is provisional."""

    question: Question
    """It is marked as drafted even if the student wrote the points: its key terms are guesses, and
    should not grade alone until their author has seen how they work."""
    objections: tuple[Finding, ...]
    """The errors that the content checks find."""


class FormKeeper:
    """Saves what was typed, so that it survives a crash."""

    def __init__(self, paths: Paths) -> None:
        self._file = paths.edits / "new-question.json"

    def read(self) -> QuestionForm:
        """What was typed last; an empty form if there is nothing, or it cannot be read."""
        with suppress(OSError, ValidationError):
            return QuestionForm.model_validate_json(self._file.read_bytes())
        return QuestionForm()

    def keep(self, form: QuestionForm) -> None:
        """Save the form. Raises OSError."""
        private_folder(self._file.parent)
        write_safely(self._file, form.model_dump_json().encode(), lasting=False)

    def drop(self) -> None:
        """Delete the saved form."""
        self._file.unlink(missing_ok=True)


def own_decks(bank: Bank, paths: Paths) -> tuple[DeckInfo, ...]:
    """The decks that a question can be added to."""
    return tuple(deck for deck in bank.decks if is_own(deck, paths))


def deck_used_last(decks: Sequence[DeckInfo], standings: Mapping[str, Standing]) -> DeckInfo:
    """The deck that was answered or changed last.

    `decks` are the student's own, at least one.
    """

    def last_use(deck: DeckInfo) -> float:
        answered = (standings.get(info.id) for info in deck.questions)
        times = [standing.last_at.timestamp() for standing in answered if standing]
        for section in deck.sections:
            with suppress(OSError):
                times.append(section.file.stat().st_mtime)
        return max(times, default=0)

    return max(decks, key=last_use)


def bank_texts(bank: Bank) -> Iterator[str]:
    """The model answers of the bank, which show how common words are."""
    for id_ in bank.question_ids:
        yield from bank.question(id_).answer.by_language().values()


def plan_question(form: QuestionForm, bank: Bank, drafter: Drafter) -> PlannedQuestion:
    """The question that the form would become. Raises `QuestionRefused` if it is incomplete."""
    deck = bank.deck(form.deck) if form.deck else None
    question = _question(form, deck, f"{form.deck or 'new'}.1.1", drafter)
    return PlannedQuestion(question, tuple(_objections(question)))


def add_question(form: QuestionForm, bank: Bank, paths: Paths, drafter: Drafter) -> str:
    """Write the question into its deck, or into a new one, and return the question's id.

    It is read back with the bank's own reader before it is saved. Raises `QuestionRefused`,
    `DeckNameUnusable`, `ProfileNotWritable`.
    """
    if form.deck:
        return _add_to(bank.deck(form.deck), form, drafter)
    id_ = _new_deck_id(form.title, bank, paths)
    question = _question(form, None, f"{id_}.1.1", drafter)
    files = {
        "deck.yaml": head_text(form.title, form.language).encode(),
        "1-questions.yaml": _new_section(form.language, question),
    }
    put_in_place(files, free_folder(id_, bank, paths))
    return question.id


def _new_deck_id(title: str, bank: Bank, paths: Paths) -> str:
    """An id made from the title, with a number if a deck already has it."""
    name = deck_id(title) or "deck"
    taken = {deck.id for deck in bank.decks}
    ends = chain([""], (f"-{number}" for number in count(2)))
    ids = (name[: LONGEST_DECK - len(end)].rstrip("-") + end for end in ends)
    return next(id_ for id_ in ids if id_ not in taken and not (paths.own_questions / id_).exists())


def _add_to(deck: DeckInfo, form: QuestionForm, drafter: Drafter) -> str:
    sections = section_files(deck.folder)
    if not sections:
        raise QuestionRefused(
            f"The deck {deck.id} is no longer in {deck.folder}.", remedy="Choose another deck."
        )
    file = sections[-1]
    parsed, section = parse(file, "section"), section_number(file)
    ids = [info.id for info in deck.questions]
    ids += [question.id for question in parsed.questions]  # the file may be newer
    question = _question(form, deck, _free_id(ids, deck, section), drafter)
    with writing(file):
        try:
            text = DeckText.of(parsed)
            text.add(question)
            data = text.written()
        except UnusualLayout:  # it allows no further question: begin a new section
            file = file.with_name(f"{section + 1}-questions.yaml")
            question = question.model_copy(update={"id": _free_id(ids, deck, section + 1)})
            data = _new_section(deck.language, question)
        write_safely(file, data)
    return question.id


def _new_section(language: Language, question: Question) -> bytes:
    text = DeckText.new(Text(**{language: QUESTIONS[language]}))
    text.add(question)
    try:
        return text.written()
    except UnusualLayout as error:
        raise QuestionRefused(
            "The question cannot be written as it is.", remedy="Remove unusual characters."
        ) from error


def _question(form: QuestionForm, deck: DeckInfo | None, id_: str, drafter: Drafter) -> Question:
    language = deck.language if deck else form.language
    prompt, answer = form.prompt.strip(), form.answer.strip()
    lines = [line.strip() for line in form.points.splitlines() if line.strip()]
    if not prompt:
        raise QuestionRefused("The question is missing.", remedy="Write what to ask.")
    if not answer and not lines:
        raise QuestionRefused(
            "The answer is missing.", remedy="Write it, or at least the points that it must make."
        )
    if len(lines) > MOST_POINTS:
        raise QuestionRefused(
            f"There are {len(lines)} points.", remedy=f"Write at most {MOST_POINTS}."
        )
    points = [_point_of(line) for line in lines]
    answer = answer or "\n".join(text for text, _ in points)
    for name, text in (("question", prompt), ("answer", answer)):
        if len(text) > _LONGEST:
            raise QuestionRefused(
                f"The {name} is longer than {_LONGEST:,} characters.", remedy="Shorten it."
            )
    if any(not 0 < marks <= MOST_MARKS for _, marks in points):
        raise QuestionRefused(
            f"A point is worth more than 0 and at most {MOST_MARKS} marks.",
            remedy="Correct the number in brackets at its end.",
        )
    asked, answered = Text(**{language: prompt}), Text(**{language: answer})
    try:
        rubric = tuple(
            _with_terms(f"p{number}", Text(**{language: text}), marks, asked, drafter)
            for number, (text, marks) in enumerate(points, 1)
        ) or drafter.rubric(answered, asked)
        return Question(id=id_, prompt=asked, answer=answered, rubric=rubric, drafted=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "question"
        raise QuestionRefused(f"The {field}: {wrong_value(first)}.") from error


def _point_of(line: str) -> tuple[str, float]:
    """A point's text without its bullet, and its marks."""
    text = _BULLET.sub("", line, count=1).strip() or line
    match = _MARKS.fullmatch(text)
    if match is None:
        return text, 1
    return match["text"], float(match["marks"].replace(",", "."))


def _with_terms(id_: str, text: Text, marks: float, asked: Text, drafter: Drafter) -> RubricPoint:
    """A point with drafted key terms."""
    drafted = drafter.rubric(text, asked)
    terms = tuple(group for point in drafted for group in point.terms)[:MOST_GROUPS]
    return RubricPoint(id=id_, point=text, weight=marks, terms=terms)


def _objections(question: Question) -> Iterator[Finding]:
    from tutor.grading.author_checks import author_checks

    for check in author_checks({}):
        yield from (finding for finding in check(question) if finding.severity == "error")


def _free_id(ids: Iterable[str], deck: DeckInfo, section: int) -> str:
    """The id after the last of `ids` in this section."""
    prefix = f"{deck.id}.{section}."
    ends = [id_.removeprefix(prefix) for id_ in ids if id_.startswith(prefix)]
    return f"{prefix}{max((int(end) for end in ends if end.isdigit()), default=0) + 1}"
