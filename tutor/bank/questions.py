"""Questions, rubrics and sample answers as frozen data.

A deck is a folder, a section a YAML file in it, a question an entry in that file. Ids are stable:
progress refers to them and never to a text, so that correcting a question keeps its history.
"""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from tutor.bank.text import SLUG, Kind, Language, Split, Text, Verdict

M = TypeVar("M", bound=BaseModel)

Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG}$", max_length=64)]
QuestionId = Annotated[str, StringConstraints(pattern=rf"^{SLUG}(\.[0-9]+)+$", max_length=80)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextModel(_Frozen):
    """A `Text` in a file."""

    de: Prose | None = None
    en: Prose | None = None
    ru: Prose | None = None
    zh: Prose | None = None


def _checked(value: object) -> Text:
    if isinstance(value, Text):
        return value
    return Text(**TextModel.model_validate(value).model_dump())


CheckedText = Annotated[Text, BeforeValidator(_checked)]
"""A `Text`, or anything that `TextModel` accepts."""


class Source(_Frozen):
    """Which source document a question comes from, and where in it."""

    seed: Line
    at: Line


TermGroup = Annotated[tuple[Line, ...], Field(min_length=1, max_length=80)]


class RubricPoint(_Frozen):
    """One fact that an answer can state, worth `weight` marks."""

    id: Slug
    point: CheckedText
    accept: CheckedText | None = None
    """What is enough for the point and what is not; every grader reads it."""
    weight: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = 1
    terms: Annotated[tuple[TermGroup, ...], Field(max_length=12)] = ()
    """Every group must be met; inside a group any one term is enough. A trailing `*` matches any
    ending, `…` a few words of the same clause. A group mixes terms of all languages."""
    contradicted_by: Annotated[tuple[Line, ...], Field(max_length=80)] = ()
    """Terms that say the opposite: if an answer has one of them, the point is missed."""

    def criterion(self, language: Language) -> str:
        """What an answer has to say: the point and, in brackets, what is enough for it."""
        point = self.point.to(language)
        return f"{point} ({self.accept.to(language)})" if self.accept else point


class Question(_Frozen):
    """One exam question with everything that grading and teaching it needs."""

    id: QuestionId
    source: Source | None = None
    topics: tuple[Slug, ...] = ()
    level: Literal["recall", "explain", "derive"] = "explain"
    prompt: CheckedText
    """The question as an exam asks it."""
    cover: CheckedText | None = None
    """What a full answer has to cover, without giving any of it away."""
    rubric: Annotated[tuple[RubricPoint, ...], Field(min_length=1, max_length=12)]
    answer: CheckedText
    hints: Annotated[tuple[CheckedText, ...], Field(max_length=6)] = ()
    references: tuple[Line, ...] = ()
    note: CheckedText | None = None
    """Where the source document is wrong, and what is right."""
    see_also: tuple[QuestionId, ...] = ()
    """Questions of any deck that ask for nearly the same."""
    drafted: bool | Annotated[tuple[Slug, ...], Field(max_length=12)] = False
    """Whether a program drafted the points, or at least their key terms, and nobody has reviewed
    them yet; the ids of the points if that is true only of some."""

    @model_validator(mode="after")
    def _check_point_ids(self) -> Self:
        ids = [point.id for point in self.rubric]
        duplicates = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if duplicates:
            raise ValueError(
                f"rubric: the id {', '.join(duplicates)} is used for more than one point"
            )
        return self

    @model_validator(mode="after")
    def _check_drafted(self) -> Self:
        named = () if isinstance(self.drafted, bool) else self.drafted
        unknown = sorted(set(named) - {point.id for point in self.rubric})
        if unknown:
            raise ValueError(f"drafted: the rubric has no point {', '.join(unknown)}")
        return self

    def is_drafted(self, point: str) -> bool:
        """Whether the point with this id is a draft."""
        return self.drafted if isinstance(self.drafted, bool) else point in self.drafted

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages in which the question can be asked."""
        return self.prompt.languages

    @property
    def weight(self) -> float:
        """The maximum marks: the sum of the points' weights."""
        return sum(point.weight for point in self.rubric)


class Sample(_Frozen):
    """An answer as a student might give it, with people's verdict on each point."""

    question: QuestionId
    language: Language
    kind: Kind
    """`paraphrase` is right without the textbook's words; `reversed` uses them and claims the
    opposite."""
    split: Split = "train"
    """What it may be used for. Terms and weights are fitted on `train`, thresholds on `calibrate`;
    figures come from `test`. `apart` marks all answers to a question that nothing is fitted on."""
    answer: Prose
    verdicts: dict[Slug, Verdict]
    differed: dict[Slug, tuple[Verdict, Verdict]] = {}
    """The points on which two people gave different verdicts, with both; a third decided."""


class Section(_Frozen):
    """One YAML file of a deck: a heading and its questions."""

    section: CheckedText
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class SampleFile(_Frozen):
    """The sample answers of a section: `10-bert.samples.yaml` next to `10-bert.yaml`."""

    samples: Annotated[tuple[Sample, ...], Field(min_length=1)]


class DeckHead(_Frozen):
    """A deck's own file, `deck.yaml`: its title and language."""

    title: CheckedText
    language: Language
    """The language in which questions are first asked; the student can switch."""
    about: CheckedText | None = None


def from_json(model: type[M], body: bytes | str) -> M | None:
    """Parse `body` as a `model`; None if it is invalid."""
    try:
        return model.model_validate_json(body)
    except ValidationError:
        return None
