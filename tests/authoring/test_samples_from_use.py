"""Saving an answer as a sample answer of a student's own deck."""

import pytest

from tests.authoring.conftest import NOON, Reopen
from tutor.authoring.copies import copy_deck
from tutor.authoring.samples_from_use import DeckIsBuiltIn, SampleRefused, save_sample
from tutor.bank import Bank, Verdict
from tutor.bank.source_files import samples_path
from tutor.evaluation.verdicts import samples_of
from tutor.grading import self_grade
from tutor.paths import Paths
from tutor.progress import Attempt


def attempt(bank: Bank, id_: str, answer: str, *verdicts: Verdict) -> Attempt:
    question = bank.question(id_)
    given = {point.id: verdicts[at % len(verdicts)] for at, point in enumerate(question.rubric)}
    return Attempt(
        id="a",
        question=id_,
        at=NOON,
        language="en",
        answer=answer,
        grade=self_grade(question, given, "en"),
        seconds=1,
        day=NOON.date(),
    )


def test_it_is_added_once_and_measured_on(bank: Bank, paths: Paths, reopen: Reopen) -> None:
    file = samples_path(bank.info("mine.1.1").file)
    before = file.read_text("utf-8")
    answer = "It is 2:\n- even  #1\n"
    met = attempt(bank, "mine.1.1", answer, Verdict.MET, Verdict.MISSED)
    assert save_sample(met, bank, paths) == "Saved as a sample answer."
    assert file.read_text("utf-8").startswith(before)
    assert "already" in save_sample(met, reopen(), paths)
    missed = attempt(bank, "mine.1.1", "It is 2: - even #1", Verdict.MISSED)
    assert "now has your verdicts" in save_sample(missed, reopen(), paths)
    now = reopen()
    *_, sample = now.samples("mine.1.1")
    assert len(now.samples("mine.1.1")) == 3
    assert {*sample.verdicts.values()} == {Verdict.MISSED}
    ((_, measured),) = samples_of(now, "test")
    assert (measured.question, measured.answer) == ("mine.1.1", "It is 2: - even #1")
    assert samples_of(now, "test", deck="ours") == []


def test_the_first_sample_makes_the_file(bank: Bank, paths: Paths, reopen: Reopen) -> None:
    file = samples_path(bank.info("mine.1.1").file)
    file.unlink()
    first = attempt(bank, "mine.1.1", "Two.", Verdict.MET)
    save_sample(first, reopen(), paths)
    before = file.read_text("utf-8")
    save_sample(attempt(bank, "mine.1.1", "Two.", Verdict.PARTIAL), reopen(), paths)
    partial = before.replace(": met", ": partial").replace("kind: full", "kind: partial")
    assert file.read_text("utf-8") == partial
    save_sample(attempt(bank, "mine.1.1", "two.", Verdict.PARTIAL), reopen(), paths)
    save_sample(attempt(bank, "mine.1.1", "Two.", Verdict.MISSED), reopen(), paths)
    assert [each.answer for each in reopen().samples("mine.1.1")] == ["two.", "Two."]


def test_a_built_in_deck_is_not_changed(bank: Bank, paths: Paths, reopen: Reopen) -> None:
    mine = attempt(bank, "ours.1.1", "Two.", Verdict.MET)
    with pytest.raises(DeckIsBuiltIn, match="ours is a built-in deck") as raised:
        save_sample(mine, bank, paths)
    assert "tutor bank copy ours" in raised.value.remedy
    copy_deck(bank.deck("ours"), paths)
    save_sample(mine, reopen(), paths)
    assert reopen().info("ours.1.1").samples == 3


def test_what_the_bank_could_not_read_is_refused(bank: Bank, paths: Paths) -> None:
    file = samples_path(bank.info("mine.1.1").file)
    before = file.read_bytes()
    with pytest.raises(SampleRefused, match="control character"):
        save_sample(attempt(bank, "mine.1.1", "a\x1b[2J", Verdict.MET), bank, paths)
    with pytest.raises(SampleRefused):
        save_sample(attempt(bank, "mine.1.1", "  ", Verdict.MET), bank, paths)
    assert file.read_bytes() == before
    file.write_bytes(before.replace(b"  - question", b"  -\n    question"))
    with pytest.raises(SampleRefused, match="does not allow the tutor to change it"):
        save_sample(attempt(bank, "mine.1.1", "Two.", Verdict.MET), bank, paths)
    file.write_text("samples: [x]", "utf-8")
    with pytest.raises(SampleRefused, match="cannot be read"):
        save_sample(attempt(bank, "mine.1.1", "Two.", Verdict.MET), bank, paths)
