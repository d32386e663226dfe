"""A student's answers become sample answers that the bank can read; the others are reported."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tutor.bank import Bank, Sample, Verdict, check, open_bank
from tutor.bank.questions import SampleFile
from tutor.bank.yaml_reader import read
from tutor.progress import Attempt, ProfileNotWritable
from tutor.progress.archive.samples import (
    CollectedSamples,
    SamplesExist,
    collect_samples,
    to_yaml,
    write_samples,
)

from .builders import make_attempt

QUESTION = """\
  - id: deck.{0}
    prompt: {{en: "What is it?"}}
    rubric:
      - {{id: what, point: {{en: It is this.}}, terms: [[this]]}}
      - {{id: why, point: {{en: Because of that.}}, terms: [[that]]}}
      - {{id: how, point: {{en: In some way.}}, terms: [[way]]}}
    answer: {{en: It is this because of that in some way.}}
    hints: [{{en: One.}}, {{en: Two.}}]
    references: [a book]
"""
FIRST, SECOND = Path("deck/1-first.samples.yaml"), Path("deck/2-second.samples.yaml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank of one deck with two sections."""
    root = tmp_path_factory.mktemp("questions")
    deck = root / "deck"
    deck.mkdir()
    (deck / "deck.yaml").write_text("title: {en: Deck}\nlanguage: en\n", encoding="utf-8")
    for name, numbers in (("1-first", (1, 2)), ("2-second", (3,))):
        text = "section: {en: Section}\nquestions:\n" + "".join(map(QUESTION.format, numbers))
        (deck / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def bank(folder: Path) -> Bank:
    opened = open_bank([folder], None)
    assert opened.problems == ()
    return opened


def read_back(text: str) -> list[Sample]:
    document = read(text.encode(), Path("s.yaml"))
    assert document.problems == ()
    return list(SampleFile.model_validate(document.value).samples)


def only(collected: CollectedSamples) -> Sample:
    ((sample,),) = collected.sections.values()
    return sample


ANSWERS = st.one_of(st.text(), st.text(alphabet=" \n\t-#:'\"[]{}|>&*!%@`.?,=~0nо\u2028\x85\ufeff"))


@given(answer=ANSWERS)
@example(answer="---\n- a: b\n...\n")
@example(answer="  leading\n\n   blanks\ttabs # no comment")
@example(answer="эмодзи 🙂‍↔️ 不 \u200d\ufeff\ufffe")
@example(answer="bell \x07")
@example(answer="null")
@example(answer="x" * 8001)
def test_any_answer_survives_or_is_omitted_by_name(bank: Bank, answer: str) -> None:
    collected = collect_samples([make_attempt(1, answer=answer)], bank)
    if collected.skipped:
        assert (collected.count, len(collected.skipped)) == (0, 1)
        assert collected.skipped[0].startswith("deck.1: the answer ")
        return
    sample = only(collected)
    assert "".join(sample.answer.split()) == "".join(answer.split())
    assert read_back(to_yaml([sample, sample])) == [sample, sample]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("a\x1b[2J", "deck.1: the answer contains the control character U+001B"),
        ("a\ud800", "deck.1: the answer contains the control character U+D800"),
        ("  ", "deck.1: the answer does not fit: it is empty"),
        ("x" * 8001, "deck.1: the answer does not fit: it has more characters than 8000"),
    ],
    ids=["escape", "surrogate", "blank", "too long"],
)
def test_what_the_bank_could_not_read_is_omitted(bank: Bank, answer: str, why: str) -> None:
    assert collect_samples([make_attempt(1, answer=answer)], bank) == CollectedSamples({}, (why,))


def test_line_ends_are_all_the_same(bank: Bank) -> None:
    assert only(collect_samples([make_attempt(1, answer="a\r\nb\rc")], bank)).answer == "a\nb\nc"


def mended(attempt: Attempt, **verdicts: Verdict) -> Attempt:
    return attempt.model_copy(update={"grade": attempt.grade.overrule(verdicts)})


