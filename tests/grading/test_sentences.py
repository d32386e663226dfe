"""Sentences in four languages and with formulas."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.grading.sentences import split_sentences


@pytest.mark.parametrize(
    "marked",
    [
        "One. ¦Two! ¦Three?",
        "Really?! ¦Yes.",
        "Well... ¦yes. ¦No",
        "And so on… ¦Then more.",
        "It is 3.5 times faster. ¦Yes.",
        "About 90 %. ¦More is 0,5.",
        "See Fig. 3 and Eq. (2) in Sec. 3.1. ¦Good.",
        "That is, e.g. BERT, i.e. an encoder. ¦So.",
        "Linear w.r.t. n, samples i.i.d. by rule. ¦Two.",
        "By J. Devlin et al. in 2018. ¦Two.",
        "So on etc. ¦Then more.",
        "So on etc. and more.",
        "He said “yes.” ¦Then he left.",
        "(It is so.) ¦Two.",
        "Read https://a.org/b.html?c=1. ¦Then stop.",
        "See arXiv:1810.04805. ¦It is BERT.",
        "Das gilt z.B. für BERT. ¦Sonst nicht.",
        "Das gilt z. B. für BERT.",
        "Hier, d. h. dort, ist x. ¦Dann y.",
        "Meist (i. d. R.) gilt es. ¦Ja.",
        "Es sind ca. 15 Mio. Parameter. ¦Ja.",
        "Im 2. Schritt wird maskiert. ¦Am 3. Mai nicht.",
        "Es waren 2. ¦Danach kam mehr.",
        "Er sagt: „Nein.“ ¦Dann geht er.",
        "Это т.е. модель. ¦И др. слова.",
        "Это, т. е. модель, быстро. ¦Да.",
        "Слова, числа и т. д. ¦Потом всё.",
        "Слова, числа и т.д. ¦Потом всё.",
        "В 2018 г. вышла статья (см. рис. 3). ¦Да.",
        "Около 5 тыс. токенов. ¦Да.",
        "Он сказал «да». ¦Потом «нет.» ¦Всё.",
        "模型很大。¦它很慢！¦为什么？",
        "第一点；¦第二点。",
        "他说“对。”¦然后走了。",
        "很多……¦然后停。",
        "模型很大.¦它很慢",
        "快3.5倍,是BERT。¦对",
        "真的？！¦是。",
        "1. first\n¦2. second",
        "- one\n¦- two\n\n¦- three",
        "• one\n¦• two",
        "(a) one. ¦b. two. ¦c. three",
        "a) one b) two",
        "$a. b$ is one. ¦Two.",
        "$$a. \n b$$ is one. ¦Two.",
        r"\(x. y\) holds. ¦Two.",
        r"$x_1, \ldots. y$ is. ¦Two.",
        "softmax(QKᵀ/√d). ¦Then V.",
        "It costs $5. Then $6. ¦Yes",
        "The score is q . k / sqrt(d). ¦Then softmax.",
        "p is exp(v_o . w_c) . ¦The sum is over all words.",
        "A . B is not B . A",
        "Es ist 2 . 3 = 6 . ¦Dann weiter.",
        "Ответ x . ¦В конце да.",
        "It is slow . ¦Then it stops .",
        "so is x . ¦A model learns",
        " \n . \n!!",
        "!! One. ... ¦Two. ?",
    ],
)
def test_where_sentences_end(marked: str) -> None:
    """A bar marks where one sentence ends and the next begins."""
    sentences = [piece.strip() for piece in marked.split("¦")]
    assert list(split_sentences(marked.replace("¦", ""))) == sentences


def test_space_is_not_a_sentence() -> None:
    assert split_sentences("") == split_sentences(" \n ") == ()


@given(st.text() | st.text("ab1.!?…。；$\\()-\n \u3000模JG", max_size=60))
def test_sentences_are_pieces_of_the_answer_and_lose_nothing(answer: str) -> None:
    sentences = split_sentences(answer)
    at = 0
    for sentence in sentences:
        at = answer.index(sentence, at) + len(sentence)
        assert sentence
        assert sentence == sentence.strip()
    assert "".join("".join(sentences).split()) == "".join(answer.split())


@given(st.text("ab1. \n。", max_size=60))
def test_only_an_answer_without_words_has_a_sentence_without_words(answer: str) -> None:
    sentences = split_sentences(answer)
    assert len(sentences) <= 1 or all(any(c.isalnum() for c in each) for each in sentences)


@given(st.lists(st.sampled_from(["Ja.", "Нет!", "是。"]), max_size=40), st.integers(1, 12))
def test_neighbours_are_joined_to_a_maximum(parts: list[str], most: int) -> None:
    answer = " ".join(parts)
    joined = split_sentences(answer, most=most)
    assert len(joined) == min(most, len(split_sentences(answer)))
    assert "".join(joined).replace(" ", "") == answer.replace(" ", "")


@pytest.mark.parametrize(
    "piece", ["a. ", "z. B. ", "$ ", "$$ ", r"\( ", "1. ", ". ", "word ", "是。"]
)
def test_a_very_long_answer_is_split_quickly(piece: str) -> None:
    """Linear work takes some 0.1 s here; quadratic work would take minutes."""
    start = time.process_time()
    assert split_sentences((piece * 50_000)[:50_000])
    assert time.process_time() - start < 5
