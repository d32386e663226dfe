"""Markdown: cards of hashcards and of Obsidian, else headings and bold questions."""

import time
from pathlib import Path

import pytest

from tutor.authoring.notes import ReadNotes
from tutor.authoring.readers import read_notes


def read(tmp_path: Path, text: str) -> ReadNotes:
    file = tmp_path / "notes.md"
    file.write_text(text, encoding="utf-8")
    return read_notes(file)


def cards(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    found = read(tmp_path, text)
    assert found.unusable == ()
    return [(note.prompt, note.answer) for note in found.notes]


HEADINGS = """---
title: Cells
---
# Biology

## What is a cell?

The *smallest* **unit** of [life](https://example.org).

- It has a membrane.
- It divides.

## Mitochondria ##
### Function
They make ATP.

```python
# What is this?
atp :: Energy
```

Empty heading
-------------

What is below?
--------------
An [[ATP|energy carrier]], see [[Cells]].
"""


def test_headings_with_the_text_below(tmp_path: Path) -> None:
    assert cards(tmp_path, HEADINGS) == [
        (
            "What is a cell?",
            "The smallest unit of life.\n\n- It has a membrane.\n- It divides.",
        ),
        (
            "Mitochondria – Function",
            "They make ATP.\n\n```python\n# What is this?\natp :: Energy\n```",
        ),
        ("What is below?", "An energy carrier, see Cells."),
    ]
    assert [note.place for note in read(tmp_path, HEADINGS).notes] == [
        "line 6",
        "line 14",
        "line 25",
    ]


def test_several_titles_are_chapters(tmp_path: Path) -> None:
    text = "One\n===\n## Function\nTo be first.\n# Two\n## Function\nTo be second.\n"
    assert cards(tmp_path, text) == [
        ("One – Function", "To be first."),
        ("Two – Function", "To be second."),
    ]


def test_bold_questions(tmp_path: Path) -> None:
    text = (
        "# Cells\n\n**What is ATP?**\nAn energy carrier.\nIt is **small**.\n\n"
        "1. **Where is it made?**\n\n   In mitochondria.\n\n**Ribosome**\nMakes proteins.\n"
    )
    assert cards(tmp_path, text) == [
        ("What is ATP?", "An energy carrier.\nIt is small."),
        ("Where is it made?", "In mitochondria."),
        ("Ribosome", "Makes proteins."),
    ]


def test_bold_words_among_headings_are_no_questions(tmp_path: Path) -> None:
    text = "# A\n## What is it?\nFirst.\n\n**Note**\nSecond.\n## B?\nThird.\n"
    assert cards(tmp_path, text) == [("What is it?", "First.\n\nNote\nSecond."), ("B?", "Third.")]


def test_cards_of_obsidian(tmp_path: Path) -> None:
    text = """---
tags: [x]
---
#flashcards/biology

# Cells

Where is ATP made?::In mitochondria.
<!--SR:!2024-01-01,3,250-->
- ATP:::energy carrier of cells

As per the definition
what is a cell?
?
The smallest unit of life.

- it divides
<!--SR:!2024-01-01,3,250!2024-01-01,3,250-->

Term
??
Meaning
in two lines <!-- with
a comment --> and its end

Just text.
"""
    assert cards(tmp_path, text) == [
        ("Where is ATP made?", "In mitochondria."),
        ("ATP", "energy carrier of cells"),
        ("energy carrier of cells", "ATP"),
        ("As per the definition\nwhat is a cell?", "The smallest unit of life."),
        ("Term", "Meaning\nin two lines \n and its end".replace(" \n", "\n")),
        ("Meaning\nin two lines\n and its end", "Term"),
    ]


def test_the_sign_between_question_and_answer_in_code_is_none(tmp_path: Path) -> None:
    text = "What is `a :: b` ? :: A type `c :: d`.\n\n```\nx :: y\n```\n\nstd::vector is a list\n"
    assert cards(tmp_path, text) == [("What is `a :: b` ?", "A type `c :: d`.")]


def test_code_in_an_answer_is_kept_together(tmp_path: Path) -> None:
    text = "What prints 1?\n?\n```python\nx = 1\n\n# not a heading\nprint(x)\n```\nThat.\n\nOther\n"
    assert cards(tmp_path, text) == [
        ("What prints 1?", "```python\nx = 1\n\n# not a heading\nprint(x)\n```\nThat.")
    ]


def test_signs_without_spaces_count_where_nothing_else_is_found(tmp_path: Path) -> None:
    assert cards(tmp_path, "Capital of France::Paris\n") == [("Capital of France", "Paris")]
    assert cards(tmp_path, "# What is std?\nUse std::vector here.\n") == [
        ("What is std?", "Use std::vector here.")
    ]


def test_cards_of_hashcards(tmp_path: Path) -> None:
    text = """Some words before.

Q: What is a cell?
A: The smallest unit.

- of life

C: [ATP] is made in [mitochondria].
---
Q: Two
lines?
A:
Yes.

# with a heading
of its own

# Next

Q: No answer
"""
    found = read(tmp_path, text)
    assert [(note.prompt, note.answer, note.asked_for) for note in found.notes] == [
        ("What is a cell?", "The smallest unit.\n\n- of life", ""),
        ("[…] is made in mitochondria.", "ATP\n\nATP is made in mitochondria.", "ATP"),
        (
            "ATP is made in […].",
            "mitochondria\n\nATP is made in mitochondria.",
            "mitochondria",
        ),
        ("Two\nlines?", "Yes.\n\n# with a heading\nof its own", ""),
    ]
    assert [(one.place, one.reason) for one in found.unusable] == [("line 20", "it has no answer")]


MIXED = """# Law

Lecture notes, not a question.

## Contracts

What is an offer? :: A proposal that can be accepted.
Is silence an acceptance?::No.

## Torts

**What is negligence?**
A breach of a duty of care.

**True or false: it needs intent.**
False.

## Courts

Prose that asks nothing.

### Who appoints the judges?
The president.

## Evidence

Q: What is hearsay?
A: A statement made out of court.

## Juries

Q: How many jurors are there?
A: Twelve.
"""


def test_cards_of_all_kinds_in_one_file(tmp_path: Path) -> None:
    assert cards(tmp_path, MIXED) == [
        ("What is an offer?", "A proposal that can be accepted."),
        ("Is silence an acceptance?", "No."),
        ("What is negligence?", "A breach of a duty of care."),
        ("True or false: it needs intent.", "False."),
        ("Who appoints the judges?", "The president."),
        ("What is hearsay?", "A statement made out of court."),
        ("How many jurors are there?", "Twelve."),
    ]


def test_the_heading_of_the_file_is_its_title(tmp_path: Path) -> None:
    found = read(tmp_path, MIXED)
    assert (found.name, found.title) == ("notes", "Law")
    assert read(tmp_path, f"---\ntitle: 'Common law'\n---\n{MIXED}").title == "Common law"
    assert read(tmp_path, "# What is law?\nA rule.\n").title == "notes"
    assert read(tmp_path, "# One\nFirst.\n# Two\nSecond.\n").title == "notes"


def test_what_is_below_the_title_is_an_introduction(tmp_path: Path) -> None:
    text = "# History\nNotes of 2024.\n## Causes\nMany.\n## Effects\nFew.\n"
    assert cards(tmp_path, text) == [("Causes", "Many."), ("Effects", "Few.")]
    assert cards(tmp_path, "# ATP\nThe energy carrier.\n") == [("ATP", "The energy carrier.")]


def test_headings_that_hold_several_questions_are_sections(tmp_path: Path) -> None:
    text = "# A\n## B\nx :: y\nz :: y\n## C\n### What?\nThis.\n### Where?\nHere.\n"
    assert [note.section for note in read(tmp_path, text).notes] == ["B", "B", "C", "C"]
    assert {note.section for note in read(tmp_path, MIXED).notes} == {""}


def test_a_heading_that_asks_ends_a_card(tmp_path: Path) -> None:
    text = "## Q: Who?\nA: He.\n\n### Why he\nSo.\n\n## Why not she?\nNo idea.\n\n## Notes\nx\n"
    assert cards(tmp_path, text) == [
        ("Who?", "He.\n\n### Why he\nSo."),
        ("Why not she?", "No idea."),
    ]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Q1:", "A1:"),
        ("**Q:**", "**A:**"),
        ("Question 12:", "Answer:"),
        ("**Frage**:", "**Antwort**:"),
        ("Вопрос:", "Ответ:"),
        ("问：", "答："),
        ("### Q:", "A:"),
    ],
)
def test_words_for_question_and_answer(tmp_path: Path, question: str, answer: str) -> None:
    text = (
        f"Notes.\n\n{question} What is it?\n{answer} This.\n\n{question} Where?\n{answer} Here.\n"
    )
    assert cards(tmp_path, text) == [("What is it?", "This."), ("Where?", "Here.")]


