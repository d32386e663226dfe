"""Rubrics drafted from model answers."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.authoring.drafting import MOST_GROUPS, Drafter
from tutor.authoring.drafting.points import MOST_POINTS
from tutor.bank import LANGUAGES, Bank, Question, RubricPoint, Text, Verdict
from tutor.grading import KeyTermGrader
from tutor.grading.author_checks import author_checks


def drafted(answer: Text, prompt: Text, drafter: Drafter | None = None) -> Question:
    rubric = (drafter or Drafter([])).rubric(answer, prompt)
    return Question(id="own.1", prompt=prompt, rubric=rubric, answer=answer, drafted=True)


def errors(question: Question) -> list[str]:
    found = [finding for check in author_checks({}) for finding in check(question)]
    return [finding.message for finding in found if finding.severity == "error"]


def terms(point: RubricPoint) -> list[str]:
    return [term for group in point.terms for term in group]


def test_every_point_has_a_few_terms_and_the_same_weight() -> None:
    answer = Text(en="Attention compares a query with keys. The softmax makes weights of scores.")
    rubric = drafted(answer, Text(en="How does attention weigh the values?")).rubric
    assert [point.point.en for point in rubric] == [
        "Attention compares a query with keys.",
        "The softmax makes weights of scores.",
    ]
    assert [point.id for point in rubric] == ["p1", "p2"]
    assert {point.weight for point in rubric} == {1}
    assert all(2 <= len(point.terms) <= MOST_GROUPS for point in rubric)


def test_what_the_prompt_says_is_no_term() -> None:
    question = drafted(
        Text(de="Das Vorhersagen maskierter Wörter ist selbstüberwacht."),
        Text(de="Wie heißt das Lernen durch Vorhersage maskierter Wörter?"),
    )
    assert terms(question.rubric[0]) == ["selbstüberwacht"]


def test_where_the_prompt_says_all_there_are_no_terms() -> None:
    question = drafted(Text(en="The red apple."), Text(en="Which is it, the red apple or not?"))
    assert question.rubric[0].terms == ()
    assert errors(question) == []


def test_common_words_of_the_bank_are_no_terms() -> None:
    answer, prompt = Text(en="Layers, momentum, patience."), Text(en="What is needed?")
    by_layers, by_momentum = (
        terms(drafted(answer, prompt, Drafter([common] * 9)).rubric[0])
        for common in ("these layers", "this momentum")
    )
    assert by_layers == ["momentum", "patienc*"]
    assert by_momentum == ["Layer*", "patienc*"]


SENSIBLE = [
    # numbers, formulas and stems
    ("en", "1789", {"1789"}, set()),
    ("en", "It takes O(n log n) steps.", {"O(n log n)"}, set()),
    ("en", "The energy is $E = mc^2$ by Einstein.", {"E = mc^2"}, set()),
    ("en", "The share is 15 % there.", {"15 %"}, set()),
    ("en", "A method named BERT does this.", {"BERT"}, set()),
    ("de", "Die Normalisierungen helfen.", {"Normalisier*"}, set()),
    ("ru", "Это делает нормализация весов.", {"нормализац*"}, set()),
    ("zh", "链表的存储空间不连续。", {"存储空间"}, set()),
    ("zh", "该行为无效。", {"无效"}, set()),
    ("en", "It needs Mg²⁺ as a cofactor.", {"Mg²⁺"}, set()),
    ("zh", "普通诉讼时效期间为三年，自权利人知道权利受到损害之日起计算。", {"诉讼时效"}, set()),
    ("en", r"By the equation $v = \frac{V_{max}[S]}{K_m + [S]}$ it saturates.", {"Vmax"}, set()),
    ("en", r"$6\,CO_2 + 6\,H_2O \rightarrow C_6H_{12}O_6 + 6\,O_2$", {"C6H12O6"}, set()),
    ("en", "It is the half of V_{max}.", {"Vmax"}, set()),
    ("en", "Yes", {"Yes"}, set()),
    ("de", "Nein", {"Nein"}, set()),
    # numbers do not crowd out the words, and are no more than half
    ("de", "Am 18.1.1871 in Versailles.", {"1871"}, {"18", "1"}),
    ("de", "Der Krieg 1870/71 war der letzte.", {"1870"}, {"71"}),
    ("de", "Er tagte vom 18. September 1814 bis zum 9. Juni 1815 in der Hofburg.",
     {"Hofburg"}, {"18", "9"}),
    ("en", "It was signed on June 15, 1215 by King John at Runnymede.", {"Runnymed*"}, {"15"}),
    ("zh", "受损失的人有权请求返还（《民法典》第985条）。", {"请求"}, {"985"}),
    ("de", "Jeder darf seine Meinung äußern (Art. 5 Abs. 1 GG).", {"Meinung"}, {"5", "1"}),
    ("zh", "1919年5月4日，北京学生举行示威游行。", {"示威游行"}, {"5", "4"}),
    ("de", "In 80 % der Fälle ischämisch, in 20 % hämorrhagisch.",
     {"ischämisch", "hämorrhagisch"}, set()),
    # names say more than the verbs beside them
    ("en", "In 476 Odoacer deposed Romulus Augustulus.", {"476", "Odoac*", "Augustulus"}, set()),
    ("en", "Pressure came from the Huns, who pushed the Goths across the Danube in 376.",
     {"Huns", "Goths", "Danub*"}, set()),
    ("ru", "Столица была построена Петром возле крепости.", {"Петром"}, set()),
    # what is in brackets, above all an example, says less than what is outside
    ("en", "The enzyme cleaves peptides (slowly, reliably).",
     {"enzym*", "cleav*", "peptid*"}, {"slowly", "reliabl*"}),
    ("de", "Sie (z. B. Ramipril) hemmen ein Enzym und senken Druck.",
     {"Enzym", "senken"}, {"Ramipril"}),
    ("ru", "Млекопитающие (например, киты) выкармливают детёнышей.", set(), {"киты"}),
    ("zh", "哺乳动物（例如鲸鱼）用乳汁哺育幼崽。", {"乳汁"}, {"鲸鱼"}),
    ("de", "Lichtenergie wird in chemische Energie (ATP und NADPH) umgewandelt.",
     {"ATP", "NADPH"}, set()),
    ("en", "On 28 July 1914, after the murder in Sarajevo (28 June 1914), war came.",
     {"1914", "Sarajevo"}, set()),
    ("de", "Enzyme: senken die Aktivierungsenergie", {"senken"}, {"Enzym*"}),
    # words that hold a text together in its own language, whatever the deck's is
    ("de", "the spirit of the age", {"spirit", "age"}, {"of", "the"}),
    ("zh", "the spirit of the age", {"spirit"}, {"of", "the"}),
    ("de", "Он извинился за опоздание.", {"опоздан*"}, {"за"}),
    ("de", "The principle of Lord Atkin was that you care.", {"Lord", "Atkin"}, set()),
    ("en", "der Geist der Zeit", {"Geist", "Zeit"}, {"der"}),
    ("de", "Sie findet an der Membran statt.", {"Membran"}, {"statt"}),
    ("en", "It moves nothing.", {"nothing"}, {"It", "it"}),
    ("en", "Use this loop: ```python\nfor x in numbers:\n    total += x\n```", set(), {"python"}),
    # formulas
    ("de", r"Im rechtwinkligen Dreieck gilt \(a^2+b^2=c^2\), wobei \(c\) die Hypotenuse ist.",
     {"a^2+b^2=c^2", "Hypotenus*"}, {"c"}),
    ("en", "By expenditure it is C + I + G + (X − M).", {"C + I + G + (X − M)"}, set()),
    ("en", "Einstein found E = mc² in 1905.", {"E = mc²"}, set()),
    ("en", r"The rule is \(\frac{d}{dx}x^n = nx\).", {"d/dx x^n = nx"}, set()),
    ("en", r"The rule: \(\frac{d}{dx}x^n = n x^{n-1}\).", {"n x^n-1"}, {"dx"}),
    ("zh", "$Ek动 = mass + speed + other + more + rest + power + final$", {"power"}, set()),
    ("en", "Choose one and/or the other, A/B/C or 12-15.", set(), {"A/B/C", "and/or"}),
    # no two terms of which one finds the other
    ("ru", "извиняться / извиниться", {"извин*"}, {"извиня*"}),
    ("en", "Reasonable people act reasonably in front of every neighbour.",
     {"Reason*"}, {"reasonably"}),
]  # fmt: skip


@pytest.mark.parametrize(("language", "answer", "expected", "unwanted"), SENSIBLE)
def test_terms_are_what_the_point_is_about(
    language: str, answer: str, expected: set[str], unwanted: set[str]
) -> None:
    prompt = Text(**{language: "What does it move?"})
    question = drafted(Text(**{language: answer}), prompt, Drafter(["Another text."] * 1_000))
    drafted_terms = {term for point in question.rubric for term in terms(point)}
    assert expected <= drafted_terms
    assert unwanted.isdisjoint(drafted_terms)
    assert errors(question) == []


@pytest.mark.parametrize(
    ("prompt", "answer", "expected"),
    [
        (Text(en="Who wrote Faust?"), Text(en="Johann Wolfgang von Goethe"), ["Goeth*"]),
        (Text(de="Wer schrieb Faust?"), Text(de="Johann Wolfgang von Goethe"), ["Goethe"]),
        (Text(ru="Кто написал роман?"), Text(ru="Александр Сергеевич Пушкин"), ["Пушкин"]),
        (Text(de="Wer dankte 1918 ab?"), Text(de="Kaiser Wilhelm II."), ["Wilhelm", "II"]),
        (Text(en="What bound the king?"), Text(en="Magna Carta"), ["Magna", "Carta"]),
    ],
)
def test_the_surname_is_enough_for_who_it_was(
    prompt: Text, answer: Text, expected: list[str]
) -> None:
    assert terms(drafted(answer, prompt).rubric[0]) == expected


def test_a_formula_is_met_by_what_people_type() -> None:
    question = drafted(
        Text(en="$6\\,CO_2 + 6\\,H_2O \\rightarrow C_6H_{12}O_6 + 6\\,O_2$"),
        Text(en="What is the equation of photosynthesis?"),
    )
    grade = KeyTermGrader().grade(question, "6 CO2 + 6 H2O -> C6H12O6 + 6 O2", "en")
    assert grade.points[0].verdict == Verdict.MET


def test_terms_of_both_languages_are_in_the_same_groups() -> None:
    answer = Text(
        de="Die Varianz wächst. Der Softmax sättigt.", en="Variance grows. Softmax saturates."
    )
    first, second = drafted(answer, Text(de="Was passiert?", en="What happens?")).rubric
    assert first.point == Text(de="Die Varianz wächst.", en="Variance grows.")
    assert first.terms == (("Varianz", "Varianc*"), ("wächst", "grows"))
    assert second.terms[0] == ("Softmax",)


def test_languages_that_are_cut_differently_have_the_fewer_points() -> None:
    answer = Text(de="Das eine gilt hier immer; das andere gilt niemals.", en="Both of these hold.")
    (point,) = drafted(answer, Text(de="Was gilt?", en="What is true?")).rubric
    assert point.point.de == "Das eine gilt hier immer das andere gilt niemals."
    assert point.point.en == "Both of these hold."


def test_our_answers_meet_the_rubrics_drafted_from_them(our_bank: Bank) -> None:
    ours = [our_bank.question(id_) for id_ in our_bank.question_ids[::36]]
    drafter = Drafter(question.answer.to(language) for question in ours for language in LANGUAGES)
    for question in ours:
        whole = drafted(question.answer, question.prompt, drafter)
        assert errors(whole) == [], question.id
        for language in question.answer.languages:
            answer, prompt = (
                Text(**{language: text.to(language)}) for text in (question.answer, question.prompt)
            )
            assert errors(drafted(answer, prompt, drafter)) == [], (question.id, language)


WORDS = {
    "de": "Die Varianz wächst nicht mit der Größe, weil z. B. 3,5 % und keine Wege d_k ; - und",
    "en": "The variance doesn't grow with size, e.g. 3.5 % of O(n) no transitions d_k ; - and not",
    "ru": "Дисперсия не растёт с размером, т. е. 3,5 % и нет переходов d_k ; - а без",
    "zh": "方差 不 随 维度 增大 ， 例如 3.5 % 没有 梯度 。 而 无 ； 链表",
}
SENTENCES = st.sampled_from(LANGUAGES).flatmap(
    lambda language: st.tuples(
        st.just(language),
        st.lists(
            st.lists(st.sampled_from(WORDS[language].split()), min_size=1, max_size=12).map(
                " ".join
            ),
            min_size=1,
            max_size=16,
        ).map(". ".join),
    )
)


@given(SENTENCES, SENTENCES)
def test_any_answer_meets_the_rubric_drafted_from_it(
    answer: tuple[str, str], prompt: tuple[str, str]
) -> None:
    language, text = answer
    question = drafted(Text(**{language: text}), Text(**{language: prompt[1]}))
    assert 1 <= len(question.rubric) <= MOST_POINTS
    if any(char.isalnum() for char in text):
        assert errors(question) == []


REPEATED = [
    "x", "Wort ", "а", "链", "(", "`", "$ ", ", and ", "the cat is here, and ", "a; ", "\n- x",
    "1) a ", "(1 P) ", "f(x) ", "[bold]x[/nope] <b>&amp;</b> {{c1::cloze}} ", "-", "😀",
]  # fmt: skip
HOSTILE = [
    *(piece * (8_000 // len(piece)) for piece in REPEATED),
    "\u202e\u200b\u0301 \x1b[31m\x07 a\x00b",
    "…*…* … *",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_answers_are_drafted_in_no_time(text: str) -> None:
    start = time.process_time()
    question = drafted(Text(en=text.strip() or "x"), Text(en="What is asked?"))
    assert time.process_time() - start < 5
    assert 1 <= len(question.rubric) <= MOST_POINTS
    assert all(len(term) <= 300 for point in question.rubric for term in terms(point))


@given(
    st.text(min_size=1, max_size=400).filter(str.strip),
    st.text(min_size=1, max_size=80).filter(str.strip),
)
def test_any_text_at_all_can_be_drafted(answer: str, prompt: str) -> None:
    question = drafted(Text(en=answer.strip()), Text(en=prompt.strip()))
    assert 1 <= len(question.rubric) <= MOST_POINTS


def test_a_wrong_word_among_right_ones_does_not_meet_a_drafted_point() -> None:
    question = drafted(
        Text(en="The capital of Australia is Canberra."),
        Text(en="What is the capital of Australia?"),
    )
    grader = KeyTermGrader()
    right = grader.grade(question, "It is Canberra.", "en").points[0]
    wrong = grader.grade(question, "The capital of Australia is Sydney.", "en").points[0]
    assert (right.verdict, wrong.verdict) == (Verdict.MET, Verdict.MISSED)


def test_only_points_that_are_still_drafts_are_graded_softly() -> None:
    answer = "The mitochondrion makes ATP. The nucleus stores the genes of the cell."
    question = drafted(Text(en=answer), Text(en="What do organelles do?"))
    terms = (("mitochondri*",), ("ATP",), ("adenosine",))
    point = question.rubric[0].model_copy(update={"terms": terms})
    rubric = (point, question.rubric[1])
    grader = KeyTermGrader()

    def verdicts(drafted: bool | tuple[str, ...]) -> list[Verdict]:
        changed = question.model_copy(update={"rubric": rubric, "drafted": drafted})
        said = "Mitochondria make ATP, and the nucleus has the genes."
        return [one.verdict for one in grader.grade(changed, said, "en").points]

    soft, strict = verdicts(True), verdicts(False)
    assert soft[0] != strict[0]
    assert soft[1] != strict[1]
    assert verdicts(("p2",)) == [strict[0], soft[1]]
    assert verdicts(("p1",)) == [soft[0], strict[1]]
