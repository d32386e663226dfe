"""Terms in answers as keyboards, phones, editors and other programs write them."""

import pytest

from tests.support.questions import question
from tutor.bank import Language, RubricPoint, Text, Verdict
from tutor.grading import KeyTermGrader


def finds(term: str, answer: str, language: Language = "en", point: str = "a point") -> bool:
    rubric = (RubricPoint(id="p", point=Text(en=point), terms=((term,),)),)
    grade = KeyTermGrader().grade(question(rubric=rubric), answer, language)
    return grade.points[0].verdict is Verdict.MET


@pytest.mark.parametrize(
    ("term", "answer"),
    [("并行", "它可以並行"), ("長距離", "长距离依赖"), ("词典", "用詞典"), ("编码", "位置編碼"),
     ("注意力机制", "注意力機制"), ("循环", "沒有循環結構")],
)  # fmt: skip
def test_traditional_characters_are_read(term: str, answer: str) -> None:
    assert finds(term, answer, "zh", point="没有") is True