def test_gaps_over_several_lines(tmp_path: Path) -> None:
    text = "C:\nBetter is the sight of the [eyes]\nthan ![a picture](x.png) [no link](y).\n"
    found = read(tmp_path, text)
    assert [(note.prompt, note.answer) for note in found.notes] == [
        (
            "Better is the sight of the […]\nthan  no link.",
            "eyes\n\nBetter is the sight of the eyes\nthan  no link.",
        )
    ]
    assert found.media == ("x.png", "x.png")


def test_pictures_are_named_and_omitted(tmp_path: Path) -> None:
    text = "# A?\nSee ![x](img/a.png) and ![[b.png]] and <img src='c.png'>.\n# B?\n![](d.png)\n"
    found = read(tmp_path, text)
    assert [(note.prompt, note.answer) for note in found.notes] == [("A?", "See  and  and .")]
    assert [each.reason for each in found.unusable] == ["the answer has only pictures or sounds"]
    assert found.media == ("img/a.png", "b.png", "c.png", "d.png")


def test_signs_of_emphasis_and_those_that_are_none(tmp_path: Path) -> None:
    text = (
        "# What is it?\n*Struktur*: _Kollagen_, *2 words*\n\n- a*b*c, snake_case_name, 2 * 3 * 4\n"
        "- (*p).x and *q, *args, **kwargs, A* and B*\n* an item\n* another one\n"
    )
    assert cards(tmp_path, text) == [
        (
            "What is it?",
            "Struktur: Kollagen, 2 words\n\n- a*b*c, snake_case_name, 2 * 3 * 4\n"
            "- (*p).x and *q, *args, **kwargs, A* and B*\n* an item\n* another one",
        )
    ]