def test_the_students_verdicts_count(bank: Bank) -> None:
    sample = only(collect_samples([mended(make_attempt(1), what=Verdict.MISSED)], bank))
    assert sample.verdicts == {"what": "missed", "why": "partial", "how": "missed"}
    assert (sample.kind, sample.language, sample.split) == ("partial", "ru", "train")


@pytest.mark.parametrize(
    ("verdicts", "kind"), [("mmm", "full"), ("xxx", "wrong"), ("xpx", "partial")]
)
def test_the_kind_follows_from_the_verdicts(bank: Bank, verdicts: str, kind: str) -> None:
    assert only(collect_samples([make_attempt(1, verdicts=verdicts)], bank)).kind == kind


def test_the_same_answer_comes_once_with_its_last_verdicts(bank: Bank) -> None:
    attempts = [
        make_attempt(1, answer="this ", verdicts="mmm"),
        make_attempt(2, 2, answer="this"),
        make_attempt(3, answer="\nthis", verdicts="xxx"),
    ]
    collected = collect_samples(attempts, bank)
    assert [(one.question, one.kind) for one in collected.sections[FIRST]] == [
        ("deck.1", "wrong"),
        ("deck.2", "partial"),
    ]


def test_who_gave_up_gave_no_answer(bank: Bank) -> None:
    gave_up = make_attempt(1).model_copy(update={"gave_up": True})
    assert collect_samples([gave_up], bank) == CollectedSamples({}, ())


def test_questions_that_are_gone_or_changed_are_reported_once(bank: Bank) -> None:
    lost = make_attempt(1, 9)
    grade = make_attempt(1).grade
    fewer = grade.model_copy(update={"points": grade.points[:2]})
    changed = make_attempt(2).model_copy(update={"grade": fewer})
    assert collect_samples([lost, changed, lost], bank) == CollectedSamples(
        {}, ("deck.9: the question no longer exists", "deck.1: the question's points have changed")
    )


def test_files_laid_beside_their_sections_pass_the_check(bank: Bank, folder: Path) -> None:
    attempts = [make_attempt(at, 1 + at % 3, answer=f"answer\n- {at}: #") for at in range(9)]
    collected = collect_samples(attempts, bank)
    assert list(collected.sections) == [FIRST, SECOND]
    try:
        written = write_samples(folder, collected)
        assert written == (folder / FIRST, folder / SECOND)
        assert [problem for problem in check([folder]) if problem.severity == "error"] == []
        again = open_bank([folder], None)
        assert again.samples("deck.3") == collected.sections[SECOND]
    finally:
        for path in (FIRST, SECOND):
            (folder / path).unlink()


def test_nothing_is_overwritten_unless_one_insists(bank: Bank, tmp_path: Path) -> None:
    collected = collect_samples([make_attempt(1), make_attempt(2, 3)], bank)
    (tmp_path / "deck").mkdir()
    (tmp_path / SECOND).write_text("mine", encoding="utf-8")
    with pytest.raises(SamplesExist, match=r"2-second\.samples\.yaml already exists"):
        write_samples(tmp_path, collected)
    assert (tmp_path / SECOND).read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / FIRST).exists()
    write_samples(tmp_path, collected, force=True)
    assert read_back((tmp_path / SECOND).read_text(encoding="utf-8")) == list(
        collected.sections[SECOND]
    )
    assert sorted(path.name for path in (tmp_path / "deck").iterdir()) == [FIRST.name, SECOND.name]


def test_a_folder_that_cannot_be_written_is_reported(bank: Bank, tmp_path: Path) -> None:
    (tmp_path / "deck").write_text("a file", encoding="utf-8")
    with pytest.raises(ProfileNotWritable, match="cannot be written") as said:
        write_samples(tmp_path, collect_samples([make_attempt(1)], bank))
    assert os.fspath(tmp_path) in said.value.message
