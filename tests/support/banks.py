"""Decks for tests and measurements."""

from collections.abc import Iterator
from pathlib import Path

HEAD = "title: {de: Großer Stoff, en: A large subject}\nlanguage: en\n"

_QUESTION = """\
  - id: {id}
    source: {{seed: generated, at: "question {number}"}}
    topics: [topic-{topic}, generated]
    level: {level}
    prompt:
      de: "Was ist {number} verdoppelt, und warum?"
      en: "What is {number} doubled, and why?"
      ru: "Сколько будет удвоенное {number} и почему?"
    rubric:
      - id: value
        point: {{de: "Das Ergebnis ist {double}.", en: "The result is {double}."}}
        weight: 2
        terms:
          - ["{double}"]
      - id: reason
        point: {{de: Verdoppeln heißt mit sich addieren., en: Doubling is adding to itself.}}
        terms:
          - [add*, addier*, слож*]
          - [self, itself, sich]
      - id: parity
        point: {{de: Das Ergebnis ist gerade., en: The result is even.}}
        weight: 0.5
        terms:
          - [even, gerade, чётн*]
    answer:
      de: "{double}, denn Verdoppeln heißt {number} mit sich addieren; es ist also gerade."
      en: "{double}, as doubling adds {number} to itself; hence it is even."
    hints:
      - {{de: Rechne im Kopf., en: Do it in your head.}}
      - {{de: "{number} + {number}", en: "{number} + {number}"}}
    references: ["Euclid, Elements VII, definition 6"]
"""

_SAMPLES = """\
  - question: {id}
    language: en
    kind: full
    answer: "It is {double}, since {number} is added to itself, and so it is even."
    verdicts: {{value: met, reason: met, parity: met}}
  - question: {id}
    language: de
    kind: wrong
    answer: "Ungefähr hundert."
    verdicts: {{value: missed, reason: missed, parity: missed}}
"""

_LEVELS = ("recall", "explain", "derive")


def question_yaml(id_: str, number: int = 21) -> str:
    """One whole question as an entry of `questions:`."""
    level = _LEVELS[number % 3]
    return _QUESTION.format(id=id_, number=number, double=2 * number, topic=number % 7, level=level)


def samples_yaml(id_: str, number: int = 21) -> str:
    """Two sample answers to that question, as entries of `samples:`."""
    return _SAMPLES.format(id=id_, number=number, double=2 * number)


def edit(file: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file, which has it, as its author would."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def make_deck(folder: Path, sections: int = 1, questions: int = 2) -> Path:
    """Write a deck without a flaw: its name is the folder's, ids are `<name>.<section>.<n>`."""
    folder.mkdir(parents=True)
    (folder / "deck.yaml").write_text(HEAD, encoding="utf-8")
    for section in range(1, sections + 1):
        _write_section(folder, section, questions)
    return folder


def make_bank(folder: Path, questions: int, *, per_file: int = 20, files: int = 25) -> None:
    """Write decks of `files` sections with `per_file` questions each, `questions` in all."""
    for number, sizes in enumerate(_decks(questions, per_file, files), start=1):
        deck = make_deck(folder / f"deck-{number}", sections=0)
        for section, size in enumerate(sizes, start=1):
            _write_section(deck, section, size)


def _decks(questions: int, per_file: int, files: int) -> Iterator[list[int]]:
    for start in range(0, questions, per_file * files):
        count = min(per_file * files, questions - start)
        yield [min(per_file, count - done) for done in range(0, count, per_file)]


def _write_section(folder: Path, section: int, questions: int) -> None:
    ids = [f"{folder.name}.{section}.{number}" for number in range(1, questions + 1)]
    head = f"section: {{de: Teil {section}, en: Part {section}}}\nquestions:\n"
    entries = [question_yaml(id_, number) for number, id_ in enumerate(ids, start=1)]
    samples = [samples_yaml(id_, number) for number, id_ in enumerate(ids, start=1)]
    name = f"{section:02}-part"
    path = folder / f"{name}.yaml"
    path.write_text(head + "".join(entries), encoding="utf-8")
    path.with_name(f"{name}.samples.yaml").write_text(
        "samples:\n" + "".join(samples), encoding="utf-8"
    )
