"""What is asked, as frozen data.

A deck is a folder, a section of it a YAML file, a question an entry there. Ids are stable: progress
hangs on them and never on a text, so that mending a question keeps its history.
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

from tutor.bank.text import Kind, Language, Split, Text, Verdict

M = TypeVar("M", bound=BaseModel)

Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
QuestionId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(\.[0-9]+)+$", max_length=80)
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextModel(_Frozen):
    """A `Text` as a file holds it."""

    de: Prose | None = None
    en: Prose | None = None
    ru: Prose | None = None
    zh: Prose | None = None


def _checked(value: object) -> Text:
    if isinstance(value, Text):
        return value
    return Text(**TextModel.model_validate(value).model_dump())


CheckedText = Annotated[Text, BeforeValidator(_checked)]
"""A `Text`, or what `TextModel` takes."""


class Source(_Frozen):
    """Where in which source document a question stands."""

    seed: Line
    at: Line


TermGroup = Annotated[tuple[Line, ...], Field(min_length=1, max_length=80)]


class RubricPoint(_Frozen):
    """One fact that can be seen in an answer, worth `weight` points."""

    id: Slug
    point: CheckedText
    accept: CheckedText | None = None
    """What is enough for the point, and what is not; whoever judges an answer reads it."""
    weight: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = 1
    terms: Annotated[tuple[TermGroup, ...], Field(max_length=12)] = ()
    """Every group must be met; inside a group any one term will do. A trailing `*` matches any
    ending, `…` a few words of the same clause. Terms of all languages stand together."""
    contradicted_by: Annotated[tuple[Line, ...], Field(max_length=80)] = ()
    """Terms that say the opposite: where an answer has one of them, the point is missed."""

    def criterion(self, language: Language) -> str:
        """What is looked for in an answer: the point, and in brackets what is enough for it."""
        point = self.point.to(language)
        return f"{point} ({self.accept.to(language)})" if self.accept else point


class Question(_Frozen):
    """One exam question with everything that judging and teaching it needs."""

    id: QuestionId
    source: Source | None = None
    topics: tuple[Slug, ...] = ()
    level: Literal["recall", "explain", "derive"] = "explain"
    prompt: CheckedText
    """The question as an exam asks it."""
    cover: CheckedText | None = None
    """What a full answer goes into, without saying anything of it."""
    rubric: Annotated[tuple[RubricPoint, ...], Field(min_length=1, max_length=12)]
    answer: CheckedText
    hints: Annotated[tuple[CheckedText, ...], Field(max_length=6)] = ()
    references: tuple[Line, ...] = ()
    note: CheckedText | None = None
    """Where the source document errs, and what holds instead."""
    see_also: tuple[QuestionId, ...] = ()
    """Questions of any deck that ask for nearly the same."""
    drafted: bool = False
    """Whether the rubric was drafted from the answer by a program and nobody has looked at it."""

    @model_validator(mode="after")
    def _points_are_told_apart(self) -> Self:
        ids = [point.id for point in self.rubric]
        twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
        if twice:
            raise ValueError(f"rubric: the id {', '.join(twice)} is used for more than one point")
        return self

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages that the question can be asked in."""
        return self.prompt.languages

    @property
    def weight(self) -> float:
        """The full mark: the sum of the points' weights."""
        return sum(point.weight for point in self.rubric)


class Sample(_Frozen):
    """An answer as a student might give it, with the verdict that people gave each point."""

    question: QuestionId
    language: Language
    kind: Kind
    """`paraphrase` is right without the textbook's words, `reversed` has them and claims the
    opposite."""
    split: Split = "train"
    """What it may be used for. Terms and weights are fitted on `train`, thresholds on `calibrate`,
    figures come from `test`; `apart` is for all answers to a question that nothing is fitted on."""
    answer: Prose
    verdicts: dict[Slug, Verdict]
    differed: dict[Slug, tuple[Verdict, Verdict]] = {}
    """The points that two markers judged differently, with both verdicts; a third decided."""


class Section(_Frozen):
    """One YAML file of a deck: a heading and its questions."""

    section: CheckedText
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class SampleFile(_Frozen):
    """The sample answers beside a section: `10-bert.samples.yaml` beside `10-bert.yaml`."""

    samples: Annotated[tuple[Sample, ...], Field(min_length=1)]


class DeckHead(_Frozen):
    """A deck's own file, `deck.yaml`: what the deck is called and the language it is asked in."""

    title: CheckedText
    language: Language
    """The language in which the questions are asked at first; a key shows the others."""
    about: CheckedText | None = None


def from_json(model: type[M], body: bytes | str) -> M | None:
    """The `model` that `body` holds; None if it holds none."""
    try:
        return model.model_validate_json(body)
    except ValidationError:
        return None
