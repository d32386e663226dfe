"""Sentences as four languages and formulas write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.grading import split_sentences


@pytest.mark.parametrize(
    ("answer", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Das gilt z.B. für BERT. Sonst nicht.", ["Das gilt z.B. für BERT.", "Sonst nicht."]),
        ("Das gilt z. B. für BERT.", ["Das gilt z. B. für BERT."]),
        ("Hier, d. h. dort, ist x. Dann y.", ["Hier, d. h. dort, ist x.", "Dann y."]),
        ("Это т.е. модель. И др. слова.", ["Это т.е. модель.", "И др. слова."]),
        ("模型很大。它很慢！为什么？", ["模型很大。", "它很慢！", "为什么？"]),
        ("It is 3.5 times faster. Yes.", ["It is 3.5 times faster.", "Yes."]),
        ("1. first\n2. second", ["1. first", "2. second"]),
        ("- one\n- two\n\n- three", ["- one", "- two", "- three"]),
        ("a) one b) two", ["a) one b) two"]),
        ("$a. b$ is one. Two.", ["$a. b$ is one.", "Two."]),
        (r"\(x. y\) holds. Two.", [r"\(x. y\) holds.", "Two."]),
        ("By J. Devlin et al. in 2018. Two.", ["By J. Devlin et al. in 2018.", "Two."]),
        ("So on etc. Then more.", ["So on etc.", "Then more."]),
        ("Он сказал «да». Потом «нет.» Всё.", ["Он сказал «да».", "Потом «нет.»", "Всё."]),
        ("Well... yes. No", ["Well...", "yes.", "No"]),
        ("", []),
        (" \n . \n!!", []),
    ],
)
def test_where_sentences_end(answer: str, sentences: list[str]) -> None:
    assert list(split_sentences(answer)) == sentences


@given(st.text())
def test_sentences_are_pieces_of_the_answer_and_lose_no_letter(answer: str) -> None:
    sentences = split_sentences(answer)
    at = 0
    for sentence in sentences:
        at = answer.index(sentence, at) + len(sentence)
        assert sentence == sentence.strip()
    kept = [c for sentence in sentences for c in sentence if c.isalnum()]
    assert kept == [c for c in answer if c.isalnum()]


@given(st.lists(st.sampled_from(["Ja.", "Нет!", "是。"]), max_size=40), st.integers(1, 12))
def test_at_most_so_many(parts: list[str], most: int) -> None:
    answer = " ".join(parts)
    joined = split_sentences(answer, most=most)
    assert len(joined) == min(most, len(split_sentences(answer)))
    assert "".join(joined).replace(" ", "") == answer.replace(" ", "")
