from collections.abc import Iterator

import pytest

from tests.tui.doubles import NOON, StubTutor
from tutor.progress import Draft
from tutor.tui.autosave import DraftKeeper, SavePace, SavePlan


def draft(text: str, hints: int = 0) -> Draft:
    return Draft(question="papers.1.1", text=text, language="ru", at=NOON, hints=hints)


def plan(times: list[float]) -> SavePlan:
    ticks: Iterator[float] = iter(times)
    return SavePlan(SavePace(settle=0.5, longest=2.0), lambda: next(ticks))


def test_a_pause_saves_half_a_second_after_the_last_key() -> None:
    saving = plan([10.0, 10.3])
    assert [saving.touched(), saving.touched()] == [0.5, 0.5]


def test_steady_typing_saves_within_two_seconds() -> None:
    saving = plan([10.0, 11.0, 11.8, 12.5])
    assert saving.touched() == 0.5
    assert saving.touched() == 0.5
    assert saving.touched() == pytest.approx(0.2)
    assert saving.touched() == 0.0


def test_after_saving_the_two_seconds_begin_anew() -> None:
    saving = plan([10.0, 11.9, 12.1])
    saving.touched()
    saving.touched()
    saving.saved()
    assert saving.touched() == 0.5


def test_an_older_draft_never_follows_a_newer(tutor: StubTutor) -> None:
    keeper = DraftKeeper(tutor.progress, "papers.1.1")
    keeper.keep(2, draft("new"))
    keeper.keep(1, draft("old"))
    kept = tutor.progress.draft("papers.1.1")
    assert kept is not None
    assert kept.text == "new"


def test_an_emptied_draft_goes(tutor: StubTutor) -> None:
    keeper = DraftKeeper(tutor.progress, "papers.1.1")
    keeper.keep(1, draft("text"))
    keeper.keep(2, draft("  "))
    assert tutor.progress.draft("papers.1.1") is None
    keeper.keep(3, draft("", hints=1))
    assert tutor.progress.draft("papers.1.1") is not None
