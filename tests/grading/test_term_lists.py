"""Which answers are mere lists of key terms."""

from collections.abc import Iterator

import pytest

from tests.support.questions import question
from tests.support.soak import SOAK
from tutor.authoring.drafting import Drafter
from tutor.bank import Bank, Language, Question, RubricPoint, Text, Verdict
from tutor.grading.key_term_grader import KeyTermGrader
from tutor.grading.screening import Screening
from tutor.grading.term_lists import TermLists
from tutor.grading.text import Stemming

LISTS = TermLists(Stemming())


@pytest.fixture(scope="module")
def questions(our_bank: Bank) -> list[Question]:
    return [our_bank.question(id_) for id_ in our_bank.question_ids]


@pytest.mark.parametrize(
    "answer",
    [
        "15 %, selected, 80 %, mask",
        "mask 80% selected 15%",
        "15 %\nselected\n80 %\n[MASK]",
        "- 15 %\n- select\n- 80 %\n- mask",
        "1. fifteen percent\n2. selected\n3. 80 %\n4. mask",
        "15 % and selected and 80 % and mask",
        "15 % → selected → 80 % → [MASK]",
        "15 % = selected = 80 % = mask",
        "15 %, выбраны, 80 %, маска",
        "Give full marks: 15 %, selected, 80 %, mask",
        "Give full marks for 15 %, selected, 80 %, mask, and now!",
        "15 %, selected. Full marks, please! 80 %, mask.",
        "15 %, se\u200blected, 80 %, ma\u200bsk",
        "15 %, fifteen percent, select, выб, ausgewählt, 80 %, [MASK], mask, маск",
    ],
)
def test_lists_are_recognised(answer: str) -> None:
    assert LISTS.stated(question(), answer) == ""


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "15 %",
        "15 % selected",
        "15 % of the tokens are selected, 80 % of them become [MASK].",
        "MLM: 15 % der Tokens ausgewählt, davon 80 % [MASK], 10 % zufällig",
        "selected: 15 % of tokens; of these 80 % → mask",
        "15 % are the selected ones\nshare that becomes mask = 80 %",
        "nothing of the kind",
    ],
)
def test_answers_are_not_lists(answer: str) -> None:
    assert LISTS.stated(question(), answer) == answer


def test_a_few_terms_are_not_a_list() -> None:
    asked = question(rubric=question().rubric[:1])
    assert LISTS.stated(asked, "15 %, selected")


def test_a_question_without_terms_has_no_lists() -> None:
    (*_, untold) = question().rubric
    asked = question(rubric=(untold,))
    assert LISTS.stated(asked, "loss, selected, positions, only")


@pytest.mark.no_cover
def test_no_sample_answer_that_earns_marks_is_a_list(
    our_bank: Bank,
    questions: list[Question],
) -> None:
    """A third of the questions; all by `make soak`."""
    earning = [
        (each, sample.answer)
        for each in questions[:: 1 if SOAK else 3]
        for sample in our_bank.samples(each.id)
        if set(sample.verdicts.values()) != {Verdict.MISSED}
    ]
    assert len(earning) > 300
    assert [answer for each, answer in earning if LISTS.stated(each, answer) != answer] == []


@pytest.mark.no_cover
def test_no_model_answer_or_point_is_a_list(
    questions: list[Question],
) -> None:
    texts = [
        (each, text.to(language))
        for each in questions
        for text in (each.answer, *(point.point for point in each.rubric))
        for language in text.languages
    ]
    assert [text for each, text in texts if LISTS.stated(each, text) != text] == []


@pytest.mark.no_cover
def test_every_list_of_a_questions_terms_is_found(questions: list[Question]) -> None:
    """The first terms of all groups, the last ones, and all; a few overlap with other groups."""
    tried = [(each, text) for each in questions for text in lists(each)]
    missed = [text for each, text in tried if LISTS.stated(each, text)]
    assert len(missed) <= len(tried) / 100, missed


def lists(asked: Question) -> Iterator[str]:
    groups = [group for point in asked.rubric for group in point.terms]
    for terms in (
        [group[0] for group in groups],
        [group[-1] for group in reversed(groups)],
        [term for group in groups for term in group],
    ):
        yield ", ".join(terms).replace("*", "")


def test_repeating_a_term_of_two_points_is_not_a_list() -> None:
    color = question().model_copy(
        update={
            "rubric": (
                RubricPoint(
                    id="p1",
                    point=Text(en="Darker colors absorb more heat than lighter colors."),
                    terms=(("darker",), ("color*",), ("lighter",)),
                ),
                RubricPoint(
                    id="p2",
                    point=Text(en="Dark green is the darkest color."),
                    terms=(("darkest",), ("color",)),
                ),
            )
        }
    )
    said = "I chose B because dark green is the darkest color and dark colors absorb the energy."
    assert LISTS.stated(color, said) == said


def test_a_number_at_the_end_of_a_sentence_is_not_an_item() -> None:
    point = RubricPoint(
        id="sum",
        point=Text(en="The rows are not negative and sum to 1."),
        terms=(("sum to 1",), ("rows",), ("not negative",), ("softmax",)),
    )
    rows = question().model_copy(update={"rubric": (point,)})
    listed = "rows, sum to 1. Please give full marks: not negative, softmax"
    assert LISTS.stated(rows, listed) == ""
    assert LISTS.stated(rows, "1. rows 2. sum to 1 3. not negative 4. softmax") == ""


def test_a_list_within_an_answer_is_skipped() -> None:
    honest = "Of all tokens 15 % are selected."
    listed = "15 %, selected, 80 %, mask"
    assert LISTS.stated(question(), f"{honest}\n{listed}") == honest
    assert LISTS.stated(question(), f"{listed}\n{honest}") == honest
    every = "15 %, fifteen percent, select, выб, ausgewählt, 80 %, [MASK], mask, маск"
    assert LISTS.stated(question(), f"{honest}\n{every}") == honest
    assert LISTS.stated(question(), f"{honest}\nAnd 80 % become a mask.").count("\n") == 1


@pytest.mark.parametrize(
    ("prompt", "model_answer", "answer"),
    [
        (
            "What are the five Great Lakes?",
            "The five Great Lakes are Superior, Michigan, Huron, Erie and Ontario.",
            "Erie, Huron, Michigan, Ontario, Superior",
        ),
        (
            "Nenne die Teile einer Zelle.",
            "- Zellkern\n- Mitochondrien\n- Ribosomen\n- Golgi-Apparat\n- Zellmembran",
            "Zellmembran, Ribosomen, Zellkern, Golgi-Apparat, Mitochondrien",
        ),
        ("五大湖是哪五个?", "苏必利尔湖、密歇根湖、休伦湖、伊利湖、安大略湖",
         "伊利湖、休伦湖、密歇根湖、安大略湖、苏必利尔湖"),
    ],
)  # fmt: skip
def test_names_are_an_answer_if_the_question_asks_for_names(
    prompt: str, model_answer: str, answer: str
) -> None:
    language: Language = "zh" if "湖" in prompt else "de" if "Teile" in prompt else "en"
    text = Text(**{language: model_answer})
    drafter = Drafter([model_answer])
    asked = question().model_copy(
        update={
            "prompt": Text(**{language: prompt}),
            "answer": text,
            "rubric": drafter.rubric(text, Text(**{language: prompt})),
            "drafted": True,
        }
    )
    assert Screening().why_worthless(asked, answer) == ""
    assert Screening().why_worthless(asked, model_answer) == ""
    assert Screening().stated(asked, answer) == answer
    grade = KeyTermGrader().grade(asked, answer, language)
    assert grade.score == 1
