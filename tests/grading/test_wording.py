"""How much of a sentence is shared with a point."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.questions import question
from tutor.grading.wording import NOTHING_SHARED, QuestionWording

WORDING = QuestionWording(question())
POINT = question().rubric[0]


def test_the_points_own_words_share_everything_with_it() -> None:
    for text in POINT.point.by_language().values():
        shared = WORDING.shared(text, POINT.id)
        assert (shared.with_point, shared.with_question) == (1, 1)


def test_a_word_that_the_point_lacks_gives_away_a_false_claim() -> None:
    said = POINT.point.to("en")
    reversed_ = f"{said} nevertheless backwards"
    assert WORDING.shared(reversed_, POINT.id).with_point < 0.8
    assert WORDING.shared(reversed_, POINT.id).with_question < 0.8


def test_other_points_count_only_for_the_question() -> None:
    other = question().rubric[1].point.to("en")
    shared = WORDING.shared(other, POINT.id)
    assert shared.with_point < 0.7
    assert shared.with_question == 1


def test_chinese_is_compared_by_characters() -> None:
    assert WORDING.shared("完全不同", POINT.id).with_point < 0.2


def test_signs_share_nothing() -> None:
    assert WORDING.shared("…!?", POINT.id) == NOTHING_SHARED


@given(st.text())
def test_shares_are_shares(sentence: str) -> None:
    shared = WORDING.shared(sentence, POINT.id)
    assert 0 <= shared.with_point <= shared.with_question <= 1
