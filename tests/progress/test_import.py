"""Lines of another history are imported once, in the order of time, all or none."""

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.bank import Verdict
from tutor.paths import Paths
from tutor.progress import Attempt
from tutor.progress.archive.backup import list_backups
from tutor.progress.archive.import_export import (
    Imported,
    ImportRefused,
    history_lines,
    import_lines,
)
from tutor.progress.errors import ProfileLocked, ProfileTooNew
from tutor.progress.events import (
    Deleted,
    Event,
    Flagged,
    Overruling,
    Rated,
    Regraded,
    Undone,
    to_line,
)
from tutor.progress.records import Rating
from tutor.progress.state import ProgressState

from .builders import (
    START,
    Clock,
    fill,
    make_attempt,
    make_draft,
    make_grade,
    make_session,
    opened,
    profile,
    state_of,
)

FILE = Path("other.jsonl")


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """What happens to a student, minute by minute."""
    events: list[Event] = []
    count = draw(st.integers(1, 12))
    for number in range(1, count + 1):
        at = START + timedelta(minutes=number)
        target = f"a{draw(st.integers(1, number))}"
        kinds = ("attempt", "attempt", "overrule", "rate", "regrade", "delete", "flag")
        kind = draw(st.sampled_from(kinds))
        id_ = f"e{number}"
        if kind == "overrule":
            verdicts = {"how": draw(st.sampled_from((Verdict.MET, Verdict.MISSED, None)))}
            events.append(Overruling(attempt=target, at=at, verdicts=verdicts, id=id_))
        elif kind == "rate":
            events.append(Rated(id=id_, at=at, attempt=target, rating=Rating.HARD))
        elif kind == "regrade":
            grade = make_grade("deck.1", "mmx")
            events.append(Regraded(id=id_, at=at, attempt=target, grade=grade))
        elif kind == "delete":
            undone = draw(st.sampled_from((None, target, f"e{max(1, number - 1)}")))
            gone = Deleted(id=id_, at=at, attempts=(target,))
            events.append(Undone(id=id_, at=at, target=undone) if undone else gone)
        elif kind == "flag":
            note = draw(st.one_of(st.none(), st.text(max_size=20)))
            events.append(Flagged(id=id_, at=at, question="deck.1", note=note))
        else:
            answer = draw(st.text(max_size=40))
            events.append(make_attempt(number, draw(st.integers(1, 3)), answer=answer))
    return events


def write(paths: Paths, events: Sequence[Event]) -> bytes:
    """Replace the profile by one with this history."""
    paths.home.mkdir(parents=True, exist_ok=True)
    paths.state.unlink(missing_ok=True)
    paths.history.write_bytes(b"".join(map(to_line, events)))
    return paths.history.read_bytes()


def state(paths: Paths) -> tuple[ProgressState, list[Attempt]]:
    """Everything that opening the profile makes of the history."""
    with opened(paths) as progress:
        assert progress.damaged_lines == 0
        return state_of(progress), list(progress.attempts())


def take(paths: Paths, data: bytes, *, keep_going: bool = False) -> Imported:
    return import_lines(paths, data, FILE, clock=Clock(), keep_going=keep_going)


@pytest.mark.usefixtures("quick_disk")
@given(histories())
def test_an_export_imported_elsewhere_is_the_same_history_and_state(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event]
) -> None:
    here, other = (profile(tmp_path_factory.mktemp("home") / "x") for _ in range(2))
    written = write(here, events)
    exported, _ = history_lines(here.history)
    done = take(other, exported)
    assert (done.lines, done.known, done.backup) == (len(events), 0, None)
    assert other.history.read_bytes() == written
    assert state(other) == state(here)
    again = take(other, exported)
    assert (again.lines, again.known, again.summary) == (0, len(events), None)
    assert other.history.read_bytes() == written