def test_formulas_stay_as_they_are(tmp_path: Path) -> None:
    text = "# What is it?\n$a__b__c$ and $$x**y**z$$ and `**k**` and **bold**.\n"
    assert cards(tmp_path, text) == [
        ("What is it?", "$a__b__c$ and $$x**y**z$$ and `**k**` and bold.")
    ]


def test_the_same_question_twice_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "# What is it?\nThis.\n# What is it?\nThat.\n")
    assert [note.answer for note in found.notes] == ["This."]
    assert [str(each.reason) for each in found.unusable] == ["has the same question as line 1"]


def test_lines_that_ask_where_nothing_else_does(tmp_path: Path) -> None:
    text = (
        "Exam questions\n\n1. What is an offer?\nA proposal. Why? Since it can be accepted.\n"
        "2) What is consent?\n   - It is free.\n   - It is informed.\n\n"
        "Who decides?\n\nThe court.\n"
    )
    assert cards(tmp_path, text) == [
        ("What is an offer?", "A proposal. Why? Since it can be accepted."),
        ("What is consent?", "- It is free.\n   - It is informed."),
        ("Who decides?", "The court."),
    ]
    titled = cards(tmp_path, f"# Contracts\n{text}")
    assert [prompt for prompt, _ in titled] == [
        "What is an offer?",
        "What is consent?",
        "Who decides?",
    ]


def test_lines_that_ask_below_headings(tmp_path: Path) -> None:
    text = (
        "## Torts\n- What is duty?\n  Care.\n- What is breach?\n  Its lack.\n"
        "## Damage\nIs it needed?\nYes, it is.\n## What is intent?\nWill.\n\nAnd?\n\nOr?\n\nx\n"
    )
    assert cards(tmp_path, text) == [
        ("What is duty?", "Care."),
        ("What is breach?", "Its lack."),
        ("Damage", "Is it needed?\nYes, it is."),
        ("What is intent?", "Will.\n\nAnd?\n\nOr?\n\nx"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "Just a text.\n", "# Heading\n", "---\n", "```\nx"])
def test_nothing_to_ask(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).notes == ()


@pytest.mark.parametrize(
    "piece",
    [
        "![",
        "[[",
        "**",
        "<!--",
        "$",
        "`",
        "<img ",
        "[a](",
        "::",
        " :: ",
        "?\n",
        "#",
        "# a\n",
        "- ",
        "> ",
        "C: [",
        "C: [a] ",
        "Q:\n",
        "Q: a\nA: b\n",
        "```\n",
        "-->",
        "<!-- x -->",
        "**a** ",
        "a\n---\n",
        "\r",
    ],
)
def test_no_text_takes_long(tmp_path: Path, piece: str) -> None:
    begin = time.process_time()
    try:
        read(tmp_path, piece * (100_000 // len(piece)))
    finally:
        assert time.process_time() - begin < 10
