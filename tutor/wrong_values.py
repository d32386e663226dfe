"""Says in our own words what is wrong with a value that pydantic refused."""

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "greater_than_equal": "cannot be less than {ge}",
    "greater_than": "has to be more than {gt}",
    "less_than_equal": "cannot be more than {le}",
    "less_than": "has to be less than {lt}",
    "literal_error": "has to be {expected}",
    "enum": "has to be {expected}",
    "string_too_short": "has fewer characters than {min_length}",
    "string_too_long": "has more characters than {max_length}",
    "string_pattern_mismatch": "does not have the right form",
    "too_short": "has fewer entries than {min_length}",
    "too_long": "has more entries than {max_length}",
}
_KINDS = {
    "int": "a whole number",
    "float": "a number, for example 0.9",
    "finite": "a number, for example 0.9",
    "bool": "true or false",
    "string": "text",
    "datetime": "a date and a time",
    "timezone": "a date and a time with a time zone",
    "date": "a date: year-month-day, for example 2027-02-28",
    "list": "a list",
    "tuple": "a list",
    "dict": "an object",
    "model": "an object",
    "path": "a path",
    "json": "valid JSON",
}
"""What a value has to be, by the beginning of pydantic's name for the error."""


def wrong_value(problem: Mapping[str, Any]) -> str:
    """`cannot be less than 512`, for one of the errors of a `ValidationError`.

    The message of one of our own validators stays as it is.
    """
    kind, details = problem["type"], problem.get("ctx", {})
    if kind == "value_error":
        return str(details["error"]).rstrip(".")
    if kind == "string_too_short" and details["min_length"] == 1:
        return "is empty"
    if kind in _WORDS:
        return _WORDS[kind].format(**details)
    needed = (words for beginning, words in _KINDS.items() if kind.startswith(beginning))
    return f"has to be {words}" if (words := next(needed, "")) else "cannot be used"