@pytest.mark.usefixtures("quick_disk")
@given(histories(), st.randoms(use_true_random=False))
def test_two_parts_of_a_history_come_together_again(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], chance: Random
) -> None:
    whole, home = (profile(tmp_path_factory.mktemp("home") / "x") for _ in range(2))
    written = write(whole, events)
    choose = chance.random
    here = [event for event in events if choose() < 0.5]
    elsewhere = [event for event in events if event not in here or choose() < 0.3]
    write(home, here)
    state(home)
    take(home, b"".join(map(to_line, elsewhere)))
    assert home.history.read_bytes() == written
    assert state(home) == state(whole)


@pytest.mark.usefixtures("quick_disk")
@given(histories(), st.randoms(use_true_random=False))
def test_what_followed_a_copy_comes_after_it_although_the_clock_was_set_back(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], chance: Random
) -> None:
    home = profile(tmp_path_factory.mktemp("home") / "x")
    shifted = [
        event.model_copy(update={"at": event.at + timedelta(minutes=chance.randint(-9, 9))})
        for event in events
    ]
    written = write(home, shifted)
    write(home, shifted[: chance.randint(0, len(shifted))])
    take(home, written)
    assert home.history.read_bytes() == written


def test_a_backup_is_made_first_and_drafts_stay(paths: Paths) -> None:
    fill(paths, 1, 2)
    before = paths.history.read_bytes()
    with opened(paths) as progress:
        progress.save_draft(make_draft(3, "half a thought", at=START))
        progress.save_session(make_session(1, 2))
    done = take(paths, to_line(make_attempt(9, 3)))
    (backup,) = list_backups(paths)
    assert (done.lines, done.backup, backup.before) == (1, backup, "import")
    assert paths.history.read_bytes().startswith(before)
    with opened(paths) as progress:
        assert [attempt.id for attempt in progress.attempts()] == ["a1", "a2", "a9"]
        assert progress.drafts() == {"deck.3": make_draft(3, "half a thought", at=START)}
        assert progress.sessions() == (make_session(1, 2),)
        assert progress.notices == ()


def test_another_answer_under_the_same_id_is_named_and_nothing_is_changed(paths: Paths) -> None:
    fill(paths, 1, 2)
    before = paths.history.read_bytes()
    new, twice = to_line(make_attempt(7)), to_line(make_attempt(7, answer="other"))
    clash = to_line(make_attempt(2, 3, answer="other"))
    with pytest.raises(ImportRefused) as raised:
        take(paths, new + clash + twice)
    assert str(raised.value) == (
        "2 lines cannot be imported; nothing was changed.\n"
        f"other.jsonl:2: id: a2 is also in line 2 of {paths.history}, but differs\n"
        "other.jsonl:3: id: a7 is also in line 1 of other.jsonl, but differs"
    )
    assert "--keep-going" in raised.value.remedy
    assert paths.history.read_bytes() == before
    assert list_backups(paths) == ()
    done = take(paths, new + clash + twice, keep_going=True)
    assert (done.lines, done.known, len(done.faults)) == (1, 0, 2)
    assert paths.history.read_bytes() == before + new


def changed(path: Sequence[str | int], value: object) -> bytes:
    """The line of an attempt with something else in one place."""
    line = json.loads(to_line(make_attempt(1)))
    at = line
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return json.dumps(line).encode()


