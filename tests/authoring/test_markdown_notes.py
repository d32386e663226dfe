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


HEADINGS = """\
---
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


MIXED = """\
# Law

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


OBSIDIAN = """\
---
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
ASKING = (
    "1. What is an offer?\nA proposal. Why? Since it can be accepted.\n"
    "2) What is consent?\n   - It is free.\n   - It is informed.\n\nWho decides?\n\nThe court.\n"
)
CARDS: dict[str, tuple[str, *tuple[tuple[str, str], ...]]] = {
    "headings with the text below": (
        HEADINGS,
        ("What is a cell?", "The smallest unit of life.\n\n- It has a membrane.\n- It divides."),
        (
            "Mitochondria – Function",
            "They make ATP.\n\n```python\n# What is this?\natp :: Energy\n```",
        ),
        ("What is below?", "An energy carrier, see Cells."),
    ),
    "several titles are chapters": (
        "One\n===\n## Function\nTo be first.\n# Two\n## Function\nTo be second.\n",
        ("One – Function", "To be first."),
        ("Two – Function", "To be second."),
    ),
    "bold questions": (
        "# Cells\n\n**What is ATP?**\nAn energy carrier.\nIt is **small**.\n\n"
        "1. **Where is it made?**\n\n   In mitochondria.\n\n**Ribosome**\nMakes proteins.\n",
        ("What is ATP?", "An energy carrier.\nIt is small."),
        ("Where is it made?", "In mitochondria."),
        ("Ribosome", "Makes proteins."),
    ),
    "bold words among headings are no questions": (
        "# A\n## What is it?\nFirst.\n\n**Note**\nSecond.\n## B?\nThird.\n",
        ("What is it?", "First.\n\nNote\nSecond."),
        ("B?", "Third."),
    ),
    "cards of Obsidian": (
        OBSIDIAN,
        ("Where is ATP made?", "In mitochondria."),
        ("ATP", "energy carrier of cells"),
        ("energy carrier of cells", "ATP"),
        ("As per the definition\nwhat is a cell?", "The smallest unit of life."),
        ("Term", "Meaning\nin two lines\n and its end"),
        ("Meaning\nin two lines\n and its end", "Term"),
    ),
    "a sign between question and answer in code is none": (
        "What is `a :: b` ? :: A type `c :: d`.\n\n```\nx :: y\n```\n\nstd::vector is a list\n",
        ("What is `a :: b` ?", "A type `c :: d`."),
    ),
    "code in an answer is kept together": (
        "What prints 1?\n?\n```python\nx = 1\n\n# not a heading\nprint(x)\n```\nThat.\n\nOther\n",
        ("What prints 1?", "```python\nx = 1\n\n# not a heading\nprint(x)\n```\nThat."),
    ),
    "a card on a line is not a part of the question below it": (
        "What is a cell? :: The unit of life.\nWhat is an atom?\n?\nThe unit of an element.\n",
        ("What is a cell?", "The unit of life."),
        ("What is an atom?", "The unit of an element."),
    ),
    "the line above the sign is the question, whatever is in it": (
        "Is a :: b\n?\nA type.\n",
        ("Is a :: b", "A type."),
    ),
    "signs without spaces count": ("Capital of France::Paris\n", ("Capital of France", "Paris")),
    "signs without spaces count only where nothing else is found": (
        "# What is std?\nUse std::vector here.\n",
        ("What is std?", "Use std::vector here."),
    ),
    "all kinds in one file": (
        MIXED,
        ("What is an offer?", "A proposal that can be accepted."),
        ("Is silence an acceptance?", "No."),
        ("What is negligence?", "A breach of a duty of care."),
        ("True or false: it needs intent.", "False."),
        ("Who appoints the judges?", "The president."),
        ("What is hearsay?", "A statement made out of court."),
        ("How many jurors are there?", "Twelve."),
    ),
    "what is below the title is an introduction": (
        "# History\nNotes of 2024.\n## Causes\nMany.\n## Effects\nFew.\n",
        ("Causes", "Many."),
        ("Effects", "Few."),
    ),
    "a title alone": ("# ATP\nThe energy carrier.\n", ("ATP", "The energy carrier.")),
    "a heading that asks ends a card": (
        "## Q: Who?\nA: He.\n\n### Why he\nSo.\n\n## Why not she?\nNo idea.\n\n## Notes\nx\n",
        ("Who?", "He.\n\n### Why he\nSo."),
        ("Why not she?", "No idea."),
    ),
    "signs of emphasis and those that are none": (
        "# What is it?\n*Struktur*: _Kollagen_, *2 words*\n\n- a*b*c, snake_case_name, 2 * 3 * 4\n"
        "- (*p).x and *q, *args, **kwargs, A* and B*\n* an item\n* another one\n",
        (
            "What is it?",
            "Struktur: Kollagen, 2 words\n\n- a*b*c, snake_case_name, 2 * 3 * 4\n"
            "- (*p).x and *q, *args, **kwargs, A* and B*\n* an item\n* another one",
        ),
    ),
    "formulas stay as they are": (
        "# What is it?\n$a__b__c$ and $$x**y**z$$ and `**k**` and **bold**.\n",
        ("What is it?", "$a__b__c$ and $$x**y**z$$ and `**k**` and bold."),
    ),
    "lines that ask where nothing else does": (
        f"Exam questions\n\n{ASKING}",
        ("What is an offer?", "A proposal. Why? Since it can be accepted."),
        ("What is consent?", "- It is free.\n   - It is informed."),
        ("Who decides?", "The court."),
    ),
    "lines that ask below a title": (
        f"# Contracts\n{ASKING}",
        ("What is an offer?", "A proposal. Why? Since it can be accepted."),
        ("What is consent?", "- It is free.\n   - It is informed."),
        ("Who decides?", "The court."),
    ),
    "lines that ask below headings": (
        "## Torts\n- What is duty?\n  Care.\n- What is breach?\n  Its lack.\n"
        "## Damage\nIs it needed?\nYes, it is.\n## What is intent?\nWill.\n\nAnd?\n\nOr?\n\nx\n",
        ("What is duty?", "Care."),
        ("What is breach?", "Its lack."),
        ("Damage", "Is it needed?\nYes, it is."),
        ("What is intent?", "Will.\n\nAnd?\n\nOr?\n\nx"),
    ),
}


@pytest.mark.parametrize(("text", "expected"), [(t, c) for t, *c in CARDS.values()], ids=CARDS)
def test_the_cards_of_a_file(tmp_path: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert cards(tmp_path, text) == expected


def test_a_note_is_named_by_its_line(tmp_path: Path) -> None:
    places = [note.place for note in read(tmp_path, HEADINGS).notes]
    assert places == ["line 6", "line 14", "line 25"]


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
        ("ATP is made in […].", "mitochondria\n\nATP is made in mitochondria.", "mitochondria"),
        ("Two\nlines?", "Yes.\n\n# with a heading\nof its own", ""),
    ]
    assert [(one.place, one.reason) for one in found.unusable] == [("line 20", "it has no answer")]


def test_the_heading_of_the_file_is_its_title(tmp_path: Path) -> None:
    found = read(tmp_path, MIXED)
    assert (found.name, found.title) == ("notes", "Law")
    assert read(tmp_path, f"---\ntitle: 'Common law'\n---\n{MIXED}").title == "Common law"
    assert read(tmp_path, "# What is law?\nA rule.\n").title == "notes"
    assert read(tmp_path, "# One\nFirst.\n# Two\nSecond.\n").title == "notes"


def test_headings_that_hold_several_questions_are_sections(tmp_path: Path) -> None:
    text = "# A\n## B\nx :: y\nz :: y\n## C\n### What?\nThis.\n### Where?\nHere.\n"
    assert [note.section for note in read(tmp_path, text).notes] == ["B", "B", "C", "C"]
    assert {note.section for note in read(tmp_path, MIXED).notes} == {""}


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


@pytest.mark.parametrize("text", ["", "\n\n", "Just a text.\n", "# Heading\n", "---\n", "```\nx"])
def test_nothing_to_ask(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).notes == ()


LONG = [
    "![", "[[", "**", "<!--", "$", "`", "<img ", "[a](", "::", " :: ", "?\n", "#", "# a\n",
    "- ", "> ", "C: [", "C: [a] ", "Q:\n", "Q: a\nA: b\n", "```\n", "-->",
    "<!-- x -->", "**a** ", "a\n---\n", "\r",
]  # fmt: skip


@pytest.mark.parametrize("piece", LONG)
def test_no_text_takes_long(tmp_path: Path, piece: str) -> None:
    begin = time.process_time()
    read(tmp_path, piece * (100_000 // len(piece)))
    assert time.process_time() - begin < 10
