"""The layout of an answer states nothing, so the judge does not see it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.questions import question, text
from tutor.grading import PromptBook
from tutor.grading.prompt_forms import Form, FormName
from tutor.grading.prose import as_prose
from tutor.paths import find_paths

SENTENCES = {
    "de": ("Der Encoder liest den ganzen Satz", "Der Decoder schreibt ihn Wort für Wort"),
    "en": ("The encoder reads the whole sentence", "The decoder writes it word by word"),
    "ru": ("Энкодер читает всё предложение", "Декодер пишет его слово за словом"),
    "zh": ("编码器读取整个句子", "解码器逐词生成译文"),
}
LAYOUTS = {
    "lines": "{0}\n{1}",
    "empty line": "{0}.\n\n{1}.",
    "hyphens": "- {0}\n- {1}",
    "bullets": "• {0}\n\n• {1}",
    "stars": "* {0};\n* {1};",
    "numbers": "1. {0}.\n2. {1}.",
    "brackets": "(1) {0}\n(2) {1}",
    "on one line": "1) {0} 2) {1}",
    "sentences on one line": "1. {0}. 2. {1}.",
    "colons": "1: {0}\n2: {1}",
    "dashes": "1 - {0}\n2 - {1}",
    "letters": "a) {0}\nb) {1}",
    "letters and colons": "a: {0}\nb: {1}",
    "circles": "①{0}\n②{1}",
    "points": "Point 1: {0}\nPoint 2: {1}",
    "Punkte": "Punkt 1: {0}. Punkt 2: {1}.",
    "Chinese numbers": "一、{0}\n二、{1}",
    "Chinese points": "第一点：{0}\n第二点：{1}",
    "headline": "# {0}\n# {1}",
    "bold": "**{0}.** **{1}.**",
    "twice": "{0}. {1}.\n{0}. {1}.",
    "exclamations": "{0}! {1}!!",
    "questions": "{0}? {1}?",
    "indented": "   {0}\n\t{1}",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("language", SENTENCES)
def test_every_layout_gives_the_same_text(layout: str, language: str) -> None:
    first, second = SENTENCES[language]
    found = as_prose(layout.format(first, second))
    assert re.sub(r"[\s.。]+", " ", found).strip() == f"{first} {second}"


def test_capitals_become_small_letters_but_abbreviations_stay() -> None:
    assert (
        as_prose("THE ENCODER READS IT. THE DECODER WRITES.")
        == "The encoder reads it. The decoder writes."
    )
    assert as_prose("BERT, GPT-2") == "BERT, GPT-2"
    assert as_prose("BERT是MLM，GPT是LM。ROUGE与BLEU") == "BERT是MLM，GPT是LM。ROUGE与BLEU"


def test_a_line_that_continues_gets_no_full_stop() -> None:
    typed = "The encoder reads the whole sentence, and the\ndecoder writes it."
    assert as_prose(typed) == "The encoder reads the whole sentence, and the decoder writes it."


def test_a_heading_introduces_its_lines() -> None:
    typed = "Vorteile\nDas Netz lernt schneller als zuvor."
    assert as_prose(typed) == "Vorteile: Das Netz lernt schneller als zuvor."


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "The sum is 1. Then 2 steps follow.",
        "p = 1 - q and 2 - q",
        "Es gibt n! Wege. Das heißt x != y.",
        "It costs 2**10, or 2**n and n**2.",
        "x → y",
        "z is the latent. h: the state",
        "Macro: 1.9/3 ≈ 0.63. Micro: 100/120",
        "z. B. so",
        "first; second; 第一；第二",
        "42.",
        "(3)",
        "gradient small -> slow. ganz klein",
        "[MASK] is a token. <s> too.",
    ],
)
def test_running_text_stays_as_it_is(typed: str) -> None:
    assert as_prose(typed) == typed


@given(st.text("ab1.):;-*#\n \t→!?一、第点ЯяABC(", max_size=60))
def test_the_text_is_one_line_and_no_word_is_invented(typed: str) -> None:
    found = as_prose(typed)
    assert "\n" not in found
    words = re.findall(r"[^\W\d]{2,}", typed.casefold())
    assert set(re.findall(r"[^\W\d]{2,}", found.casefold())) <= set(words)


def test_the_judge_reads_a_list_as_running_text() -> None:
    form = Form(FormName.TRAINED, PromptBook(find_paths({}).prompts), 0)
    listed = "1. 15 % are selected.\n2. Some are masked."
    assert text(form.ask(question(), "en", listed).prompt.body) == (
        "15 % are selected. Some are masked."
    )


@pytest.mark.parametrize("form", [FormName.LISTED, FormName.SINGLE])
def test_other_models_read_each_sentence_without_its_number(form: FormName) -> None:
    asked = Form(form, PromptBook(find_paths({}).prompts), 0).ask(
        question(), "en", "1) 15 % are selected.\n2) Some are masked."
    )
    body = text(asked.prompt.body)
    assert "[1] 15 % are selected." in body
    assert "[2] Some are masked." in body
    assert asked.sentences == ("1) 15 % are selected.", "2) Some are masked."), "as typed"


@pytest.mark.parametrize(
    "piece",
    ["**a", "\n x", "1) ", "\n1: a", "abc -> ", "ab!", "\na) x", "__a ", "- ", "一、", "; "],
)
def test_the_longest_answer_takes_no_time(piece: str) -> None:
    """A pattern that searches to the end for each sign would take minutes."""
    assert as_prose(piece * (50_000 // len(piece))) is not None