LONG = to_line(make_attempt(1)).strip().replace(b'"hints":0', b'"hints":1' + 5_000 * b"0")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", ":2: not valid JSON: "),
        (b"[" * 100_000, ":2: not valid JSON: "),
        (b"\xff", ":2: is not UTF-8 text"),
        (b"[1]", ":2: not a JSON object"),
        (b'{"v":1,"type":"dream"}', ":2: type: 'dream' is not a known type of line"),
        (b'{"v":1,"type":"\\u001b[2J"}', ":2: type: '\\x1b[2J' is not a known type of line"),
        (b'{"v":1,"type":["x"]}', ":2: type: ['x'] is not a known type of line"),
        (b'{"v":1,"type":"attempt"}', ":2: attempt: has to be an object"),
        (changed(["v"], 0), ":2: only v, type and attempt are allowed, and v is a whole number"),
        (changed(["more"], 0), ":2: only v, type and attempt are allowed"),
        (changed(["attempt", "at"], "noon"), ":2: attempt.at: has to be a date and a time"),
        (
            changed(["attempt", "grade", "points", 1, "verdict"], "good"),
            ":2: attempt.grade.points.1.verdict: has to be 'met', 'partial' or 'missed'",
        ),
        (changed(["attempt", "question"], "x.1"), ":2: attempt: the grade is for deck"),
        (changed(["attempt", "seconds"], 1e999), ":2: attempt.seconds: has to be a number"),
        (LONG, ":2: not valid JSON: Exceeds the limit"),
    ],
    ids=lambda value: str(value[:40]),
)
def test_a_line_that_cannot_be_read_is_named(paths: Paths, line: bytes, said: str) -> None:
    good = to_line(make_attempt(4))
    with pytest.raises(ImportRefused) as raised:
        take(paths, good + line + b"\n\n" + good)
    assert f"\nother.jsonl{said}" in str(raised.value)
    assert "\x1b" not in str(raised.value)
    assert not paths.history.exists()
    done = take(paths, good + line + b"\n\n" + good, keep_going=True)
    assert (done.lines, done.known, len(done.faults)) == (1, 1, 1)
    assert paths.history.read_bytes() == good


def test_of_many_faults_the_first_are_reported(home: Path) -> None:
    with pytest.raises(ImportRefused) as raised:
        take(profile(home), b"?\n" * 50)
    assert str(raised.value).startswith("50 lines cannot be imported")
    assert str(raised.value).endswith("\n… and 30 more")


def test_lines_of_a_newer_program_are_refused(home: Path) -> None:
    with pytest.raises(ProfileTooNew, match="other"):
        take(profile(home), b'{"v":99,"type":"dream"}')


def test_a_kind_that_is_not_known_yet_passes_through_untouched(paths: Paths) -> None:
    fill(paths, 1)
    dream = b'{"v":2, "type":"dream", "dream":{"at":"2031-01-01T00:00:00Z"}}\n'
    vague = b'{"v":2,"type":"dream","dream":{"at":NaN}}\n{"v":2,"type":"dream"}\n'
    assert take(paths, dream + dream + vague).lines == 3
    assert paths.history.read_bytes().endswith(b"}\n" + dream + vague)
    assert take(paths, dream + vague).lines == 0


def test_lines_that_another_program_has_spaced_are_found_by_searching(paths: Paths) -> None:
    overruling = Overruling(attempt="a4", at=START, verdicts={"how": Verdict.MET}, id="o1")
    lines = [json.loads(to_line(event)) for event in (make_attempt(4), overruling)]
    data = "\r\n".join(json.dumps(line, indent=None) for line in lines)
    take(paths, b"\xef\xbb\xbf" + data.encode())
    with opened(paths) as progress:
        (attempt,) = progress.attempts("deck.1")
        assert attempt.grade.points[2].overruled is Verdict.MET
    assert paths.history.read_bytes().count(b"\r") == 0


def test_damaged_lines_that_are_there_stay_in_their_place(paths: Paths) -> None:
    fill(paths, 3)
    with paths.history.open("ab") as file:
        file.write(b"?\n\n")
    before = paths.history.read_bytes()
    take(paths, to_line(make_attempt(1)) + to_line(make_attempt(9)))
    assert paths.history.read_bytes() == (
        to_line(make_attempt(1)) + before + to_line(make_attempt(9))
    )


def test_a_profile_in_use_is_left_alone(paths: Paths) -> None:
    with opened(paths), pytest.raises(ProfileLocked, match="has had this"):
        take(paths, to_line(make_attempt(1)))
    assert not paths.history.exists()
