"""What pydantic refuses is described in our own words."""

from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tutor.wrong_values import wrong_value


class Form(BaseModel):
    """Has a field of each kind in our files and options."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    count: Annotated[int, Field(ge=1, le=9)] = 1
    share: Annotated[float, Field(gt=0, lt=1)] = 0.5
    sure: bool = True
    name: Annotated[str, Field(min_length=1, max_length=3, pattern="^[a-z]*$")] = "a"
    pair: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)] = (1,)
    day: date = date(2026, 11, 30)
    verdict: Literal["met", "missed"] = "met"
    own: str = ""

    @field_validator("own")
    @classmethod
    def _fits(cls, own: str) -> str:
        if own:
            raise ValueError("this has to be empty.")
        return own


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("count", 0, "cannot be less than 1"),
        ("count", 10, "cannot be more than 9"),
        ("count", "x", "has to be a whole number"),
        ("count", 1.5, "has to be a whole number"),
        ("share", 0, "has to be more than 0.0"),
        ("share", 1, "has to be less than 1.0"),
        ("share", "x", "has to be a number, for example 0.9"),
        ("share", float("nan"), "has to be a number, for example 0.9"),
        ("sure", "perhaps", "has to be true or false"),
        ("name", "", "is empty"),
        ("name", "abcd", "has more characters than 3"),
        ("name", "A", "does not have the right form"),
        ("name", 1, "has to be text"),
        ("pair", (), "has fewer entries than 1"),
        ("pair", (1, 2, 3), "has more entries than 2"),
        ("pair", 1, "has to be a list"),
        ("day", "soon", "has to be a date: year-month-day, for example 2027-02-28"),
        ("verdict", "good", "has to be 'met' or 'missed'"),
        ("own", "x", "this has to be empty"),
        ("other", 1, "is not known"),
    ],
)
def test_a_value_that_is_refused(field: str, value: object, words: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Form.model_validate({field: value})
    assert wrong_value(raised.value.errors()[0]) == words
