"""What the key terms find in an answer, and what they must not find."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.questions import question
from tutor.bank import Language, RubricPoint, Text, Verdict
from tutor.grading import KeyTermGrader


def verdict(term: str, answer: str, language: Language = "en", point: str = "a point") -> Verdict:
    rubric = (RubricPoint(id="p", point=Text(en=point), terms=((term,),)),)
    return KeyTermGrader().grade(question(rubric=rubric), answer, language).points[0].verdict


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("select*", "They were SELECTED at random"),
        ("маскирование", "это маскированием токенов"),
        ("Funktion", "die Funktionen"),
        ("15 %", "rund 15% davon"),
        ("положительный", "положителный"),
        ("注意力", "自注意力机制"),
        ("自 注意", "自注意力机制"),
        ("exp(-s(x))", "y = (y' - t(x)) ⊙ exp( − s(x) )"),
        ("exp(s(x))", r"$\exp(s(x))$"),
        ("Σ s(x)", r"\sum s(x)"),
        ("x_i", "x_i"),
        ("x²", "x^2".replace("^", "")),
        ("[MASK]", "durch [MASK] ersetzt"),
        ("*kodier*", "Positionskodierung"),
        ("*netz", "Faltungsnetz"),
        ("language model", "language-models"),
        ("all tokens", "all, tokens"),
        ("модель", "МОДЕЛЬЮ"),
        ("15 %", "fünfzehn Prozent"),
        ("15%", "fifteen percent of them"),
        ("15 процент*", "пятнадцать процентов"),
        ("15 процент*", "15 %"),
        ("fifteen percent", "15 %"),
        ("十五%", "15%"),
        ("1.000", "1000"),
        ("1e-4", "$10^{-4}$"),
        ("√d_k", r"durch $\sqrt{d_k}$ geteilt"),
        (r"\sqrt{d_k}", "√dₖ"),
        ("softmax(QK^T/√d_k)V", r"$\mathrm{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V$"),
        ("θ", r"$\theta$"),
        ("fine-tun*", "finetuning"),
        ("finetun*", "fine-tuning"),
        ("KL*", "the KL-divergence"),
        ("GPUs", "a GPU"),
        ("GPU", "several GPUs"),
        ("GPU", "eine Gpu"),
    ],
)
def test_a_term_is_found(term: str, answer: str) -> None:
    assert verdict(term, answer) is Verdict.MET


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("select*", "elected"),
        ("met", "set"),
        ("15 %", "50 %"),
        ("15 %", "15 tokens"),
        ("autoregressive", "regressive"),
        ("внутренний", "внешний"),
        ("exp(-s(x))", "exp(s(x))"),
        ("all tokens", "tokens of all"),
        ("*netz", "netzwerk"),
        ("注意力", "注意"),
        ("2", "12"),
        ("mask", ""),
        ("weicher", "tokens which are hard"),
        ("raten", "the rate is high"),
        ("ANLI", "an answer"),
        ("KL*", "eine kleine Zahl"),
        ("LN", "line"),
        ("5 %", "fünfzehn Prozent"),
        ("50", "zweihundert fünfzig"),
        ("0", "und"),
        ("2", "两两比较"),
        ("10^-4", "10^4"),
        ("all tokens", "This is all. Tokens are next."),
    ],
)
def test_a_term_is_not_found(term: str, answer: str) -> None:
    assert verdict(term, answer) is Verdict.MISSED


@pytest.mark.parametrize(
    ("term", "answer", "language"),
    [
        ("Vektor", "ein Wortvektor", "de"),
        ("Wortvektor", "der Vektor des Wortes", "de"),
        ("Wortvektor", "ein Wort-Vektor", "de"),
        ("weicher", "mit weichen Zielen", "de"),
    ],
)
def test_a_german_compound_is_found(term: str, answer: str, language: Language) -> None:
    assert verdict(term, answer, language) is Verdict.MET


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("Vektor", "ein Vektorraum"),
        ("Bildung", "eine Abbildung"),
        ("Richtung", "die Einrichtung"),
        ("Wortvektor", "der Vektor steht hier, und erst viel später im Satz folgt ein Wort"),
    ],
)
def test_a_word_within_another_is_not_a_compound(term: str, answer: str) -> None:
    assert verdict(term, answer, "de") is Verdict.MISSED


@pytest.mark.parametrize(
    ("term", "answer", "language"),
    [
        ("recurren*", "It does not use recurrence.", "en"),
        ("Rekurrenz", "Er verwendet Rekurrenz nicht.", "de"),
        ("注意力", "它不用注意力。", "zh"),
    ],
)
def test_a_denied_term_does_not_count(term: str, answer: str, language: Language) -> None:
    assert verdict(term, answer, language) is Verdict.MISSED
    assert verdict(term, answer, language, point="It has no such part") is Verdict.MET


@pytest.mark.parametrize(
    ("term", "answer", "language"),
    [
        ("attention", "No recurrence is used. Attention is.", "en"),
        ("not use", "It does not use recurrence.", "en"),
        ("generation", "In generation the words do not exist yet.", "en"),
    ],
)
def test_what_is_not_denied_counts(term: str, answer: str, language: Language) -> None:
    assert verdict(term, answer, language) is Verdict.MET


def test_every_group_must_be_met() -> None:
    grader = KeyTermGrader()
    grades = {
        answer: [point.verdict for point in grader.grade(question(), answer, "en").points]
        for answer in ("15 % are chosen, ausgewählt, 80 % masked", "15 % of them", "nothing")
    }
    assert list(grades.values()) == [
        [Verdict.MET, Verdict.MET, Verdict.MISSED],
        [Verdict.PARTIAL, Verdict.MISSED, Verdict.MISSED],
        [Verdict.MISSED] * 3,
    ]


def test_evidence_is_the_sentence_with_the_most_terms() -> None:
    answer = "Tokens are selected. Of them 15 % are selected. The rest stays."
    point = KeyTermGrader().grade(question(), answer, "en").points[0]
    assert point.evidence is not None
    assert (point.evidence.sentence, point.evidence.text) == (2, "Of them 15 % are selected.")


def test_a_point_without_terms_is_graded_by_its_own_words() -> None:
    grader = KeyTermGrader()
    for answer, wanted in (
        ("The loss covers the selected positions only", Verdict.MET),
        ("the loss of them all", Verdict.PARTIAL),
        ("the weather", Verdict.MISSED),
    ):
        assert grader.grade(question(), answer, "en").points[2].verdict is wanted


def test_verdicts_follow_from_the_coverage() -> None:
    answer = "15 % of the tokens. The loss covers the selected positions only."
    share, split, loss = KeyTermGrader().coverage(question(), answer, "en")
    assert (share.point.id, share.share, share.by_sentence) == ("share", 1, (1, 1))
    assert (split.share, split.by_sentence) == (0, (0, 0))
    assert loss.share == loss.overlap > 0.8
    assert loss.by_sentence[1] > loss.by_sentence[0]
    grade = KeyTermGrader().grade(question(), answer, "en")
    assert grade.expected == pytest.approx((1 + loss.share) / 4)


def test_the_overlap_is_that_of_the_points_best_language() -> None:
    point = RubricPoint(id="p", point=Text(en="15 % of the tokens", ru="Выбирают 15 % токенов"))
    (found,) = KeyTermGrader().coverage(question(rubric=(point,)), "Выбирают 15 % токенов", "ru")
    assert found.overlap > 0.9


def test_words_do_not_count_for_a_point_with_terms() -> None:
    answer = "The tokens of the rubric are selected: 40 % of the tokens are selected"
    assert KeyTermGrader().coverage(question(), answer, "en")[0].overlap == 0


def test_a_changed_question_is_prepared_again() -> None:
    grader = KeyTermGrader()
    changed = RubricPoint(id="p", point=Text(en="x"), terms=(("other",),))
    assert grader.grade(question(), "other", "en").score == 0
    assert grader.grade(question(rubric=(changed,)), "other", "en").score == 1


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "piece", ["token ", "не 15 % ", "的注意力不是，", "x", "я", "é中", "a-b ", "zwei hundert "]
)
def test_a_long_answer_costs_in_proportion_to_its_length(piece: str) -> None:
    """Eight times the length may cost up to 24 times; with quadratic work it would be 64 times."""

    def cost(length: int) -> float:
        answer = (piece * length)[:length]
        start = time.thread_time()
        assert KeyTermGrader().coverage(question(), answer, "de")
        return time.thread_time() - start

    short, long = (min(cost(length) for _ in range(3)) for length in (1_000, 8_000))
    assert long < 24 * short


def test_the_grade_names_the_grader_and_has_no_confidence() -> None:
    grade = KeyTermGrader(clock=iter((1.0, 1.5)).__next__).grade(question(), "x", "ru")
    assert (grade.grader.name, grade.language, grade.ms) == ("terms", "ru", 500)
    assert {point.confidence for point in grade.points} == {None}


@given(st.text(max_size=300))
def test_any_answer_is_graded(answer: str) -> None:
    grade = KeyTermGrader().grade(question(), answer, "en")
    assert 0 <= grade.score <= 1
    assert all(p.evidence is None or p.evidence.text in answer for p in grade.points)


def bound(terms: tuple[str, ...], answer: str, opposites: tuple[str, ...] = ()) -> Verdict:
    rubric = (
        RubricPoint(id="p", point=Text(en="queries"), terms=(terms,), contradicted_by=opposites),
    )
    return KeyTermGrader().grade(question(rubric=rubric), answer, "en").points[0].verdict


@pytest.mark.parametrize(
    "answer",
    [
        "The query comes from the decoder",
        "Query: decoder. The query is computed in the decoder",
        "die Query kommt hier immer aus dem Decoder",
        "keys from the encoder, the query from the decoder",
    ],
)
def test_a_gap_allows_a_few_words_of_the_same_clause(answer: str) -> None:
    assert bound(("query … decoder",), answer) is Verdict.MET
    assert bound(("query ... decoder",), answer) is Verdict.MET


@pytest.mark.parametrize(
    "answer",
    [
        "The decoder has a query",
        "The query comes from the encoder, the decoder gives the rest",
        "The query comes from the encoder and the decoder gives the rest",
        "The query comes from the encoder. The decoder",
        "The query " + "very " * 11 + "far from the decoder",
        "The query does not come from the decoder",
    ],
    ids=["order", "comma", "and", "sentence", "too far", "denied"],
)
def test_a_gap_reaches_no_further(answer: str) -> None:
    assert bound(("query … decoder",), answer) is Verdict.MISSED


def test_a_gap_allows_twice_as_many_chinese_characters() -> None:
    assert bound(("Q … 解码器",), "Q 是由我们这里所说的那个非常大的解码器给出的") is Verdict.MET
    assert bound(("Q … 解码器",), "Q" + "这" * 21 + "解码器") is Verdict.MISSED


@pytest.mark.parametrize("term", ["…", "... …", "query …", "… query"])
def test_a_gap_at_an_end_is_ignored(term: str) -> None:
    wanted = Verdict.MET if "query" in term else Verdict.MISSED
    assert bound((term,), "the query") is wanted


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("The query comes from the decoder.", Verdict.MET),
        ("The query comes from the encoder.", Verdict.MISSED),
        (
            "The query comes from the decoder. Yes, the query comes from the encoder.",
            Verdict.MISSED,
        ),
        ("The query comes from the decoder, the query is not from the encoder.", Verdict.MET),
        ("The query comes from the decoder; it makes no difference.", Verdict.MISSED),
    ],
)
def test_a_contradicted_point_is_missed(answer: str, wanted: Verdict) -> None:
    opposites = ("query … encoder", "no difference")
    assert bound(("query … decoder",), answer, opposites) is wanted
    (plain,) = KeyTermGrader().coverage(
        question(
            rubric=(RubricPoint(id="p", point=Text(en="the query"), contradicted_by=opposites),)
        ),
        answer,
        "en",
    )
    assert plain.contradicted is (wanted is Verdict.MISSED)


def contradicts(answer: str, *opposites: str) -> bool:
    point = RubricPoint(
        id="p", point=Text(en="gates"), terms=(("gate",),), contradicted_by=opposites
    )
    return bool(KeyTermGrader().contradicted(question(rubric=(point,)), answer, "en", ["p"]))


LSTM = ("LSTM has no cell state", "LSTM hat keinen Zellzustand", "у LSTM нет", "LSTM没有细胞")


@pytest.mark.parametrize(
    "answer",
    [
        "The GRU, unlike the LSTM, has no cell state.",
        "In contrast to an LSTM has no cell state the GRU.",
        "Im Gegensatz zum LSTM hat keinen Zellzustand die GRU.",
        "Anders als das LSTM hat keinen Zellzustand die GRU.",
        "У GRU в отличие от LSTM, нет второго состояния; по сравнению с у LSTM нет.",
        "GRU不同于LSTM没有细胞状态。",
        "相比LSTM没有细胞状态的是GRU。",
        "The GRU replaces the LSTM, has no cell state and two gates.",
        "gates: LSTM\nhas no cell state: GRU",
    ],
)
def test_what_something_is_compared_with_contradicts_nothing(answer: str) -> None:
    assert not contradicts(answer, *LSTM)


@pytest.mark.parametrize(
    "answer",
    [
        "The LSTM has no cell state.",
        "Unlike the GRU the LSTM has no cell state.",
        "Anders als die GRU ist das Netz groß, das LSTM hat keinen Zellzustand.",
        "А у LSTM нет состояния.",
        "不像GRU，LSTM没有细胞状态。",
    ],
)
def test_a_claim_next_to_a_comparison_still_contradicts(answer: str) -> None:
    assert contradicts(answer, *LSTM)


@pytest.mark.parametrize(
    ("opposite", "claim", "other"),
    [
        ("the larger the better", "The larger, the better.", "Larger, the better."),
        ("чем больше тем лучше", "Чем больше, тем лучше.", "Тем больше, чем лучше."),
        ("je größer desto besser", "Je größer, desto besser.", "Je größer, besser desto."),
        ("A, B", "First A, B then.", "First A B then."),
        ("several sigmoid", "For several sigmoid.", "For several, sigmoid for two."),
    ],
)
def test_a_comma_separates_two_statements_unless_they_are_one(
    opposite: str, claim: str, other: str
) -> None:
    assert contradicts(claim, opposite)
    assert not contradicts(other, opposite)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("It works not only with TensorFlow but with PyTorch too.", Verdict.MET),
        ("Es geht nicht nur mit TensorFlow, auch mit PyTorch.", Verdict.MET),
        ("Работает не только с TensorFlow, но и с PyTorch.", Verdict.MET),
        ("它不仅支持 TensorFlow，还支持 PyTorch。", Verdict.MET),
        ("It works only with TensorFlow, not with PyTorch.", Verdict.MISSED),
        ("Es geht nur mit TensorFlow; PyTorch fehlt.", Verdict.MISSED),
        ("Работает только с TensorFlow, PyTorch нет.", Verdict.MISSED),
        ("它仅支持 TensorFlow，PyTorch 不行。", Verdict.MISSED),
    ],
)
def test_not_only_does_not_mean_only(answer: str, wanted: Verdict) -> None:
    opposites = (
        "only with TensorFlow",
        "nur mit TensorFlow",
        "только с TensorFlow",
        "仅支持 TensorFlow",
    )
    assert bound(("TensorFlow",), answer, opposites) is wanted


@pytest.mark.parametrize(
    ("term", "answer"),
    [
        ("Dateni; θ", "es ist p(Daten_i; θ)"),
        ("Werten; θ", "es ist p(Werte_n; θ)"),
        ("Gradientn; θ", "es ist p(Gradient_n; θ)"),
        ("sigmat^2", "es ist sigma_t^2(x)"),
        ("thetat^2", "es ist theta_t^2(x)"),
        ("lambdat^2", "es ist lambda_t^2(x)"),
    ],
)
def test_a_name_with_an_index_is_found_whole(term: str, answer: str) -> None:
    """The name alone is nearly the same word; which of the two was found was left to chance."""
    assert verdict(term, answer, "de") == Verdict.MET
