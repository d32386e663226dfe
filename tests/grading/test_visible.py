"""What nobody sees changes no verdict, be it by key terms, a rule or a model."""

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.questions import question, text
from tutor.bank import Bank
from tutor.grading import KeyTermGrader, PromptBook, split_sentences
from tutor.grading.prompt_forms import Form, FormName
from tutor.grading.screening import Screening
from tutor.grading.text import tokens
from tutor.grading.visible import UNSEEN, visible
from tutor.paths import find_paths

ANSWER = "Fünfzehn Prozent: 15 % selected. 80 % werden zu [MASK], замена на маску。"
QUESTION = question()
UNSEEN_CHARACTERS = [
    chr(code) for code in range(sys.maxunicode) if re.match(f"[{UNSEEN}]", chr(code))
]
KINDS = {
    "soft hyphen": "\u00ad",
    "zero-width space": "\u200b",
    "joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "direction": "\u202e",
    "isolate": "\u2067",
    "Arabic letter mark": "\u061c",
    "variation selector": "\ufe0f",
    "variation selector of the second block": "\U000e0101",
    "tag": "\U000e0041",
    "filler": "\u3164",
    "half-width filler": "\uffa0",
    "grapheme joiner": "\u034f",
    "invisible times": "\u2062",
    "annotation": "\ufff9",
    "control character": "\x07",
    "half of a character": "\udc80",
}
MARKS = "\u0336\u0321\u035d\u0325\u0300"


def with_each(between: str) -> str:
    """The answer with `between` before, between and after all of its characters."""
    return between + "".join(f"{character}{between}" for character in ANSWER)


def modelled(answer: str) -> list[str]:
    """What a model reads of the answer, in every form."""
    book = PromptBook(find_paths({}).prompts)
    asked = (Form(name, book, 0).ask(QUESTION, "de", answer) for name in FormName)
    return [text(each.prompt.body) for each in asked]


def found(answer: str) -> list[tuple[float, tuple[float, ...]]]:
    covered = KeyTermGrader().coverage(QUESTION, answer, "de")
    return [(point.share, point.by_sentence) for point in covered]


@pytest.mark.parametrize("character", KINDS.values(), ids=KINDS)
def test_a_grader_reads_only_what_is_seen(character: str) -> None:
    answer = with_each(character)
    assert visible(answer) == ANSWER
    assert tokens(answer) == tokens(ANSWER)
    assert found(answer) == found(ANSWER)
    assert modelled(answer) == modelled(ANSWER)
    assert Screening().why_worthless(QUESTION, answer) == ""


@pytest.mark.parametrize("character", KINDS.values(), ids=KINDS)
def test_an_invisible_answer_is_empty(character: str) -> None:
    assert Screening().why_worthless(QUESTION, character * 9) == "The answer is empty."
    assert modelled(character * 9) == modelled("")


@pytest.mark.parametrize("character", KINDS.values(), ids=KINDS)
def test_evidence_is_shown_as_it_was_typed(character: str) -> None:
    answer = with_each(character)
    sentences = split_sentences(answer)
    assert [visible(sentence) for sentence in sentences] == list(split_sentences(ANSWER))
    assert all(sentence in answer for sentence in sentences)


def test_every_character_that_unicode_hides_is_removed() -> None:
    hidden = [
        chr(code)
        for code in range(sys.maxunicode)
        if unicodedata.category(chr(code)) == "Cf"
        and unicodedata.bidirectional(chr(code)) != "AN"  # Arabic signs that are seen
    ]
    seen = set("\u0605\u06dd\u070f\u08e2\U000110bd\U000110cd")
    shorthand = {chr(code) for code in range(0x13430, 0x13440)}  # of hieroglyphs, which joins them
    left = [c for c in hidden if c not in seen | shorthand and visible(f"a{c}b") != "ab"]
    assert [f"{ord(c):x}" for c in left] == []
    assert len(UNSEEN_CHARACTERS) > 4000


def test_piled_up_marks_hide_no_word() -> None:
    answer = "".join(f"{c}{MARKS}" if c.isalpha() else c for c in ANSWER)
    assert found(answer) == found(ANSWER.replace("ü", "u"))
    assert modelled(answer) == modelled(ANSWER.replace("ü", "u"))
    assert visible("s\u0336t\u0336r\u0336uck") == "struck"


@pytest.mark.parametrize("letter", ["ü", "й", "ế", "ǘ", "ᾧ", "c̃", "≠", "ё́", "ȳ̂"])
def test_a_letter_keeps_its_own_marks_however_it_was_typed(letter: str) -> None:
    whole = unicodedata.normalize("NFC", letter)
    assert visible(unicodedata.normalize("NFD", letter)) == whole
    assert visible(whole) == whole


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("\u202e.tem si ti\u202c Yes.", "it is met. Yes."),
        ("a \u202ecb \u2067d\u2069 e", "a  bcd e"),
        ("\u202eeno\nline", "one\nline"),
        ("\u2067one\u2069 \u200ftwo", "one two"),
    ],
)
def test_letters_are_read_in_the_order_in_which_they_are_seen(typed: str, seen: str) -> None:
    assert visible(typed) == seen


def test_there_is_one_kind_of_space_and_of_line_break() -> None:
    assert visible("a\u00a0b\u2009c\u3000d\u2800e") == "a b c d e"
    assert visible("a\r\nb\rc\u2028d\x85e\x0bf") == "a\nb\nc\nd\ne\nf"


@given(st.text())
def test_visible_text_stays_the_same(said: str) -> None:
    assert visible(visible(said)) == visible(said)


@pytest.mark.no_cover
def test_no_sample_answer_is_changed(our_bank: Bank) -> None:
    """So that calibrations and training data stay valid."""
    answers = [sample.answer for id_ in our_bank.question_ids for sample in our_bank.samples(id_)]
    assert len(answers) > 3000
    assert [answer for answer in answers if visible(answer) != answer] == []
