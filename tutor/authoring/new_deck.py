"""Makes a new deck with an example question, whose comments say what each part is for."""

from collections.abc import Mapping
from pathlib import Path

from tutor.authoring.copies import put_in_place
from tutor.authoring.deck_id import DeckNameUnusable, require_usable_id
from tutor.authoring.yaml_emitter import quoted
from tutor.bank import Bank, Language
from tutor.formatting import printable
from tutor.paths import Paths

SECTION = "1-first-questions"
_NOT_QUOTED = ("gap_terms_1", "gap_terms_2", "sum_terms_1", "sum_terms_2")
_LONGEST_TITLE = 300

_SECTION = """\
# A section: its title, then its questions. `tutor bank check` finds mistakes; docs/bank.md lists
# all that a question can have.
section: {{{language}: {section}}}
questions:
  # The id is the deck's id and numbers. Progress refers to it, so never change it.
  - id: {deck}.1.1
    topics: [example]         # plain names; optional
    level: explain            # recall, explain or derive
    prompt:
      {language}: {prompt}
    rubric:                   # what is graded: one fact a point; 3 to 6 points work best
      - id: gap               # a plain name, used once in a question
        point: {{{language}: {gap}}}
        weight: 2             # marks; 1 by default
        terms:                # the answer needs a term from every line; * stands for any ending
          - [{gap_terms_1}]
          - [{gap_terms_2}]
      - id: sum
        point: {{{language}: {sum}}}
        terms:
          - [{sum_terms_1}]
          - [{sum_terms_2}]
    answer:                   # a model answer that meets every point
      {language}: {answer}
    hints:                    # from a nudge to nearly the answer
      - {{{language}: {hint_1}}}
      - {{{language}: {hint_2}}}
    references: [{reference}]
"""
_SAMPLES = """\
# Answers as students write them, with a verdict for every point: met, partial or missed. Graders
# are measured on them. This file is optional.
samples:
  - question: {deck}.1.1
    language: {language}
    kind: full
    answer: {answer}
    verdicts: {{gap: met, sum: met}}
  - question: {deck}.1.1
    language: {language}
    kind: partial
    answer: {half}
    verdicts: {{gap: met, sum: missed}}
"""
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "section": "First questions",
        "prompt": "Why is an answer graded point by point?",
        "gap": "It shows which fact the answer lacks.",
        "gap_terms_1": "fact*",
        "gap_terms_2": "lack*, missing",
        "sum": "The score is the sum of the marks for all points.",
        "sum_terms_1": "sum*, add*",
        "sum_terms_2": "mark*",
        "answer": "You see which fact your answer lacks, and the score is the sum of all marks.",
        "half": "So that one sees which fact is missing.",
        "hint_1": "What would you want to know about your answer?",
        "hint_2": "And how does that become a number?",
        "reference": "Your course book, chapter 1",
    },
    "de": {
        "section": "Erste Fragen",
        "prompt": "Warum wird eine Antwort Punkt für Punkt bewertet?",
        "gap": "Man sieht, welche Tatsache in der Antwort fehlt.",
        "gap_terms_1": "Tatsache*",
        "gap_terms_2": "fehl*",
        "sum": "Das Ergebnis ist die Summe der Teilergebnisse.",
        "sum_terms_1": "Summe*, addier*",
        "sum_terms_2": "Ergebnis*, Teilergebnis*",
        "answer": "Man sieht, welche Tatsache fehlt, und das Ergebnis ist eine Summe.",
        "half": "Damit klar ist, welche Tatsache noch fehlt.",
        "hint_1": "Was möchte man über seine Antwort wissen?",
        "hint_2": "Und wie wird daraus eine Zahl?",
        "reference": "Ihr Lehrbuch, Kapitel 1",
    },
    "ru": {
        "section": "Первые вопросы",
        "prompt": "Зачем оценивать ответ по пунктам?",
        "gap": "Видно, какой факт в ответе упущен.",
        "gap_terms_1": "факт*",
        "gap_terms_2": "упущен*, пропущен*",
        "sum": "Итог равен сумме баллов.",
        "sum_terms_1": "сумм*, склад*",
        "sum_terms_2": "балл*",
        "answer": "Так видно, какой факт упущен, а итог равен сумме баллов.",
        "half": "Чтобы было видно, какой факт пропущен.",
        "hint_1": "Что хочется узнать о своём ответе?",
        "hint_2": "И как из этого получить число?",
        "reference": "Ваш учебник, глава 1",
    },
    "zh": {
        "section": "第一批问题",
        "prompt": "为什么要逐点评阅答案？",
        "gap": "可以看出答案缺少哪个事实。",
        "gap_terms_1": "事实",
        "gap_terms_2": "缺少, 遗漏",
        "sum": "总分是各点得分之和。",
        "sum_terms_1": "总分",
        "sum_terms_2": "之和, 相加",
        "answer": "这样可以看出答案缺少哪个事实，而总分是各点得分之和。",
        "half": "为了看出遗漏了哪个事实。",
        "hint_1": "你想了解自己答案的什么？",
        "hint_2": "怎样由此得到一个数？",
        "reference": "你的教材，第1章",
    },
}


def new_deck(id_: str, title: str, language: Language, bank: Bank, paths: Paths) -> Path:
    """Make a deck with an example question in the profile, and return its folder.

    Raises `DeckNameUnusable`, `ProfileNotWritable`.
    """
    words = {"deck": id_, "language": language}
    for name, text in _WORDS[language].items():
        words[name] = text if name in _NOT_QUOTED else quoted(text)
    texts = {
        "deck.yaml": head_text(title, language),
        f"{SECTION}.yaml": _SECTION.format(**words),
        f"{SECTION}.samples.yaml": _SAMPLES.format(**words),
    }
    folder = free_folder(id_, bank, paths)
    put_in_place({name: text.encode() for name, text in texts.items()}, folder)
    return folder


def free_folder(id_: str, bank: Bank, paths: Paths) -> Path:
    """The folder for a new deck with this id. Raises `DeckNameUnusable`."""
    require_usable_id(id_)
    folder = paths.own_questions / id_
    if folder.exists() or id_ in {deck.id for deck in bank.decks}:
        raise DeckNameUnusable(
            f"There is already a deck {id_}.", remedy=f"Choose another id, such as my-{id_}."
        )
    return folder


def head_text(title: str, language: Language) -> str:
    """The deck.yaml of a new deck. Raises `DeckNameUnusable` without a title."""
    line = printable(" ".join(title.split()))[:_LONGEST_TITLE]
    if not line:
        raise DeckNameUnusable("The deck has no title.", remedy="Give it one.")
    comment = "# the language in which it is asked"
    return f"title: {{{language}: {quoted(line)}}}\nlanguage: {language}   {comment}\n"
