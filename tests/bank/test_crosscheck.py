"""Checks across questions: topics, links, duplicates, copied wording and model answers."""

from pathlib import Path

import pytest

from tests.support.banks import edit, make_deck
from tutor.bank import Problem, check
from tutor.grading.author_checks import author_checks

CONTRADICTED = "this contains a `contradicted_by` term of the point parity"
CONTRADICTED_ITSELF = "the point itself contains one of its `contradicted_by` terms"
DOCUMENT = "One two three four five six seven eight nine ten eleven twelve."


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    return make_deck(tmp_path / "questions" / "my-deck", questions=1)


def write(deck: Path, old: str, new: str) -> None:
    edit(deck / "01-part.yaml", old, new)


def summaries(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(p.severity, p.field, p.message) for p in problems]


def test_topics_must_be_in_the_list_next_to_the_decks(deck: Path) -> None:
    (deck.parent / "topics.yaml").write_text(
        "topics:\n  generated: {en: Generated}\n  topic-0: {en: Zero}\n", encoding="utf-8"
    )
    (problem,) = check([deck])
    assert summaries((problem,)) == [
        ("error", "questions[0].topics[0]", "the topic topic-1 is not in topics.yaml")
    ]
    assert problem.remedy == "Did you mean topic-0?"
    assert check([deck.parent]) == (problem,)


@pytest.mark.parametrize(
    ("topics", "field", "message"),
    [
        ("".join(f"  t-{n}: {{en: x}}\n" for n in range(61)), "topics", "at most 60 allowed"),
        ("  t: {en: x, fr: y}\n", "topics.t.fr", "the key `fr` is not known"),
        ("  A B: {en: x}\n", "topics.A B", "not a plain name"),
    ],
)
def test_errors_in_the_list_of_topics_are_reported(
    deck: Path, topics: str, field: str, message: str
) -> None:
    (deck.parent / "topics.yaml").write_text(f"topics:\n{topics}", encoding="utf-8")
    (problem,) = check([deck.parent])
    assert (problem.file.name, problem.field) == ("topics.yaml", field)
    assert message in problem.message


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("my-deck.1.7", "there is no my-deck.1.7"),
        ("my-deck.1.1", "there is no my-deck.1.1"),
        ("not-read.1.1", None),
    ],
    ids=["unknown", "itself", "of a deck that was not read"],
)
def test_links_must_lead_to_another_question(deck: Path, link: str, message: str | None) -> None:
    write(deck, "    hints:", f"    see_also: [{link}]\n    hints:")
    expected = [("error", "questions[0].see_also[0]", message)] if message else []
    assert summaries(check([deck])) == expected


def test_questions_that_ask_the_same_must_link_to_each_other(deck: Path) -> None:
    other = make_deck(deck.parent / "other", questions=1)
    assert summaries(check([deck.parent])) == [
        ("warning", "questions[0].prompt", "asks nearly the same as other.1.1"),
        ("warning", "questions[0].prompt", "asks nearly the same as my-deck.1.1"),
    ]
    write(deck, "    hints:", "    see_also: [other.1.1]\n    hints:")
    write(other, "    hints:", "    see_also: [my-deck.1.1]\n    hints:")
    assert check([deck.parent]) == ()


def test_a_long_run_of_words_from_a_document_is_reported(deck: Path) -> None:
    write(deck, "en: Do it in your head.", "en: 'Say ONE, two three; four five six seven eight'")
    assert check([deck], documents=[DOCUMENT]) == ()
    longer = "en: 'Two three four five six seven, eight nine ten eleven twelve!'"
    write(deck, "en: 'Say ONE, two three; four five six seven eight'", longer)
    ((severity, field, message),) = summaries(check([deck], documents=["None.", DOCUMENT]))
    assert (severity, field) == ("warning", "questions[0].hints[0].en")
    assert message.endswith("two three four five six seven eight nine ten eleven twelve")


def test_a_run_of_chinese_is_counted_in_characters(deck: Path) -> None:
    text = "注意力机制让解码器可以直接访问输入序列的所有位置"
    write(deck, "en: Do it in your head.", f"zh: {text}, en: x")
    assert check([deck], documents=["别的话。" + text[:19]]) == ()
    assert len(check([deck], documents=["别的话。" + text])) == 1


def test_a_model_answer_must_meet_every_point_by_key_terms(deck: Path) -> None:
    assert check([deck], more=author_checks) == ()
    write(deck, "hence it is even.", "hence so.")
    assert summaries(check([deck], more=author_checks)) == [
        ("error", "questions[0].answer.en", "the key terms grade the point parity as missed")
    ]


def test_a_model_answer_must_not_contradict_a_point(deck: Path) -> None:
    write(deck, "        weight: 0.5\n", "        weight: 0.5\n        contradicted_by: [even]\n")
    assert summaries(check([deck], more=author_checks)) == [
        ("error", "questions[0].rubric[2].point.en", CONTRADICTED_ITSELF),
        ("error", "questions[0].answer.en", CONTRADICTED),
    ]


@pytest.mark.parametrize("text", ["prompt", "cover", "topic"])
def test_prompt_and_cover_must_not_meet_a_point(deck: Path, text: str) -> None:
    topics = "topics:\n  generated: {en: NAME}\n  topic-1: {en: One}\n"
    name = "An even thing" if text == "topic" else "Thing"
    (deck.parent / "topics.yaml").write_text(topics.replace("NAME", name), encoding="utf-8")
    if text == "prompt":
        write(deck, '      en: "What is', '      en: "Is it even? What is')
    elif text == "cover":
        write(deck, "    rubric:", "    cover: {de: Ist es gut?, en: Is it even?}\n    rubric:")
    language = "de" if text == "topic" else "en"  # the topic has only an English name
    assert summaries(check([deck], more=author_checks)) == [
        (
            "error",
            f"questions[0].prompt.{language}",
            "the prompt and cover alone meet the point parity",
        )
    ]


def test_links_must_be_mutual(deck: Path) -> None:
    other = make_deck(deck.parent / "other", questions=2)
    write(deck, "    hints:", "    see_also: [other.1.1, other.1.2]\n    hints:")
    write(other, "    hints:", "    see_also: [my-deck.1.1]\n    hints:")
    (problem,) = (each for each in check([deck.parent]) if "link" in each.message)
    assert summaries((problem,)) == [
        ("warning", "questions[0].see_also[1]", "other.1.2 does not link back")
    ]
    assert problem.remedy == "Add my-deck.1.1 to the `see_also:` of other.1.2."
