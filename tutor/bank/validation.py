"""Validates plain data as models, with every mistake described in plain words."""

from collections.abc import Mapping
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tutor.bank.problems import Problem, Where, closest
from tutor.bank.questions import TextModel
from tutor.bank.text import Text
from tutor.bank.yaml_reader import Document
from tutor.formatting import printable
from tutor.wrong_values import wrong_value

M = TypeVar("M", bound=BaseModel)
_Words = tuple[str, str]


def validate(model: type[M], document: Document) -> tuple[M | None, tuple[Problem, ...]]:
    """The document as a `model`, or None if it has problems, and these in order of line."""
    problems = list(document.problems)
    valid: M | None = None
    if document.value is not None:
        try:
            valid = model.model_validate(document.value)
        except ValidationError as error:
            problems += _problems(model, document, error)
    problems.sort(key=lambda problem: problem.line)
    return (None if problems else valid), tuple(problems)


def _problems(model: type[M], document: Document, error: ValidationError) -> list[Problem]:
    problems: list[Problem] = []
    for detail in error.errors(include_url=False):
        where = detail["loc"]
        if where[-1:] == ("[key]",) and detail["type"] != "extra_forbidden":
            where = where[:-1]  # how pydantic marks the key of a mapping, not its value
        if document.is_spoiled(where) or _is_consequence(detail):
            continue
        message, remedy = _words(model, where, detail)
        problems.append(document.problem(where, message, remedy))
    return problems


def _is_consequence(detail: ErrorDetails) -> bool:
    """Whether a list is reported as too short only because some of its entries are invalid."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _words(model: type[BaseModel], where: Where, detail: ErrorDetails) -> _Words:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(model, where)
    if kind == "string_pattern_mismatch" and "\\." in context["pattern"]:
        return "not a question's id", "Write the deck's id and numbers: `my-deck.2.4`."
    if kind not in _MESSAGES:
        return wrong_value(detail), ""
    message, remedy = _MESSAGES[kind]
    return message.format(**context), remedy.format(**context)


def _unknown_key(model: type[BaseModel], where: Where) -> _Words:
    known = _keys_at(model, where[:-1])
    near = closest(str(where[-1]), known)
    remedy = f"Did you mean `{near[0]}`?" if near else f"The keys here are: {', '.join(known)}."
    return f"the key `{printable(str(where[-1]))}` is not known", remedy


def _keys_at(model: type[BaseModel], where: Where) -> list[str]:
    for step in where:
        if step in model.model_fields:  # else it is the number of an item, or a mapping's key
            model = _model_in(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if annotation is Text:
        return TextModel
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


_MAPPING = ("a mapping is needed here", "Write `key: value` lines, indented below the key.")
_LIST = ("a list is needed here", "Write `- item` lines, or `[one, two]`.")
_NUMBER = ("a number is needed here", "Write it with a point, such as `1` or `0.5`.")
_WORD = ("not one of the known words", "Write one of: {expected}.")
_MESSAGES: Mapping[str, _Words] = {
    "missing": ("this key is missing", "Add it; docs/bank.md shows an example."),
    "string_type": ("text is needed here", "Put the text in quotes."),
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dict_type": _MAPPING,
    "tuple_type": _LIST,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "string_pattern_mismatch": (
        "not a plain name",
        "Use small Latin letters, digits and single hyphens: `mask-rate`.",
    ),
    "string_too_short": ("the text is empty", "Write the text, or remove the key."),
    "string_too_long": ("the text is longer than {max_length} characters", "Shorten it."),
    "too_short": ("at least {min_length} needed, {actual_length} given", ""),
    "too_long": ("at most {max_length} allowed", "Remove some, or split them."),
    "greater_than": ("must be more than {gt:g}", ""),
    "less_than_equal": ("must be at most {le:g}", ""),
    "literal_error": _WORD,
    "enum": _WORD,
}
"""Messages and remedies by pydantic's name for the error, with places for its details."""
