"""What is recorded can be read again, and leads to the right standings."""

import os
import shutil
import stat
import threading
from datetime import timedelta

import pytest

from tutor.bank import Verdict
from tutor.paths import Paths
from tutor.progress import Progress
from tutor.progress.errors import NotInHistory, ProfileClosed

from .builders import (
    START,
    fill,
    make_attempt,
    make_draft,
    opened,
    profile,
    question_id,
)

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


def test_overruling_needs_an_attempt_and_a_point(progress: Progress) -> None:
    progress.record(make_attempt(1))
    with pytest.raises(NotInHistory, match="a7"):
        progress.overrule("a7", {})
    with pytest.raises(KeyError, match="nowhere"):
        progress.overrule("a1", {"nowhere": Verdict.MET})
    assert list(progress.attempts()) == [make_attempt(1)]


def test_the_attempts_of_one_question_come_alone(progress: Progress) -> None:
    named = make_attempt(3, 2, answer=f"see {question_id(1)} and its end\u2028")
    for attempt in (make_attempt(1, 1), make_attempt(2, 12), named, make_attempt(4, 1)):
        progress.record(attempt)
    assert [a.id for a in progress.attempts(question_id(1))] == ["a1", "a4"]
    assert list(progress.attempts(question_id(2))) == [named]
    assert list(progress.attempts("none.1")) == []


def test_recording_clears_the_draft_and_a_late_worker_brings_none_back(
    progress: Progress,
) -> None:
    attempt = make_attempt(1, at=START)
    progress.save_draft(make_draft(1))
    for _ in range(2):
        progress.record(attempt)
    assert progress.standings()[question_id(1)].attempts == len(list(progress.attempts())) == 1
    progress.save_draft(make_draft(1, at=attempt.at - timedelta(milliseconds=1)))
    assert progress.draft(question_id(1)) is None
    progress.save_draft(make_draft(1, at=attempt.at + timedelta(seconds=1)))
    assert progress.draft(question_id(1)) is not None
    progress.undo()
    progress.save_draft(make_draft(1, "of an answer that was undone"))
    assert progress.drafts() == {question_id(1): make_draft(1, "of an answer that was undone")}


def test_a_broken_character_does_not_cost_the_answer(paths: Paths) -> None:
    with opened(paths) as progress:
        progress.save_draft(make_draft(2, "half \ud83d of a pair"))
        progress.record(make_attempt(1, answer="half \udc00 of a pair"))
    with opened(paths) as progress:
        assert [a.answer for a in progress.attempts()] == ["half ? of a pair"]
        assert progress.drafts()[question_id(2)].text == "half ? of a pair"


def test_what_was_handed_out_does_not_change(progress: Progress) -> None:
    progress.record(make_attempt(1, 1))
    standings, drafts, attempts = progress.standings(), progress.drafts(), progress.attempts()
    assert next(attempts).id == "a1"
    progress.record(make_attempt(2, 2))
    progress.save_draft(make_draft(3))
    assert set(standings) == {question_id(1)}
    assert drafts == {}
    assert list(attempts) == []


def test_a_draft_is_saved_even_if_the_last_answer_is_from_the_future(paths: Paths) -> None:
    """As after the clock was set back."""
    with opened(paths) as progress:
        progress.record(make_attempt(1, at=START + timedelta(days=2)))
    paths.state.unlink()
    with opened(paths) as progress:
        progress.save_draft(make_draft(1, at=START + timedelta(days=1)))
        assert set(progress.drafts()) == {question_id(1)}


def test_a_draft_typed_after_the_clock_was_set_back_is_kept(paths: Paths) -> None:
    draft = make_draft(1, "typed once more", at=START + timedelta(hours=1))
    with opened(paths) as progress:
        progress.record(make_attempt(1, at=START + timedelta(days=2)))
        progress.save_draft(draft)
        assert progress.drafts() == {question_id(1): draft}
    paths.state.unlink()
    with opened(paths) as progress:
        assert progress.drafts() == {question_id(1): draft}


def test_after_closing_nothing_is_saved(paths: Paths) -> None:
    progress = opened(paths)
    progress.record(make_attempt(1))
    progress.close()
    progress.close()
    with pytest.raises(ProfileClosed):
        progress.record(make_attempt(2))
    with pytest.raises(ProfileClosed):
        progress.save_draft(make_draft(1))
    assert progress.standings()[question_id(1)].attempts == 1


def test_threads_record_and_draft_at_once(paths: Paths) -> None:
    with opened(paths) as progress:

        def study(question: int) -> None:
            for number in range(10):
                progress.save_draft(make_draft(question))
                progress.record(make_attempt(100 * question + number, question))

        threads = [threading.Thread(target=study, args=(n,)) for n in range(1, 5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        standings = dict(progress.standings())
        assert {s.attempts for s in standings.values()} == {10}
        assert progress.drafts() == {}
    with opened(paths) as progress:
        assert progress.standings() == standings
        assert len(list(progress.attempts())) == 40


@posix
def test_the_folder_and_all_files_are_their_owners_alone(paths: Paths) -> None:
    home = paths.home
    home.mkdir(mode=0o755)
    old = os.umask(0)
    try:
        for number in (1, 2):
            with opened(paths) as progress:
                progress.record(make_attempt(number))
                progress.save_draft(make_draft(2))
    finally:
        os.umask(old)
    modes = {
        path.relative_to(home).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in (home, *home.rglob("*"))
    }
    assert modes.pop(".") == modes.pop("backups") == 0o700
    assert {"attempts.jsonl", "progress.json", "drafts.json", "tutor.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}


@pytest.mark.usefixtures("quick_disk")
def test_the_state_may_lag_behind_a_long_history_and_catches_up(paths: Paths) -> None:
    with opened(paths) as progress:
        for number in range(160):
            progress.record(make_attempt(number, number % 120))
        standings = dict(progress.standings())
        crashed = profile(shutil.copytree(paths.home, paths.home.with_name("crashed")))
    assert crashed.state.read_bytes() != paths.state.read_bytes()
    with opened(crashed) as progress:
        assert progress.standings() == standings
        assert progress.notices == ()
    assert crashed.state.read_bytes() == paths.state.read_bytes()


def test_opening_an_unchanged_profile_waits_for_no_disk(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(paths, 1, 2)
    fill(paths)
    with monkeypatch.context() as patch:
        synced: list[int] = []
        patch.setattr("os.fsync", synced.append)
        fill(paths)
        assert synced == []
        fill(paths, 3)
        assert synced != []
