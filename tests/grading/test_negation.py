"""What a negation in four languages denies, and what it leaves alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.grading.keyterms.negation import is_negative, negated
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
        ("nothing runs a", "nothing runs a"),
        ("text nobody had to label", "nobody had to label"),
        ("it is impossible to run a", "it is impossible to run a"),
        ("it is unable to run a", "it is unable to run a"),
        ("it fails to run a", "it fails to run a"),
        ("the test fails", ""),
        ("it couldnt run a", "it couldnt run a"),
        ("it wouldn't run a", "it wouldn't run a"),
        ("b rather than x", "x"),
        ("b instead of in x", "in x"),
        ("instead of x it uses b", "x"),
        ("neither a nor b", "neither a nor b"),
        ("hardly a", "hardly a"),
        ("not faster than a", "not faster than a"),
        ("no longer than 512 a", ""),
        ("it does not exceed 512", ""),
        ("nichts läuft a", "nichts läuft a"),
        ("es läuft keineswegs a", "es läuft keineswegs a"),
        ("es läuft keinesfalls a", "es läuft keinesfalls a"),
        ("unmöglich a", "unmöglich a"),
        ("es ist unmöglich, a zu rechnen", "es ist unmöglich , a zu rechnen"),
        ("es ist nicht möglich, a zu rechnen", "es ist nicht möglich , a zu rechnen"),
        ("b statt x", "x"),
        ("statt x nutzt es b", "x"),
        ("anstatt x", "x"),
        ("weder a noch b", "weder a noch b"),
        ("kaum a", "kaum a"),
        ("nicht länger als 512 a", ""),
        ("nicht mehr als a", ""),
        ("nicht über 512", ""),
        ("überschreitet 512 nicht", ""),
        ("невозможно a", "невозможно a"),
        ("неспособен к a", "неспособен к a"),
        ("b вместо x", "x"),
        ("вряд ли a", "вряд ли a"),
        ("не больше 512", ""),
        ("не длиннее 512", ""),
        ("не превышает 512", ""),
        ("никогда не a", "никогда не a"),
        ("它无法a", "无 法 a"),
        ("未看a", "未 看 a"),
        ("并非看a", "非 看 a"),
        ("难以a", "难 以 a"),
        ("没有无监督a", "没 有 无 监 督 a"),
        ("无论a", ""),
        ("without x it stops", "x"),
        ("it stops without any x", "any x"),
        ("not without x", ""),
        ("ohne x geht es", "x"),
        ("без x", "x"),
        ("it lacks x", "x"),
        ("未来a", ""),
        ("非线性a", ""),
        ("不超过512", ""),
        ("不多于512", ""),
        ("不同时刻a", ""),
        ("不同时处理a", "不 同 时 处 理 a"),
        ("没用的a", "没 用 的"),
        ("没见过的a", "没 见 过 的"),
        ("不用新的a", "不 用 新 的 a"),
        ("它并不并行", "不 并 行"),
        ("是不是a", ""),
        ("不是A而是B", "不 是 a"),
        ("没有A所以B", "没 有 a"),
        ("没有A，因此B", "没 有 a"),
        ("不用A也不用B", "不 用 a 不 用 b"),
        ("不用冷却a", "不 用 冷 却 a"),
        ("non-linear", ""),
    ],
)
def test_what_is_denied(text: str, found: str) -> None:
    assert denied(text) == found


@pytest.mark.parametrize(
    "text",
    ["is not used", "ohne Verlust", "не зависит", "无监督", "doesn't fit", "unreliable",
     "correlates weakly", "leaves out WNLI", "去掉了一层", "ненадёжный", "nichtlinear",
     "avoids overfitting"],
)  # fmt: skip
def test_negative_points_are_recognised(text: str) -> None:
    assert is_negative(tokens(text))


@pytest.mark.parametrize(
    "term",
    [
        "并行",
        "因果掩码",
        "处理所有位置",
        "长度的平方",
        "合并",
        "目的",
        "成就",
        "也许",
        "归并",
        "冷却",
    ],
)
@pytest.mark.parametrize("negation", ["不能", "没有", "不用", "无法", "并非", "不随"])
def test_a_border_within_a_chinese_word_does_not_end_a_negation(term: str, negation: str) -> None:
    assert denied(f"它{negation}{term}").endswith(" ".join(term))


@pytest.mark.parametrize(
    "text",
    ["at most 512 tokens", "limited to 512", "few examples", "fewer steps", "less data", "instead",
     "otherwise", "weniger Schritte", "wenige Beispiele", "höchstens 512", "sonst", "меньше шагов",
     "мало данных", "иначе", "少量", "最多512个", "little memory", "is used", "unter der Haube",
     "нейронная сеть", "несколько", "the loss", "Fehler", "注意"],
)  # fmt: skip
def test_quantities_limits_and_other_points_are_not_negative(text: str) -> None:
    assert not is_negative(tokens(text))


@given(st.lists(st.sampled_from(["not", "a", ",", "不", "noch", "but", "\n", "than", "ohne"])))
def test_every_token_has_a_flag_and_nothing_is_denied_without_a_negation(words: list[str]) -> None:
    flags = negated(words)
    assert len(flags) == len(words)
    assert {"not", "不", "ohne"} & set(words) or not any(flags)
