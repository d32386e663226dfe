"""What a negation in four languages denies, and what it leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.grading.negation import is_negative, negated
from tutor.grading.text import tokens


def denied(text: str) -> str:
    words = tokens(text)
    return " ".join(word for word, flag in zip(words, negated(words), strict=True) if flag)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it uses a but does not use b", "but does not use b"),
        ("a is not used, b is", "a is not used"),
        ("a wird nicht benutzt, b schon", "a wird nicht benutzt"),
        ("не a, а b", "не a"),
        ("它用a，不用b", "不 用 b"),
        ("a doesn't help", "a doesn't help"),
        ("not only a", ""),
        ("nicht nur a", ""),
        ("не только a", ""),
        ("不仅a", ""),
        ("不同的a", ""),
        ("a is not never b", ""),
        ("nicht ohne a", ""),
        ("no more than a", ""),
        ("noch nicht a", ""),
        ("没有a", "没 有 a"),
        ("non-linear", ""),
    ],
)
def test_what_is_denied(text: str, found: str) -> None:
    assert denied(text) == found


@pytest.mark.parametrize(
    "text",
    ["is not used", "ohne Verlust", "не зависит", "无监督", "doesn't fit", "unreliable",
     "ненадёжный", "nichtlinear", "avoids overfitting"],
)  # fmt: skip
def test_what_is_negative_itself(text: str) -> None:
    assert is_negative(tokens(text))


@pytest.mark.parametrize(
    "text",
    ["is used", "unter der Haube", "нейронная сеть", "несколько", "the loss", "Fehler", "注意"],
)
def test_what_is_not_negative(text: str) -> None:
    assert not is_negative(tokens(text))


@given(st.lists(st.sampled_from(["not", "a", ",", "不", "noch", "but", "\n", "than", "ohne"])))
def test_every_token_has_a_flag_and_none_without_a_negation(words: list[str]) -> None:
    flags = negated(words)
    assert len(flags) == len(words)
    assert {"not", "不"} & set(words) or not any(flags)
