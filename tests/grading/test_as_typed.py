"""Terms in answers as keyboards, phones, editors and other programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.questions import question
from tutor.bank import Language, RubricPoint, Text, Verdict
from tutor.grading import KeyTermGrader
from tutor.grading.text import tokens


def finds(term: str, answer: str, language: Language = "en", point: str = "a point") -> bool:
    rubric = (RubricPoint(id="p", point=Text(en=point), terms=((term,),)),)
    grade = KeyTermGrader().grade(question(rubric=rubric), answer, language)
    return grade.points[0].verdict is Verdict.MET


APOSTROPHES = "'’‘´`ʼ‛′＇"


@pytest.mark.parametrize("sign", APOSTROPHES)
def test_all_apostrophes_are_alike(sign: str) -> None:
    assert finds("doesn't matter", f"The shape doesn{sign}t matter much.")
    assert finds("doesn’t matter", f"The shape doesn{sign}t matter much.")
    assert not finds("parallel", f"it doesn{sign}t run in parallel")
    assert finds("parallel", f"{sign}parallel{sign} it is")


def test_an_apostrophe_may_be_omitted() -> None:
    assert finds("doesn't matter", "The shape doesnt matter much.")
    assert finds("doesnt matter", "The shape doesn't matter much.")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,125", "0.125"), ("０，１２５", "0.125"), ("0,001", "0.001"), ("0,050", "0.050"),
        ("12'500", "12500"), ("12’500", "12500"), ("1'234'567,5", "1234567.5"),
        ("12_500", "12500"), ("12,500", "12500"), ("12.500,00", "12500.00"),
        ("12,500.00", "12500.00"), ("1.234.567,5", "1234567.5"), ("-0,001", "-0.001"),
        ("0,1250", "0.1250"), ("3.141", "3.141"), ("1,5", "1.5"),
    ],
)  # fmt: skip
def test_numbers_of_every_country_are_read(text: str, number: str) -> None:
    assert tokens(text) == [number]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("1,2,3", "1 2 3"), ("80,10,10", "80 10 10"), ("0.5,0.3,0.2", "0.5 0.3 0.2"),
     ("-7,-5", "-7 -5"), ("1,000,000", "1000000"), ("100,5,20", "100 5 20")],
)  # fmt: skip
def test_the_numbers_of_lists(text: str, numbers: str) -> None:
    assert [word for word in tokens(text) if word != ","] == numbers.split()


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("7", "-7"), ("7", "L1 = −7"), ("7", "L1 = - 7"), ("7", "es ist minus 7"),
        ("7", "минус 7"), ("7", "结果是负7"), ("7", "minus sieben"), ("0.125", "(-0,125)"),
        ("-7", "7"), ("10^4", "10^-4"), ("10^4", "10⁻⁴"), ("10^-4", "10^4"), ("10", "10^4"),
        ("4", "10^4"), ("1e4", "1e-4"), ("10^4", "10 4"), ("x²", "x - 2"), ("10^4", "-10^4"),
    ],
)  # fmt: skip
def test_signs_and_exponents_must_agree(term: str, answer: str) -> None:
    assert not finds(term, answer)


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("-7", "minus 7"), ("-7", "−7"), ("−7", "L1 = - 7"), ("-7", "负7"), ("-7", "minus seven"),
        ("7", "5-7"), ("7", "x - 7"), ("3", "GPT-3"), ("n-1", "n - 1"), ("n - 1", "n−1"),
        ("10^-4", "10**-4"), ("10^-4", "1E-4"), ("-1e9", "-10^9"), ("n^2", "n**2"), ("x²", "x2"),
        ("36 − 5", "36-5"), ("7", "- 7 heads"), ("2", "2 -4"), ("4", "2 -4"),
    ],
)  # fmt: skip
def test_a_sign_may_be_written_in_many_ways(term: str, answer: str) -> None:
    assert finds(term, answer)


@pytest.mark.parametrize(
    ("prefix", "word"),
    [
        ("unabhängig*", "unabhaengige"), ("Länge*", "Laenge"), ("größ*", "groesser"),
        ("Schätz*", "Schaetzung"), ("ähnlich*", "aehnlich"), ("Übergäng*", "Uebergaenge"),
        ("zufällig*", "zufaellig"), ("höher*", "hoehere"), ("Wört*", "Woerter"),
        ("überwacht*", "ueberwachtes"), ("*größe", "Schrittgroesse"), ("*länge*", "Satzlaengen"),
    ],
)  # fmt: skip
def test_umlauts_may_be_spelled_out(prefix: str, word: str) -> None:
    assert finds(prefix, f"Das ist {word} hier", "de")


@pytest.mark.parametrize("word", ["neue", "Quelle", "Bauer", "aktuell", "Poesie", "queue"])
def test_other_vowels_stay_as_they_are(word: str) -> None:
    assert finds(word, word.upper(), "de")


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("O(1)", r"The path has length $\mathcal{O}(1)$."),
        ("O(1)", r"\mathcal O(1)"), ("O(1)", r"\mathrm{O}\bigl(1\bigr)"),
        ("parallel", r"\textbf{parallel}"), ("parallel", r"\emph{parallel}"),
        ("parallel", r"\textit{runs parallel}"), ("not parallel", r"\underline{not parallel}"),
        ("QK^T/√d_k", r"\frac{QK^\mathsf T}{\sqrt{d_k}}"),
        ("QK^T/√d_k", r"\frac{QK^{\mathsf{T}}}{\sqrt{d_k}}"),
        ("∂L/∂w", r"\partial L/\partial w"), ("∂L/∂w", r"\frac{\partial L}{\partial w}"),
        ("‖x‖", r"\|x\|"), ("‖x‖", "||x||"), ("‖x‖", r"\lVert x\rVert"), ("||x||", "∥x∥"),
        ("|x|", r"\lvert x \rvert"), ("a ≥ b", r"a \geqslant b"), ("a ≥ b", "a ⩾ b"),
        ("a ≥ b", "a ≧ b"), ("a ≤ b", r"a \leqslant b"), ("a ≤ b", "a ≦ b"),
        ("1/2", r"\frac12"), ("1/2", "½"), ("1/2", "1⁄2"), ("1/n", r"\frac1n"),
        ("∑_i x_i", "∑ᵢ xᵢ"), ("√(x)", "Sqrt(x)"), ("sqrt(x)", "SQRT(x)"),
        ("n^2", "n<sup>2</sup>"), ("x_i", "x<sub>i</sub>"), ("10^-4", "10**-4"),
        ("x_mask", r"x_{\text{mask}}"), ("mask", r"\foo{mask}"),
    ],
)  # fmt: skip
def test_a_formula_is_found_however_it_is_typeset(term: str, answer: str) -> None:
    assert finds(term, answer)


def test_different_letters_stay_different() -> None:
    assert not finds("i c̃", "i c")
    assert not finds("2", r"\frac13")


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("O(1)", "Сложность О(1)."), ("O(n²)", "О(н²)"), ("O(1)", "Ο(1)"), ("d_k", "d_к"),
        ("x_i", "х_i"), ("BERT", "ВERT"), ("transformer", "Тransformer"), ("BERT", "ΒΕRT"),
        ("сеть", "cеть"), ("токен", "тoкен"), ("softmax", "sоftmaх"),
    ],
)  # fmt: skip
def test_letters_of_the_wrong_keyboard_are_recognised(term: str, answer: str) -> None:
    assert finds(term, answer, "ru")


@pytest.mark.parametrize(
    ("term", "answer"),
    [("размер", "в (1) размере"), ("BERT*", "BERTом"), ("с маской", "с маской (а не без)")],
)
def test_russian_stays_russian(term: str, answer: str) -> None:
    assert finds(term, answer, "ru")


@pytest.mark.parametrize(
    ("term", "answer"),
    [("размер", "разме\u0301р"), ("параллельно", "паралле\u0301льно"), ("все", "все\u0308"),
     ],
)  # fmt: skip
def test_stress_marks_are_ignored(term: str, answer: str) -> None:
    assert finds(term, answer, "ru")


@pytest.mark.parametrize(
    ("term", "answer"),
    [("并行", "它可以並行"), ("長距離", "长距离依赖"), ("词典", "用詞典"), ("编码", "位置編碼"),
     ("注意力机制", "注意力機制"), ("循环", "沒有循環結構")],
)  # fmt: skip
def test_traditional_characters_are_read(term: str, answer: str) -> None:
    assert finds(term, answer, "zh", point="没有") is True


@given(st.text() | st.text("並長詞裡為的-7,.50 minus ab\\{}_^()'´О1²", max_size=40))
def test_tokens_of_tokens_are_the_same(text: str) -> None:
    once = tokens(text)
    assert tokens(" ".join(once)) == once


@pytest.mark.parametrize(
    ("term", "answer", "language"),
    [
        ("word order", "One weakness is the lack of word\norder.", "en"),
        ("word order", "The lack of word\r\norder is one.", "en"),
        ("word order", "The lack of word\norder is one weakness of it, and a bad one.", "en"),
        ("parallel", "It runs paral-\nlel", "en"),
        ("Transformer", "Der Trans-\nformer ist das", "de"),
        ("自注意力", "它用自注\n意力", "zh"),
        ("runs … parallel", "it runs in\nparallel", "en"),
        ("parallel", "no recurrence:\nparallel", "en"),
        ("parallel", "- no recurrence\n- parallel", "en"),
        ("parallel", "1. no recurrence\n2. parallel", "en"),
        ("parallel", "no recurrence\n\nparallel", "en"),
        ("parallel", "no recurrence.\nparallel", "en"),
        ("parallel", "no recurrence there\nparallel over all of its many positions", "en"),
    ],
)
def test_a_line_break_is_a_space(term: str, answer: str, language: Language) -> None:
    assert finds(term, answer, language)


@pytest.mark.parametrize(
    ("term", "answer", "language"),
    [
        ("parallel", "it is not\nrun in parallel", "en"),
        ("parallel", "It does not\nrun in parallel.", "en"),
        ("parallel", "It does\nnot run in parallel", "en"),
        ("parallel", "es läuft nicht\nparallel", "de"),
        ("параллельно", "не идёт\nпараллельно", "ru"),
        ("并行", "它不能\n并行", "zh"),
        ("并行", "它不\n能并行处理所有的位置", "zh"),
        ("word order", "word\n\norder", "en"),
        ("word order", "- word\n- order", "en"),
        ("LSTM … 45300", "LSTM = 60400\nGRU 3 blocks and so it is = 45300", "en"),
    ],
)
def test_a_negation_crosses_a_line_break_and_nothing_a_list(
    term: str, answer: str, language: Language
) -> None:
    assert not finds(term, answer, language)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("The encoder reads all words\nIt does not look ahead\nMerging is greedy", True),
        (
            "Der Encoder liest alles\nEr braucht kein Label und keine Regel dazu\nTrainiert wird",
            True,
        ),
        (
            "Декодер пишет слово за словом\nБудущих он не видит, это запрещено\nMerging is greedy",
            True,
        ),
        ("It is fast\nIt is not\nMerging, but pruning", False),
        ("The encoder reads all of the words, but it is not\nmerging them", False),
    ],
)
def test_a_denial_ends_with_its_line_in_notes(answer: str, said: bool) -> None:
    """The longest line of notes may look as if it had been wrapped."""
    term = "trainiert" if "Encoder" in answer else "merging"
    assert finds(term, answer) == said
